internal import Glibc

/// Why a connection could not be made, or why it ended.
public struct NetworkError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was; new codes may be added.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The code's name.
        public let rawValue: String

        /// The code of this name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The host or port makes no sense, or the name has no address.
        public static let unresolvable = Code(rawValue: "unresolvable")
        /// Nobody listens at any of the addresses.
        public static let refused = Code(rawValue: "refused")
        /// There is no way to the addresses.
        public static let unreachable = Code(rawValue: "unreachable")
        /// The connection was not there, or its TLS handshake not done, in time.
        public static let timedOut = Code(rawValue: "timed_out")
        /// The file of authorities cannot be read or holds no certificate.
        public static let authorityFile = Code(rawValue: "authority_file")
        /// A server's own certificate or key cannot be read.
        public static let identityFile = Code(rawValue: "identity_file")
        /// Another process listens there.
        public static let addressInUse = Code(rawValue: "address_in_use")
        /// The peer's certificate is not signed by a known authority.
        public static let unknownAuthority = Code(rawValue: "unknown_authority")
        /// The peer's certificate is for another name or address.
        public static let wrongName = Code(rawValue: "wrong_name")
        /// The peer's certificate is expired, not yet valid or otherwise unfit.
        public static let invalidCertificate = Code(rawValue: "invalid_certificate")
        /// The peer does not speak TLS.
        public static let notTLS = Code(rawValue: "not_tls")
        /// TLS failed in another way.
        public static let tls = Code(rawValue: "tls")
        /// The peer broke the connection off, or it was lost.
        public static let connectionLost = Code(rawValue: "connection_lost")
        /// The connection was closed on this side.
        public static let closed = Code(rawValue: "closed")
        /// The event loop was stopped.
        public static let loopStopped = Code(rawValue: "loop_stopped")
        /// The operating system refused something, mostly for want of descriptors or memory.
        public static let system = Code(rawValue: "system")

        /// The code's name.
        public var description: String { rawValue }
    }

    /// What kind of failure it was.
    public let code: Code
    /// What went wrong, in one line.
    public let message: String
    /// The connection's other end, where there was one.
    public let endpoint: Endpoint?
    /// What made it fail, where another error did.
    public let cause: (any Error)?

    /// An error of these parts.
    public init(code: Code, message: String, endpoint: Endpoint? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.endpoint = endpoint
        self.cause = cause
    }

    /// One line for people.
    public var description: String { (endpoint.map { "\($0): " } ?? "") + message }

    /// What the operating system said, with the call that failed.
    static func system(_ call: String, _ number: Int32 = errno, endpoint: Endpoint? = nil) -> NetworkError {
        NetworkError(
            code: code(ofSystemError: number), message: "\(call): \(String(cString: strerror(number)))",
            endpoint: endpoint)
    }

    private static func code(ofSystemError number: Int32) -> Code {
        switch number {
        case ECONNREFUSED: .refused
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL: .unreachable
        case ETIMEDOUT: .timedOut
        case ECONNRESET, EPIPE, ECONNABORTED: .connectionLost
        default: .system
        }
    }
}
