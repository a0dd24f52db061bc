/// What a server refused, or why it could not be asked.
public struct CQLError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is. Servers may answer codes that this list does not name; they are kept by their name in
    /// hexadecimal.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind.
        public let rawValue: String

        /// The kind of this name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name.
        public var description: String { rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What went wrong, in one line.
    public var message: String
    /// The server concerned, as `host:port`.
    public var host: String?
    /// What the server said beyond the message, for the kinds that carry numbers.
    public var details: Details?
    /// The error that led to this one.
    public var cause: (any Error)?
    /// Whether the request has certainly not reached a server.
    var isUnsent = false

    /// An error of these parts.
    public init(
        _ code: Code, _ message: String, host: String? = nil, details: Details? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.host = host
        self.details = details
        self.cause = cause
    }

    /// One line for people.
    public var description: String {
        "CQL error \(code)" + (host.map { " from \($0)" } ?? "") + ": \(message)"
            + (cause.map { " (\($0))" } ?? "")
    }

    /// The same error, with the server concerned where it was not yet named.
    func at(_ host: String) -> CQLError {
        var copy = self
        if copy.host == nil { copy.host = host }
        return copy
    }
}

extension CQLError.Code {
    /// No connection could be made, or it was lost before the answer came.
    public static let connection = Self(rawValue: "connection")
    /// No host could be reached; the message names each and its reason.
    public static let noHostAvailable = Self(rawValue: "no_host_available")
    /// The answer did not come within the request's timeout.
    public static let timeout = Self(rawValue: "timeout")
    /// Every stream of every connection is taken.
    public static let busy = Self(rawValue: "busy")
    /// The session or the connection was closed.
    public static let closed = Self(rawValue: "closed")
    /// The peer's bytes do not follow the protocol.
    public static let protocolViolation = Self(rawValue: "protocol")
    /// The server's certificate is not trusted, or TLS failed otherwise.
    public static let tls = Self(rawValue: "tls")
    /// The configuration cannot work: an unknown datacenter, an empty list of contact points.
    public static let configuration = Self(rawValue: "configuration")
    /// A value does not fit the type of its column, or bytes do not fit the type asked for.
    public static let typeMismatch = Self(rawValue: "type_mismatch")
    /// A row has no column of this name or index.
    public static let noSuchColumn = Self(rawValue: "no_such_column")
    /// The number of values is not the number of the statement's markers.
    public static let wrongNumberOfValues = Self(rawValue: "wrong_number_of_values")

    /// The server failed internally.
    public static let server = Self(rawValue: "server_error")
    /// User name or password are wrong or missing.
    public static let authentication = Self(rawValue: "authentication")
    /// Too few replicas are alive for the consistency.
    public static let unavailable = Self(rawValue: "unavailable")
    /// The coordinator has too much to do.
    public static let overloaded = Self(rawValue: "overloaded")
    /// The coordinator is still joining the ring.
    public static let bootstrapping = Self(rawValue: "bootstrapping")
    /// A table could not be truncated.
    public static let truncate = Self(rawValue: "truncate_error")
    /// Replicas did not acknowledge a write in time.
    public static let writeTimeout = Self(rawValue: "write_timeout")
    /// Replicas did not answer a read in time.
    public static let readTimeout = Self(rawValue: "read_timeout")
    /// Replicas failed at a read.
    public static let readFailure = Self(rawValue: "read_failure")
    /// Replicas failed at a write.
    public static let writeFailure = Self(rawValue: "write_failure")
    /// A user-defined function failed.
    public static let functionFailure = Self(rawValue: "function_failure")
    /// A write could not be recorded for change data capture.
    public static let cdcWriteFailure = Self(rawValue: "cdc_write_failure")
    /// A conditional write may or may not have been applied.
    public static let casWriteUnknown = Self(rawValue: "cas_write_unknown")
    /// The statement is not CQL.
    public static let syntax = Self(rawValue: "syntax_error")
    /// The role may not do this.
    public static let unauthorized = Self(rawValue: "unauthorized")
    /// The statement is CQL but makes no sense here.
    public static let invalid = Self(rawValue: "invalid")
    /// The server's configuration does not allow this.
    public static let serverConfiguration = Self(rawValue: "config_error")
    /// The keyspace or table is there already.
    public static let alreadyExists = Self(rawValue: "already_exists")
    /// The server does not know the prepared statement.
    public static let unprepared = Self(rawValue: "unprepared")

    /// The kind of a server's number.
    init(serverCode: Int32) {
        self =
            switch serverCode {
            case 0x0000: .server
            case 0x000A: .protocolViolation
            case 0x0100: .authentication
            case 0x1000: .unavailable
            case 0x1001: .overloaded
            case 0x1002: .bootstrapping
            case 0x1003: .truncate
            case 0x1100: .writeTimeout
            case 0x1200: .readTimeout
            case 0x1300: .readFailure
            case 0x1400: .functionFailure
            case 0x1500: .writeFailure
            case 0x1600: .cdcWriteFailure
            case 0x1700: .casWriteUnknown
            case 0x2000: .syntax
            case 0x2100: .unauthorized
            case 0x2200: .invalid
            case 0x2300: .serverConfiguration
            case 0x2400: .alreadyExists
            case 0x2500: .unprepared
            default: Self(rawValue: "server_error_0x" + String(UInt32(bitPattern: serverCode), radix: 16))
            }
    }
}

extension CQLError {
    /// What some answers carry beside their message.
    public struct Details: Sendable, Hashable {
        /// The consistency of the failed request.
        public var consistency: Consistency?
        /// Replicas that answered, or were alive.
        public var received: Int?
        /// Replicas whose answer the consistency requires.
        public var required: Int?
        /// Whether the replica asked for the data itself has answered.
        public var dataPresent: Bool?
        /// What kind of write failed: `SIMPLE`, `BATCH`, `UNLOGGED_BATCH`, `COUNTER`, `BATCH_LOG`, `CAS`, `VIEW`, `CDC`.
        public var writeType: String?
        /// The keyspace and table that are there already.
        public var existing: [String] = []
        /// The prepared statement's identifier that the server does not know.
        public var statementID: [UInt8] = []

        init() {}
    }
}
