/// What a client gets.
public struct Response: Sendable {
    /// What follows the header.
    public enum Body: Sendable {
        /// Nothing.
        case empty
        /// Bytes that are already there.
        case bytes([UInt8])
        /// A file as it is on disk when it is opened, sent by the kernel; a temporary one is removed when it is opened.
        case file(path: String, isTemporary: Bool = false)
        /// Bytes made while they are sent.
        case stream(Stream)
    }

    /// Bytes made while they are sent, no faster than the client takes them.
    public struct Stream: Sendable {
        /// The exact number of bytes; nil sends chunks until the producer returns.
        public let length: Int?
        /// Whether a shutdown ends the stream at once, cleanly, by cancelling the producer; otherwise it may use the
        /// grace period.
        public let endsOnShutdown: Bool
        /// Writes the body. Cancelled when the client goes away; an error breaks the connection off, so that the
        /// client does not take half for the whole.
        public let produce: @Sendable (ResponseWriter) async throws -> Void

        /// A stream of what `produce` writes.
        public init(
            length: Int? = nil, endsOnShutdown: Bool = false,
            produce: @escaping @Sendable (ResponseWriter) async throws -> Void
        ) {
            self.length = length
            self.endsOnShutdown = endsOnShutdown
            self.produce = produce
        }
    }

    /// The status.
    public var status: Status
    /// The fields of the header; length, date and framing are the server's.
    public var headers: Headers
    /// What follows.
    public var body: Body

    /// A response of its parts.
    public init(status: Status = .ok, headers: Headers = Headers(), body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A text in UTF-8.
    public static func text(
        _ text: String, status: Status = .ok, contentType: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(status: status, headers: ["Content-Type": contentType], body: .bytes(Array(text.utf8)))
    }

    /// Server-sent events: ends cleanly when the producer returns and when the server shuts down.
    public static func events(_ produce: @escaping @Sendable (ResponseWriter) async throws -> Void) -> Response {
        Response(
            headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store"],
            body: .stream(Stream(endsOnShutdown: true, produce: produce)))
    }
}

/// Where a stream's producer writes.
public struct ResponseWriter: Sendable {
    private let send: @Sendable ([UInt8]) async throws -> Void

    /// A writer that hands what it is given to `send`.
    public init(send: @escaping @Sendable ([UInt8]) async throws -> Void) { self.send = send }

    /// Hands over bytes, waiting while too many are unsent. Throws `disconnected` when the client has gone away.
    public func write(_ bytes: [UInt8]) async throws {
        if !bytes.isEmpty { try await send(bytes) }
    }

    /// Hands over a text in UTF-8.
    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Hands over an event.
    public func write(_ event: ServerSentEvent) async throws { try await write(event.encoded) }
}
