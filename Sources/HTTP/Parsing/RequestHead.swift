/// A request's line and header, as they were understood in the only way there is to understand them.
struct RequestHead: Sendable {
    /// How the end of the body is known (RFC 9112, section 6.3).
    enum Framing: Sendable, Equatable {
        case none
        /// So many bytes, at least one.
        case length(Int)
        case chunked
    }

    /// The method, a token.
    var method: Method
    /// Path and query, beginning with `/`; `*` for a question about the server itself.
    var target: String
    /// Whether the client speaks HTTP/1.0: no chunks, no interim answers, one request unless it asks for more.
    var isVersion10: Bool
    /// The fields, values without blanks around them.
    var headers: Headers
    var framing: Framing
    /// Whether the client wants the connection to serve on.
    var keepsAlive: Bool
    /// Whether the client sends the body only when it is told to.
    var expectsContinue: Bool
}

/// What a request may be at most.
struct RequestLimits: Sendable {
    /// Bytes of the request line and header, and of a chunked body's trailer.
    var header = 16 * 1024
    /// Fields.
    var fields = 100
}
