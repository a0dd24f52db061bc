internal import Kafka
public import Platform
internal import Telemetry

/// Where a Kafka cluster is, and how Martlet uses it.
public struct KafkaLogConfiguration: Sendable, Hashable {
    /// How a user proves who they are.
    public enum Mechanism: String, Sendable, Hashable, CaseIterable {
        /// The password itself, which TLS has to hide.
        case plain
        /// A proof of the password, hashed with SHA-256.
        case scramSHA256 = "scram-sha-256"
        /// A proof of the password, hashed with SHA-512.
        case scramSHA512 = "scram-sha-512"
    }

    /// Brokers to begin with, as `host:port,…`.
    public var bootstrapServers: String
    /// The user to log in as; nil where the cluster lets everyone in.
    public var username: String?
    /// Its password.
    public var password: String?
    /// How the password is proven.
    public var mechanism = Mechanism.plain
    /// A PEM file with the authority of the brokers' certificates; naming it turns TLS on.
    public var tlsAuthority: String?
    /// Copies of topics that are made; nil takes the brokers' default.
    public var replication: Int?
    /// Put in front of the names of topics and groups, for several installations on one cluster.
    public var prefix = ""

    /// The cluster with these brokers.
    public init(bootstrapServers: String) { self.bootstrapServers = bootstrapServers }

    /// Calls `body` with the message log there, and leaves the brokers again.
    /// - Throws: `PlatformError` where no broker lets it in, and what `body` throws.
    public func withLog<Value: Sendable>(
        _ body: @Sendable (any MessageLog) async throws -> Value
    ) async throws -> Value {
        let log = try await KafkaMessageLog(self, instruments: Instruments())
        do {
            let value = try await body(log)
            await log.close()
            return value
        } catch {
            await log.close()
            throw error
        }
    }

    func client(log: @escaping @Sendable (String) -> Void) -> KafkaConfiguration {
        var client = KafkaConfiguration(
            bootstrapServers: bootstrapServers.split(separator: ",").map { $0.filter { $0 != " " } },
            clientID: "martlet")
        if let tlsAuthority { client.tls = .init(authorityFile: tlsAuthority) }
        if let username {
            let mechanism: KafkaConfiguration.Credentials.Mechanism =
                switch mechanism {
                case .plain: .plain
                case .scramSHA256: .scramSHA256
                case .scramSHA512: .scramSHA512
                }
            client.credentials = .init(user: username, password: password ?? "", mechanism: mechanism)
        }
        client.log = { if $0.level <= 3 { log("kafka: \($0.message)") } }
        // A broker that comes back is found again soon.
        client.properties["reconnect.backoff.max.ms"] = "2000"
        return client
    }
}
