internal import Synchronization

/// The parts of a `multipart/form-data` body (RFC 7578), one after another, as they arrive.
public final class MultipartReader: Sendable {
    /// One part: a field of the form, or a file.
    public struct Part: Sendable {
        /// The fields of the part's header.
        public let headers: Headers
        /// The field's name.
        public let name: String
        /// The file's name as the client gives it: not to be trusted as a path; nil for a plain field.
        public let filename: String?
        /// What the part holds, until `nextPart` is called.
        public let body: RequestBody
    }

    private struct State {
        var parser: MultipartParser
        var partNumber = 0
        var isInPart = false
        var isOver = false
    }

    private let pull: @Sendable () async throws -> [UInt8]?
    private let state: Mutex<State>
    private let partLimit: Int

    /// Reads the body of `request`. Throws `badMultipart` (400) without a boundary and `refused` (415) when the request
    /// is not multipart/form-data; more than `partLimit` parts throw `badMultipart` when they are reached.
    public convenience init(_ request: Request, partLimit: Int = 64) throws {
        let type = MediaType(request.headers["Content-Type"] ?? "")
        guard type.essence == "multipart/form-data" else {
            throw HTTPError(status: .unsupportedMediaType, message: "the body is not multipart/form-data")
        }
        guard let boundary = type.parameters["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw MultipartParser.failure("the content type names no boundary of 1 to 70 characters")
        }
        self.init(request.body, boundary: boundary, partLimit: partLimit)
    }

    /// Reads parts separated by `boundary` from `body`.
    public init(_ body: RequestBody, boundary: String, partLimit: Int = 64) {
        pull = { try await body.makeAsyncIterator().pull() }
        state = Mutex(State(parser: MultipartParser(boundary: boundary)))
        self.partLimit = partLimit
    }

    /// The next part, what is left of the one before it being skipped; nil after the last.
    /// Throws `badMultipart` for a malformed or truncated body and what the body itself throws.
    public func nextPart() async throws -> Part? {
        while true {
            let event = try state.withLock { state -> MultipartParser.Event in
                if state.isOver { return .end }
                return try state.parser.next()
            }
            switch event {
            case .needsBytes: try await feed()
            case .data, .partEnd: continue
            case .end:
                // The rest is read so that the connection can be used again.
                while try await pull() != nil {}
                state.withLock { $0.isOver = true }
                return nil
            case .part(let headers): return try part(headers)
            }
        }
    }

    private func part(_ headers: Headers) throws -> Part {
        let number = state.withLock { state in
            state.partNumber += 1
            state.isInPart = true
            return state.partNumber
        }
        guard number <= partLimit else { throw MultipartParser.failure("there are more than \(partLimit) parts") }
        let disposition = MediaType(headers["Content-Disposition"] ?? "")
        guard disposition.essence == "form-data", let name = disposition.parameters["name"] else {
            throw MultipartParser.failure("part \(number) has no Content-Disposition of form-data with a name")
        }
        return Part(
            headers: headers, name: name, filename: disposition.parameters["filename"],
            body: RequestBody { [self] in try await nextChunk(of: number) })
    }

    private func nextChunk(of number: Int) async throws -> [UInt8]? {
        while true {
            let event = try state.withLock { state -> MultipartParser.Event in
                guard state.partNumber == number, state.isInPart else { return .partEnd }
                let event = try state.parser.next()
                if case .partEnd = event { state.isInPart = false }
                return event
            }
            switch event {
            case .data(let bytes): return bytes
            case .needsBytes: try await feed()
            case .partEnd, .part, .end: return nil
            }
        }
    }

    private func feed() async throws {
        guard let bytes = try await pull() else {
            throw MultipartParser.failure("it ends before its closing delimiter")
        }
        state.withLock { $0.parser.feed(bytes) }
    }
}
