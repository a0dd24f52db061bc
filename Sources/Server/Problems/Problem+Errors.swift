internal import AutoML
internal import HTTP
internal import Platform
internal import Tabular

extension Problem {
    /// The problem behind an error: what a client did wrong, or a 500 that tells no details.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as HTTPError:
            self.init(
                status: error.status, code: error.code.description, detail: error.message, headers: error.headers)
        case let error as PlatformError: self.init(error)
        case let error as TableError: self.init(error)
        case let error as AutoMLError: self.init(error)
        case let error as JSONError:
            self.init(status: .badRequest, code: "bad_json", detail: "the body is not valid JSON: \(error)")
        case let error as DecodingError:
            self = .field(Problem.place(of: error), "is not of the right type, or missing")
        case is CancellationError:
            self.init(status: .serviceUnavailable, code: "shutting_down", detail: "the server is shutting down")
        default:
            self.init(
                status: .internalServerError, code: "internal",
                detail: "the server failed at this; its log tells more")
        }
    }

    /// The member of a body that could not be decoded, with the names of those around it.
    private static func place(of error: DecodingError) -> String {
        let path: [any CodingKey] =
            switch error {
            case .keyNotFound(let key, let context): context.codingPath + [key]
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                context.codingPath
            @unknown default: []
            }
        return path.isEmpty ? "body" : path.map(\.stringValue).joined(separator: ".")
    }

    private init(_ error: PlatformError) {
        let status: Status
        switch error.code {
        case .notFound: status = .notFound
        case .invalid:
            status = error.field.map(Problem.queryFields.contains) == true ? .badRequest : .unprocessableContent
        case .conflict: status = .conflict
        case .unavailable, .overloaded: status = .serviceUnavailable
        case .noRoom: status = .insufficientStorage
        default: status = .internalServerError
        }
        self.init(
            status: status, code: error.code.rawValue, detail: error.description,
            errors: error.field.map { [Field(field: $0, message: error.message)] } ?? [],
            headers: status == .serviceUnavailable ? Problem.comeAgain : [:])
    }

    /// When what cannot be done at the moment may be asked for again.
    static let comeAgain: Headers = ["Retry-After": "5"]

    private init(_ error: TableError) {
        if error.code == .cannotOpen {
            // A file of ours that was there a moment ago: its folder is lost, or there are too many files.
            self.init(
                status: .serviceUnavailable, code: "unavailable",
                detail: "the server cannot open a file of its own at the moment", headers: Problem.comeAgain)
            return
        }
        let isOurs = error.code == .corruptChunk
        self.init(
            status: isOurs ? .internalServerError : .unprocessableContent, code: error.code.rawValue,
            detail: isOurs ? "the server failed at this; its log tells more" : error.description,
            errors: isOurs
                ? []
                : [
                    Field(
                        field: error.code == .sheetNotFound ? "sheet" : error.column ?? "file",
                        message: error.description)
                ])
    }

    private init(_ error: AutoMLError) {
        let isOurs = error.code == .damagedModel || error.code == .unsupportedModel
        self.init(
            status: isOurs ? .internalServerError : .unprocessableContent, code: error.code.rawValue,
            detail: error.description,
            errors: error.field.map { [Field(field: $0, message: error.message)] } ?? [])
    }

    /// Fields of the platform's errors that come from the query, not from a body.
    private static let queryFields: Set<String> = ["cursor", "limit", "offset"]
}
