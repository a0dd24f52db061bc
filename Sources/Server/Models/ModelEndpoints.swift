internal import AutoML
internal import HTTP
internal import Platform
internal import Tabular
internal import Telemetry

/// The calls about models.
struct ModelEndpoints: Sendable {
    let service: MartletService
    let documentLimit: Int
    let uploadLimit: Int
    let columnLimit: Int
    let metrics: ServerMetrics
    let pace = PredictionPace()

    var all: [Endpoint] { [get, artifact, onnx, predict] }

    private var get: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/models/{id}", name: "getModel", tag: "models", summary: "A model.",
            parameters: [.id(of: "model")],
            answers: [.init(status: .ok, description: "The model.", content: [.json("Model")])],
            problems: [.notFound], handler: .asynchronous { try .json(try await service.model($0.id)) })
    }

    private var artifact: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/models/{id}/artifact", name: "getModelArtifact", tag: "models",
            summary: "A model as one self-contained file, for `martlet predict`.", parameters: [.id(of: "model")],
            answers: [
                .init(status: .ok, description: "The file.", content: [.file("application/octet-stream")])
            ],
            problems: [.notFound, .conflict],
            handler: .asynchronous { request in
                let stored = try await service.openArtifact(ofModel: request.id)
                let stream = Response.Stream(length: stored.size) { sink in
                    for index in 0..<stored.pieceCount { try await sink.write(try await stored.piece(index)) }
                }
                return ModelEndpoints.download(
                    .stream(stream), as: "\(request.id).martlet", type: "application/octet-stream")
            })
    }

    private var onnx: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/models/{id}/onnx", name: "getModelONNX", tag: "models",
            summary:
                "A model as an ONNX file, from the columns of a table to label and probabilities. What ONNX cannot "
                + "hold is a 422 that names the column.",
            parameters: [.id(of: "model")],
            answers: [
                .init(status: .ok, description: "The file.", content: [.file("application/octet-stream")])
            ],
            problems: [.notFound, .conflict, .unprocessableContent],
            handler: .asynchronous { request in
                let model = try await service.loadedModel(request.id)
                let bytes = try await service.longWork.run { turn in try model.onnx(check: turn.checkpoint) }
                return ModelEndpoints.download(
                    .bytes(bytes), as: "\(request.id).onnx", type: "application/octet-stream")
            })
    }

    private var predict: Endpoint {
        Endpoint(
            method: .post, path: "/api/v1/models/{id}/predict", name: "predict", tag: "models",
            summary:
                "Predict rows: JSON for JSON, or a table as a file for a CSV file, a row for a row, in their order.",
            parameters: [
                .id(of: "model"),
                .query(
                    "interval", "Add what holds the truth with this probability: an interval, or a set of labels.",
                    [
                        "type": "number", "minimum": .number(Uncertainty.levels.lowerBound),
                        "maximum": .number(Uncertainty.levels.upperBound),
                    ]),
                ModelEndpoints.threshold,
            ] + ReadOptions.parameters,
            body: [.json("PredictionRequest")] + DatasetEndpoints.fileTypes + [
                Endpoint.Content(mediaType: "multipart/form-data", schema: Schemas.uploadForm)
            ],
            bodyLimit: uploadLimit,
            answers: [
                .init(
                    status: .ok,
                    description: "The predictions. A file has the column `prediction` and, for classification, "
                        + "`probability_` and the class for each class; with an interval `prediction_low` and "
                        + "`prediction_high`, or `labels`, a JSON list of classes.",
                    content: [.json("Predictions"), .file("text/csv")])
            ],
            problems: [
                .notFound, .conflict, .contentTooLarge, .unsupportedMediaType, .unprocessableContent,
                .insufficientStorage,
            ],
            handler: .asynchronous { request in
                let start = ContinuousClock.now
                let isRows = request.contentType == "application/json"
                let (response, rows) = try await isRows ? predictRows(request) : predictFile(request)
                metrics.predicted(rows, mode: isRows ? .rows : .file, ContinuousClock.now - start)
                return response
            })
    }

    private static let threshold = Endpoint.Parameter.query(
        "threshold",
        "How classes are decided instead of as the model does: a probability, `cost:FP=1,FN=20`, `precision>=0.9`, "
            + "`recall>=0.8` or `weights:CLASS=1,CLASS=5`.", ["type": "string"])

    /// The model, which decides as `threshold` says where it is given.
    private func model(_ request: Request, threshold: String?) async throws -> ModelArtifact {
        let model = try await service.loadedModel(request.id)
        return try threshold.map { try model.deciding(by: try ThresholdRule($0)) } ?? model
    }

    private func predictRows(_ request: Request) async throws -> (Response, rows: Int) {
        let model = try await model(request, threshold: request.query["threshold"])
        let id = request.id
        let interval = try model.interval(request.query["interval"])
        let body = try await request.body.collect(upTo: documentLimit)
        let folder = service.spoolFolder
        if body.count <= PredictionPace.shortBody {
            // Quick ones are made here: another thread would cost more than it gives.
            var rows = try PredictionRows(body, schema: model.header.schema)
            if let table = try rows.next(), pace.isShort(id, rows: table.rowCount), try rows.next() == nil {
                var answer = PredictionAnswer(model, spoolFolder: folder)
                try pace.measured(id, rows: table.rowCount) {
                    try answer.add(try model.rows(table, interval: interval))
                }
                return (try answer.response(), table.rowCount)
            }
        }
        return try await service.longWork.run { turn in
            var rows = try PredictionRows(body, schema: model.header.schema)
            var answer = PredictionAnswer(model, spoolFolder: folder)
            var sliced = SlicedPrediction(model, interval: interval, turn)
            while let table = try rows.next() {
                try pace.measured(id, rows: table.rowCount) { try sliced.predict(table) { try answer.add($0) } }
            }
            return (try answer.response(), rows.rowCount)
        }
    }

    private func predictFile(_ request: Request) async throws -> (Response, rows: Int) {
        defer { Allocator.giveBackSoon() }
        // Before the file is received, so that a model that is not there is known at once.
        _ = try await service.loadedModel(request.id)
        let upload = try await Upload.receive(request, into: service.spoolFolder)
        var fields = upload.fields
        let model = try await model(request, threshold: fields.removeValue(forKey: "threshold"))
        let interval = try model.interval(fields.removeValue(forKey: "interval"))
        var options = try ReadOptions(takingFrom: &fields)
        if let unknown = fields.keys.min() { throw Problem.field(unknown, "there is no such field") }
        let schema = model.header.schema
        options.types = ReadOptions.matching(schema).types
        options.widensIntegers = true
        options.maximumColumns = columnLimit
        options.columns = Set(schema.columns.map(\.name))
        options.threads = ProcessLimits.current.processors
        let reading = options
        // The whole answer lies on the disk before it is sent, so that a bad row far down is a clean 422.
        let answer = try SpoolFile(in: service.spoolFolder)
        let rows = try await service.longWork.run { turn in
            let cells = try PredictionCells(model, hasRanges: interval != nil)
            var csv = CSVWriter { try answer.appendNow($0) }
            cells.writeNames(to: &csv)
            try csv.endRow()
            var sliced = SlicedPrediction(model, interval: interval, turn)
            let summary = try TableReader.readChunks(
                .file(upload.file.path), reading, rowsPerChunk: 8192, check: turn.checkpoint
            ) { table in
                try sliced.predict(table) { rows in
                    for row in 0..<rows.rowCount {
                        cells.write(row, of: rows, to: &csv)
                        try csv.endRow()
                    }
                }
            }
            try csv.finish()
            return summary.rowCount
        }
        let file = ModelEndpoints.download(try answer.body(), as: "predictions.csv", type: "text/csv; charset=utf-8")
        return (file, rows)
    }

    private static func download(_ body: Response.Body, as name: String, type: String) -> Response {
        Response(
            headers: ["Content-Type": type, "Content-Disposition": "attachment; filename=\"\(name)\""], body: body)
    }
}

extension ModelArtifact {
    /// The level of the ranges that are asked for, if it is one that the model has; nil for none.
    fileprivate func interval(_ text: String?) throws -> Double? {
        guard let text else { return nil }
        guard let level = Double(text) else { throw Problem.parameter("interval", "must be a number, not \"\(text)\"") }
        do {
            try checkInterval(level)
        } catch let error as AutoMLError {
            throw Problem.parameter("interval", error.message)
        }
        return level
    }
}
