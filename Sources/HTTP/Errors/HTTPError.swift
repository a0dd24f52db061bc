/// Why a request cannot be answered as asked, or why the server could not do its work.
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// The kind of error; callers match on it, new kinds break nobody.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The kind in snake_case.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// The request is not valid HTTP, or its path or query cannot be decoded.
        public static let badRequest = Code("bad_request")
        /// Nothing is routed at the path.
        public static let notFound = Code("not_found")
        /// The path exists, but not for this method.
        public static let methodNotAllowed = Code("method_not_allowed")
        /// The body is longer than its limit.
        public static let bodyTooLarge = Code("body_too_large")
        /// The header is longer than its limit.
        public static let headerTooLarge = Code("header_too_large")
        /// The body is not valid multipart/form-data.
        public static let badMultipart = Code("bad_multipart")
        /// The client went away before it was answered in full.
        public static let disconnected = Code("disconnected")
        /// The server is shutting down.
        public static let shuttingDown = Code("shutting_down")
        /// The address cannot be listened on.
        public static let cannotListen = Code("cannot_listen")
        /// The address cannot be listened on, as another process does.
        public static let addressInUse = Code("address_in_use")
        /// The server's certificate or its key cannot be used.
        public static let badCertificate = Code("bad_certificate")
        /// The request came slower than a request may.
        public static let tooSlow = Code("too_slow")
        /// There are too many connections.
        public static let tooManyConnections = Code("too_many_connections")
        /// A handler's own error, told apart by its status.
        public static let refused = Code("refused")
        /// A file to be sent cannot be opened.
        public static let fileUnavailable = Code("file_unavailable")
    }

    /// The kind of error.
    public let code: Code
    /// The status to answer with.
    public let status: Status
    /// One line for people.
    public let message: String
    /// Fields to answer with, beside those of the body.
    public let headers: Headers

    /// An error that is answered with `status`.
    public init(_ code: Code = .refused, status: Status, message: String, headers: Headers = Headers()) {
        self.code = code
        self.status = status
        self.message = message
        self.headers = headers
    }

    /// The message, as it is.
    public var description: String { message }

    static let disconnected = HTTPError(.disconnected, status: .badRequest, message: "the client went away")
    static let shuttingDown = HTTPError(
        .shuttingDown, status: .serviceUnavailable, message: "the server is shutting down")

    static let tooManyConnections = HTTPError(
        .tooManyConnections, status: .serviceUnavailable,
        message: "the server has too many connections: try again soon",
        headers: ["Retry-After": "1"])

    static func tooSlow(_ message: String) -> HTTPError {
        HTTPError(.tooSlow, status: .requestTimeout, message: message)
    }

    static func bodyTooLarge(limit: Int) -> HTTPError {
        HTTPError(
            .bodyTooLarge, status: .contentTooLarge, message: "the body is longer than the limit of \(limit) bytes")
    }
}
