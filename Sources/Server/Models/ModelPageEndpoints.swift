internal import AutoML
internal import Foundation
internal import HTTP
internal import Platform

/// What people need who look at a model: how good it is, what it takes, and the report to keep.
struct ModelPageEndpoints: Sendable {
    let service: MartletService

    var all: [Endpoint] { [evaluation, schema, report] }

    private struct ModelEvaluation: Encodable {
        let card: ModelCard
        let evaluation: Evaluation?
        let bytes: Int
    }

    private var evaluation: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/models/{id}/evaluation", name: "getEvaluation", tag: "models",
            summary: "What a model is and how good it is; quick, unlike its explanation.",
            parameters: [.id(of: "model")],
            answers: [.init(status: .ok, description: "The evaluation.", content: [.json("ModelEvaluation")])],
            problems: [.notFound, .conflict],
            handler: .asynchronous { request in
                let model = try await service.loadedModel(request.id)
                let bytes = try await service.openArtifact(ofModel: request.id).size
                return try await service.longWork.run { _ in
                    let answer = ModelEvaluation(
                        card: ModelCard(model), evaluation: model.evaluation?.document.evaluation, bytes: bytes)
                    return .json(bytes: [UInt8](try ReportCoding.encoder().encode(answer)))
                }
            })
    }

    private var schema: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/models/{id}/schema", name: "getModelSchema", tag: "models",
            summary: "The columns that a model takes, the values they had, and a row as an example.",
            parameters: [.id(of: "model")],
            answers: [.init(status: .ok, description: "The columns.", content: [.json("ModelSchema")])],
            problems: [.notFound, .conflict],
            handler: .asynchronous { request in
                let model = try await service.loadedModel(request.id)
                return try await service.longWork.run { _ in .json(bytes: ModelSchemaFormat(model).json()) }
            })
    }

    private var report: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/models/{id}/report", name: "getReport", tag: "models",
            summary: "The explanation as one HTML page that needs nothing else. It takes up to a minute.",
            parameters: [.id(of: "model")],
            answers: [.init(status: .ok, description: "The page.", content: [.file("text/html")])],
            problems: [.notFound, .conflict],
            handler: .asynchronous { request in
                let page = try await service.report(ofModel: request.id)
                var response = Response.text(page, contentType: "text/html; charset=utf-8")
                response.headers["Content-Disposition"] = "attachment; filename=\"\(request.id).html\""
                return response
            })
    }
}
