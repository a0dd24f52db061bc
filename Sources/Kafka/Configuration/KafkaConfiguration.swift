/// How a cluster is reached; every client of the library is made from one.
public struct KafkaConfiguration: Sendable {
    /// Encryption of the connections, by TLS.
    public struct TLS: Sendable, Hashable {
        /// A PEM file with the authorities to trust; nil trusts those of the system.
        public var authorityFile: String?
        /// Whether the server's certificate has to be for the name it is reached by.
        public var verifiesHostname: Bool

        /// TLS that trusts the authorities in `authorityFile`.
        public init(authorityFile: String? = nil, verifiesHostname: Bool = true) {
            self.authorityFile = authorityFile
            self.verifiesHostname = verifiesHostname
        }
    }

    /// Who the client is, by SASL.
    public struct Credentials: Sendable, Hashable {
        /// How the password is shown.
        public enum Mechanism: String, Sendable, Hashable, CaseIterable {
            /// As it is; only sensible over TLS.
            case plain = "PLAIN"
            /// By a salted challenge with SHA-256.
            case scramSHA256 = "SCRAM-SHA-256"
            /// By a salted challenge with SHA-512.
            case scramSHA512 = "SCRAM-SHA-512"
        }

        /// How the password is shown.
        public var mechanism: Mechanism
        /// The user's name.
        public var user: String
        /// The user's password.
        public var password: String

        /// Credentials of a user.
        public init(user: String, password: String, mechanism: Mechanism = .plain) {
            self.user = user
            self.password = password
            self.mechanism = mechanism
        }
    }

    /// A line that librdkafka logs.
    public struct LogLine: Sendable {
        /// Severity as syslog counts: 0 the worst, 3 an error, 4 a warning, 6 information, 7 debugging.
        public let level: Int
        /// librdkafka's mark of the place, such as `FAIL`.
        public let facility: String
        /// The line.
        public let message: String
    }

    /// Brokers to ask for all the others, each `host:port`.
    public var bootstrapServers: [String]
    /// The name under which brokers know this client in logs and quotas.
    public var clientID: String
    /// TLS, or none.
    public var tls: TLS?
    /// Credentials, or none.
    public var credentials: Credentials?
    /// librdkafka's own properties, for what this library has no name for; those the library sets itself are refused.
    public var properties: [String: String]
    /// Gets librdkafka's log, on the client's thread; it must not block.
    public var log: (@Sendable (LogLine) -> Void)?
    /// How often `statistics` of a client is renewed; nil never.
    public var statisticsInterval: Duration?

    /// A configuration for the cluster of these brokers.
    public init(
        bootstrapServers: [String], clientID: String = "swift-kafka", tls: TLS? = nil, credentials: Credentials? = nil,
        properties: [String: String] = [:], statisticsInterval: Duration? = nil,
        log: (@Sendable (LogLine) -> Void)? = nil
    ) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.tls = tls
        self.credentials = credentials
        self.properties = properties
        self.statisticsInterval = statisticsInterval
        self.log = log
    }
}
