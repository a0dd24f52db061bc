public import Network

/// Why a command was not answered, or a connection not made.
public struct RedisError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was; new codes may be added.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The code's name.
        public let rawValue: String

        /// The code of this name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The URL or another part of the configuration makes no sense.
        public static let configuration = Code(rawValue: "configuration")
        /// No connection could be made; the cause is a `NetworkError` that tells why.
        public static let connection = Code(rawValue: "connection")
        /// There is no connection at the moment; one is being made. The command was not sent.
        public static let disconnected = Code(rawValue: "disconnected")
        /// The connection was lost after the command had been queued: whether the server ran it is not known.
        public static let connectionLost = Code(rawValue: "connection_lost")
        /// There was no reply in time; whether the server ran the command is not known.
        public static let timedOut = Code(rawValue: "timed_out")
        /// The user or password is wrong, or a password is needed and none was given.
        public static let authentication = Code(rawValue: "authentication")
        /// The server answered with an error; `serverCode` has its first word.
        public static let server = Code(rawValue: "server")
        /// The server's bytes are not RESP, or exceed the limits.
        public static let protocolViolation = Code(rawValue: "protocol_violation")
        /// The reply is of another type than the command's.
        public static let unexpectedReply = Code(rawValue: "unexpected_reply")
        /// The client was closed.
        public static let closed = Code(rawValue: "closed")

        /// The code's name.
        public var description: String { rawValue }
    }

    /// What kind of failure it was.
    public let code: Code
    /// What went wrong, in one line; never holds a password.
    public let message: String
    /// The first word of the server's error, such as `WRONGTYPE`.
    public let serverCode: String?
    /// The server, where one was concerned.
    public let endpoint: Endpoint?
    /// What made it fail, where another error did.
    public let cause: (any Error)?

    /// An error of these parts.
    public init(
        code: Code, message: String, serverCode: String? = nil, endpoint: Endpoint? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.serverCode = serverCode
        self.endpoint = endpoint
        self.cause = cause
    }

    /// One line for people.
    public var description: String { (endpoint.map { "Redis \($0): " } ?? "") + message }

    /// The error that a server's reply stands for; its first word is its code.
    init(reply text: String, endpoint: Endpoint?) {
        let word = text.prefix { $0 != " " }
        let isPassword = word == "WRONGPASS" || word == "NOAUTH"
        self.init(
            code: isPassword ? .authentication : .server, message: text, serverCode: String(word), endpoint: endpoint)
    }
}
