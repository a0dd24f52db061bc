import CommandLine
import Drivers
import Foundation

/// Options of every command that works on a cluster: where its servers are, and how to log in.
enum ClusterOptions {
    static let contactPoints = Option<String?>.text(
        "cassandra-contact-points", value: "HOST:PORT,…", help: "Cassandra nodes to begin with (127.0.0.1:9042)",
        environment: "MARTLET_CASSANDRA_CONTACT_POINTS")
    static let keyspace = Option<String?>.text(
        "cassandra-keyspace", value: "NAME", help: "Keyspace of Martlet's tables (martlet)",
        environment: "MARTLET_CASSANDRA_KEYSPACE")
    static let datacenter = Option<String?>.text(
        "cassandra-datacenter", value: "NAME", help: "Datacenter to use (that of the first node that answers)",
        environment: "MARTLET_CASSANDRA_DATACENTER")
    static let cassandraUser = Option<String?>.text(
        "cassandra-username", value: "NAME", help: "Cassandra role; its password is MARTLET_CASSANDRA_PASSWORD",
        environment: "MARTLET_CASSANDRA_USERNAME")
    static let cassandraAuthority = Option<String?>.text(
        "cassandra-tls-ca", value: "FILE", help: "PEM file of the nodes' authority; turns TLS on",
        environment: "MARTLET_CASSANDRA_TLS_CA")
    static let consistency = Option<String?>.text(
        "cassandra-consistency", value: "LEVEL",
        help: "\(CassandraConfiguration.Consistency.allCases.map(\.rawValue).joined(separator: ", ")) (local_quorum)",
        environment: "MARTLET_CASSANDRA_CONSISTENCY")
    static let bootstrapServers = Option<String?>.text(
        "kafka-bootstrap-servers", value: "HOST:PORT,…", help: "Kafka brokers to begin with (127.0.0.1:9092)",
        environment: "MARTLET_KAFKA_BOOTSTRAP_SERVERS")
    static let kafkaUser = Option<String?>.text(
        "kafka-username", value: "NAME", help: "Kafka user; its password is MARTLET_KAFKA_PASSWORD",
        environment: "MARTLET_KAFKA_USERNAME")
    static let kafkaMechanism = Option<String?>.text(
        "kafka-sasl-mechanism", value: "NAME",
        help: "\(KafkaLogConfiguration.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")) (plain)",
        environment: "MARTLET_KAFKA_SASL_MECHANISM")
    static let kafkaAuthority = Option<String?>.text(
        "kafka-tls-ca", value: "FILE", help: "PEM file of the brokers' authority; turns TLS on",
        environment: "MARTLET_KAFKA_TLS_CA")
    static let kafkaPrefix = Option<String?>.text(
        "kafka-prefix", value: "TEXT", help: "Put before the names of topics and groups",
        environment: "MARTLET_KAFKA_PREFIX")
    static let kafkaReplication = Option<Int?>.integer(
        "kafka-replication", help: "Copies of topics that are made (the brokers' default)", range: 1...100,
        environment: "MARTLET_KAFKA_REPLICATION")
    static let redisURL = Option<String?>.text(
        "redis-url", value: "URL", help: "Cache, redis://… or rediss://… with TLS (none)",
        environment: "MARTLET_REDIS_URL")
    static let redisAuthority = Option<String?>.text(
        "redis-tls-ca", value: "FILE", help: "PEM file of the cache's authority", environment: "MARTLET_REDIS_TLS_CA")

    static let cassandra = [
        contactPoints.declaration, keyspace.declaration, datacenter.declaration, consistency.declaration,
        cassandraUser.declaration, cassandraAuthority.declaration,
    ]

    static let kafka = [
        bootstrapServers.declaration, kafkaUser.declaration, kafkaMechanism.declaration, kafkaAuthority.declaration,
        kafkaPrefix.declaration, kafkaReplication.declaration,
    ]

    static let declarations = cassandra + kafka + [redisURL.declaration, redisAuthority.declaration]

    static func cassandra(_ invocation: Invocation) throws -> CassandraConfiguration {
        var cassandra = CassandraConfiguration(contactPoints: invocation[contactPoints] ?? "127.0.0.1:9042")
        if let name = invocation[keyspace] { cassandra.keyspace = name }
        cassandra.datacenter = invocation[datacenter]
        cassandra.username = invocation[cassandraUser]
        cassandra.password = try secret("MARTLET_CASSANDRA_PASSWORD")
        cassandra.tlsAuthority = invocation[cassandraAuthority]
        cassandra.consistency = try choice(invocation, consistency) ?? .localQuorum
        return cassandra
    }

    static func cluster(_ invocation: Invocation) throws -> ClusterConfiguration {
        var kafka = KafkaLogConfiguration(bootstrapServers: invocation[bootstrapServers] ?? "127.0.0.1:9092")
        kafka.username = invocation[kafkaUser]
        kafka.password = try secret("MARTLET_KAFKA_PASSWORD")
        kafka.mechanism = try choice(invocation, kafkaMechanism) ?? .plain
        kafka.tlsAuthority = invocation[kafkaAuthority]
        if let prefix = invocation[kafkaPrefix] { kafka.prefix = prefix }
        kafka.replication = invocation[kafkaReplication]
        var cluster = ClusterConfiguration(cassandra: try cassandra(invocation), kafka: kafka)
        if let url = try invocation[redisURL] ?? secret("MARTLET_REDIS_URL") {
            var redis = RedisCacheConfiguration(url: url)
            redis.tlsAuthority = invocation[redisAuthority]
            cluster.redis = redis
        }
        return cluster
    }

    private static func choice<Value: RawRepresentable & CaseIterable>(
        _ invocation: Invocation, _ option: Option<String?>
    ) throws -> Value? where Value.RawValue == String {
        guard let text = invocation[option] else { return nil }
        guard let value = Value(rawValue: text) else {
            throw UsageError(
                "--\(option.declaration.name): “\(text)” is none of "
                    + Value.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return value
    }

    /// What the variable holds, or the file that the variable with `_FILE` behind its name names.
    private static func secret(_ name: String) throws -> String? {
        let environment = ProcessInfo.processInfo.environment
        guard let path = environment[name + "_FILE"] else { return environment[name] }
        guard environment[name] == nil else { throw UsageError("set \(name) or \(name)_FILE, not both") }
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
            throw UsageError("the file that \(name)_FILE names cannot be read: \(path)")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
