/// One method at one path pattern, and who answers it.
public struct Route: Sendable {
    /// Who answers.
    public enum Handler: Sendable {
        /// Answers at once, on the server's own thread: it must not wait, block or compute for long.
        case immediate(@Sendable (Request) throws -> Response)
        /// Answers in a task of its own.
        case asynchronous(@Sendable (Request) async throws -> Response)
    }

    /// The method.
    public let method: Method
    /// The path: `/`-separated literals and `{name}` parameters, each a whole segment.
    public let pattern: String
    /// The longest body taken, in bytes; nil is the server's default.
    public let bodyLimit: Int?
    /// Who answers.
    public let handler: Handler

    /// A route of its parts.
    public init(method: Method, pattern: String, bodyLimit: Int? = nil, handler: Handler) {
        precondition(pattern.utf8.first == UInt8(ascii: "/"), "a route's pattern starts with /")
        self.method = method
        self.pattern = pattern
        self.bodyLimit = bodyLimit
        self.handler = handler
    }
}
