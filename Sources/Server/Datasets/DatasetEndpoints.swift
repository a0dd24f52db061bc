internal import HTTP
internal import Platform
internal import Tabular

/// The calls about datasets.
struct DatasetEndpoints: Sendable {
    let service: MartletService
    let uploadLimit: Int
    let columnLimit: Int
    let metrics: ServerMetrics

    var all: [Endpoint] { [upload, list, get, profile, rows, file, delete] }

    /// Media types of files that are worth naming; uploads are taken by their content, whatever they are called.
    static let fileTypes: [Endpoint.Content] = [
        .file("text/csv"), .file("application/gzip"), .file("application/zstd"),
        .file("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), .file("application/octet-stream"),
    ]

    private var upload: Endpoint {
        Endpoint(
            method: .post, path: "/api/v1/datasets", name: "createDataset", tag: "datasets",
            summary: "Upload a table: CSV or a relative of it, plain, gzipped or in Zstandard, or an Excel workbook.",
            parameters: [.query("name", "A name for people.", ["type": "string", "maxLength": 200])]
                + ReadOptions.parameters,
            body: DatasetEndpoints.fileTypes + [
                Endpoint.Content(mediaType: "multipart/form-data", schema: Schemas.uploadForm)
            ],
            isBodyTyped: false, bodyLimit: uploadLimit,
            answers: [.init(status: .created, description: "The dataset.", content: [.json("Dataset")])],
            problems: [.contentTooLarge, .unsupportedMediaType, .unprocessableContent, .insufficientStorage],
            handler: .asynchronous { request in
                do {
                    let record = try await create(request)
                    metrics.uploadEnded(.stored)
                    return try .json(record, status: .created, headers: ["Location": "/api/v1/datasets/\(record.id)"])
                } catch {
                    metrics.uploadEnded(Problem(error).status.rawValue < 500 ? .refused : .failed)
                    throw error
                }
            })
    }

    private func create(_ request: Request) async throws -> DatasetRecord {
        let upload = try await Upload.receive(request, into: service.spoolFolder)
        metrics.received(bytes: upload.size)
        var fields = upload.fields
        let name = try DatasetEndpoints.name(fields.removeValue(forKey: "name") ?? upload.filename ?? "dataset")
        var options = try ReadOptions(takingFrom: &fields)
        options.maximumColumns = columnLimit
        if let unknown = fields.keys.min() { throw Problem.field(unknown, "there is no such field") }
        return try await service.createDataset(from: .file(upload.file.path), name: name, options: options)
    }

    private static func name(_ text: String) throws -> String {
        let isFine = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard !text.isEmpty, text.count <= 200, isFine else {
            throw Problem.field("name", "must be 1 to 200 characters without line breaks")
        }
        return text
    }

    private var list: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/datasets", name: "listDatasets", tag: "datasets",
            summary: "The datasets, the newest first.", parameters: Endpoint.Parameter.page,
            answers: [.init(status: .ok, description: "A part of the list.", content: [.json("DatasetList")])],
            handler: .asynchronous { request in
                let (limit, cursor) = try request.page()
                return try .json(try await service.datasets(limit: limit, cursor: cursor))
            })
    }

    private var get: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/datasets/{id}", name: "getDataset", tag: "datasets",
            summary: "A dataset.", parameters: [.id(of: "dataset")],
            answers: [.init(status: .ok, description: "The dataset.", content: [.json("Dataset")])],
            problems: [.notFound],
            handler: .asynchronous { try .json(try await service.dataset($0.id)) })
    }

    private var profile: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/datasets/{id}/profile", name: "getDatasetProfile", tag: "datasets",
            summary: "What is worth knowing about a dataset's columns.", parameters: [.id(of: "dataset")],
            answers: [.init(status: .ok, description: "The profile.", content: [.json("Profile")])],
            problems: [.notFound],
            handler: .asynchronous { request in
                let bytes = try await service.profile(ofDataset: request.id)
                return try await service.longWork.run { _ in try .json(ProfileFormat(bytes)) }
            })
    }

    private var rows: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/datasets/{id}/rows", name: "getDatasetRows", tag: "datasets",
            summary: "Rows of a dataset, in the order of the source.",
            parameters: [
                .id(of: "dataset"),
                .query("offset", "Rows to pass over.", ["type": "integer", "minimum": 0, "default": 0]),
                .query(
                    "limit", "How many rows to give, at most.",
                    ["type": "integer", "minimum": 1, "maximum": 1000, "default": 100]),
            ],
            answers: [.init(status: .ok, description: "The rows.", content: [.json("Rows")])],
            problems: [.notFound],
            handler: .asynchronous { request in
                let offset = try request.integer("offset", in: 0...Int.max, default: 0)
                let limit = try request.integer("limit", in: 1...1000, default: 100)
                let record = try await service.dataset(request.id)
                let table = try await service.rows(ofDataset: request.id, offset: offset, limit: limit)
                return try await service.longWork.run { turn in
                    try DatasetEndpoints.rows(table, offset: offset, total: record.rows, turn)
                }
            })
    }

    private static func rows(_ table: Table, offset: Int, total: Int, _ turn: Turn) throws -> Response {
        var writer = JSONWriter()
        writer.raw("{\"offset\":")
        writer.integer(Int64(offset))
        writer.raw(",\"total\":")
        writer.integer(Int64(total))
        writer.raw(",\"rows\":[")
        let json = TableJSON(table)
        var isFirst = true
        for row in 0..<table.rowCount {
            try turn.checkpoint()
            writer.separate(&isFirst)
            json.write(row, to: &writer)
        }
        writer.raw("]}")
        return .json(bytes: writer.bytes)
    }

    private var file: Endpoint {
        Endpoint(
            method: .get, path: "/api/v1/datasets/{id}/file", name: "getDatasetFile", tag: "datasets",
            summary: "A dataset as a CSV file: UTF-8, commas, a header, numbers in their shortest form.",
            parameters: [.id(of: "dataset")],
            answers: [.init(status: .ok, description: "The table.", content: [.file("text/csv")])],
            problems: [.notFound],
            handler: .asynchronous { request in
                let blocks = try await service.blocks(ofDataset: request.id)
                return Response(
                    headers: ["Content-Type": "text/csv; charset=utf-8; header=present"],
                    body: .stream(
                        Response.Stream { sink in
                            var isFirst = true
                            for try await block in blocks {
                                let bytes = try await service.longWork.run { [isFirst] _ in
                                    try DatasetEndpoints.csv(block, withHeader: isFirst)
                                }
                                isFirst = false
                                try await sink.write(bytes)
                            }
                        }))
            })
    }

    private static func csv(_ table: Table, withHeader: Bool) throws -> [UInt8] {
        let text = ByteCollector()
        var csv = CSVWriter { text.bytes += $0 }
        if withHeader { try csv.writeHeader(of: table) }
        try csv.writeRows(of: table)
        try csv.finish()
        return text.bytes
    }

    private var delete: Endpoint {
        Endpoint(
            method: .delete, path: "/api/v1/datasets/{id}", name: "deleteDataset", tag: "datasets",
            summary: "Delete a dataset; models learnt from it stay.", parameters: [.id(of: "dataset")],
            answers: [.init(status: .noContent, description: "It is deleted.")], problems: [.notFound, .conflict],
            handler: .asynchronous { request in
                try await service.deleteDataset(request.id)
                return Response(status: .noContent)
            })
    }
}

/// Bytes that are written part by part.
private final class ByteCollector {
    var bytes: [UInt8] = []
}
