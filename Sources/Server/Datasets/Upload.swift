internal import HTTP

/// A file as a client sends it, raw or in a form, on the server's disk.
struct Upload: Sendable {
    /// The file.
    let file: SpoolFile
    /// Its bytes.
    let size: Int
    /// The file's name at the client without its folders; nil where it was not told.
    let filename: String?
    /// The other fields of the form, and the parameters of the query.
    let fields: [String: String]

    /// Longest value of a form's field, in bytes.
    private static let fieldLimit = 64 * 1024

    /// Receives the body of `request` into `folder`, as fast as the disk takes it. Throws `Problem` for a form without a
    /// file, with two, or with a field that is given twice.
    static func receive(_ request: Request, into folder: String) async throws -> Upload {
        var fields: [String: String] = [:]
        for (name, value) in request.query { fields[name] = value }
        switch request.contentType {
        case "multipart/form-data": return try await receiveForm(request, into: folder, fields)
        case "application/json":
            throw Problem.field(
                "Content-Type", "send the file itself as the body, or multipart/form-data",
                status: .unsupportedMediaType, code: "unsupported_media_type")
        default:
            let file = try SpoolFile(in: folder)
            let size = try await file.write(request.body)
            guard size > 0 else { throw Problem.field("file", "the body is empty") }
            return Upload(file: file, size: size, filename: nil, fields: fields)
        }
    }

    private static func receiveForm(
        _ request: Request, into folder: String, _ query: [String: String]
    ) async throws -> Upload {
        let reader = try MultipartReader(request)
        var fields = query
        var received: (file: SpoolFile, size: Int, name: String?)?
        while let part = try await reader.nextPart() {
            if part.filename != nil || part.name == "file" {
                guard received == nil else { throw Problem.field("file", "there is more than one file") }
                let file = try SpoolFile(in: folder)
                let size = try await file.write(part.body)
                guard size > 0 else { throw Problem.field("file", "the file is empty") }
                received = (file, size, part.filename)
            } else {
                guard fields[part.name] == nil else { throw Problem.field(part.name, "it is given more than once") }
                let bytes = try await part.body.collect(upTo: fieldLimit)
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw Problem.field(part.name, "it is not UTF-8")
                }
                fields[part.name] = text
            }
        }
        guard let received else { throw Problem.field("file", "the form has no file") }
        let name = received.name?.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last
        return Upload(file: received.file, size: received.size, filename: name.map(String.init), fields: fields)
    }
}
