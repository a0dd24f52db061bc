internal import AutoML
internal import HTTP
internal import Platform
internal import Tabular

/// The calls that say how good a model is and why it predicts what it predicts.
struct ExplanationEndpoints: Sendable {
    let service: MartletService
    let documentLimit: Int

    var all: [Endpoint] { [whole, rows, explain] }

    private static let scale = Endpoint.Parameter.query(
        "scale",
        "The unit of contributions: that of the predictions, or the margin in which the model's members add up.",
        Schemas.choice(RowContributions.Scale.allCases.map(\.rawValue)))

    private var whole: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/models/{id}/explanation", name: "getExplanation", tag: "models",
            summary: "How good a model is and why it predicts what it predicts. The first call takes up to a minute.",
            parameters: [.id(of: "model")],
            answers: [.init(status: .ok, description: "The explanation.", content: [.json("Explanation")])],
            problems: [.notFound, .conflict],
            handler: .asynchronous { request in
                .json(bytes: try await service.explanation(ofModel: request.id))
            })
    }

    private var rows: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/models/{id}/explanation/rows", name: "getExplanationRows", tag: "models",
            summary: "Rows that the model carries, with their out-of-fold predictions and contributions.",
            parameters: [
                .id(of: "model"),
                .query("offset", "The first row.", ["type": "integer", "minimum": 0, "default": 0]),
                .query(
                    "limit", "How many rows to give, at most.",
                    ["type": "integer", "minimum": 1, "maximum": 200, "default": 50]),
                ExplanationEndpoints.scale,
            ],
            answers: [.init(status: .ok, description: "The rows.", content: [.json("ExplanationRows")])],
            problems: [.notFound, .conflict, .unprocessableContent],
            handler: .asynchronous { request in
                let offset = try request.integer("offset", in: 0...Int.max, default: 0)
                let limit = try request.integer("limit", in: 1...200, default: 50)
                let scale = try request.contributionScale()
                let model = try await service.loadedModel(request.id)
                return try await service.longWork.run { turn in
                    .json(bytes: try ContributionFormat(model, scale, turn).sample(offset: offset, limit: limit))
                }
            })
    }

    private var explain: Endpoint {
        Endpoint(
            method: .post, path: "/api/v1/models/{id}/explain", name: "explainRows", tag: "models",
            summary: "Predict rows and say what each column adds to each prediction; at most 1000 rows.",
            parameters: [.id(of: "model"), ExplanationEndpoints.scale], body: [.json("PredictionRequest")],
            bodyLimit: documentLimit,
            answers: [
                .init(
                    status: .ok, description: "The rows, in their order.", content: [.json("ExplanationRows")])
            ],
            problems: [.notFound, .conflict, .contentTooLarge, .unsupportedMediaType, .unprocessableContent],
            handler: .asynchronous { request in
                let scale = try request.contributionScale()
                let model = try await service.loadedModel(request.id)
                let body = try await request.body.collect(upTo: documentLimit)
                return try await service.longWork.run { turn in
                    var rows = try PredictionRows(body, schema: model.header.schema, rowsPerPart: 1001)
                    guard let table = try rows.next(), table.rowCount <= 1000 else {
                        throw Problem.field("rows", "at most 1000 rows can be explained at a time")
                    }
                    return .json(bytes: try ContributionFormat(model, scale, turn).rows(table))
                }
            })
    }
}

extension Request {
    /// The unit that contributions are asked for in.
    fileprivate func contributionScale() throws -> RowContributions.Scale {
        guard let text = query["scale"] else { return .prediction }
        guard let scale = RowContributions.Scale(rawValue: text) else {
            let names = RowContributions.Scale.allCases.map(\.rawValue).joined(separator: " or ")
            throw Problem.parameter("scale", "must be \(names), not \"\(text)\"")
        }
        return scale
    }
}
