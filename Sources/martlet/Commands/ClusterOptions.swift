import CommandLine
import Drivers
import Foundation

/// Options of every command that works on a cluster: where its servers are, and how to log in.
enum ClusterOptions {
    static let contactPoints = Option<String?>.text(
        "cassandra-contact-points", value: "HOST:PORT,…", help: "Cassandra nodes to begin with (127.0.0.1:9042)",
        environment: "MARTLET_CASSANDRA_CONTACT_POINTS"
    )
    .configured(key: "cassandra.contact_points", isList: true)
    static let keyspace = Option<String?>.text(
        "cassandra-keyspace", value: "NAME", help: "Keyspace of Martlet's tables (martlet)",
        environment: "MARTLET_CASSANDRA_KEYSPACE"
    )
    .configured(key: "cassandra.keyspace")
    static let datacenter = Option<String?>.text(
        "cassandra-datacenter", value: "NAME", help: "Datacenter to use (that of the first node that answers)",
        environment: "MARTLET_CASSANDRA_DATACENTER"
    )
    .configured(key: "cassandra.datacenter")
    static let cassandraUser = Option<String?>.text(
        "cassandra-username", value: "NAME", help: "Cassandra role to log in as",
        environment: "MARTLET_CASSANDRA_USERNAME"
    )
    .configured(key: "cassandra.username")
    static let cassandraPassword = Option<String?>.text(
        "cassandra-password", value: "TEXT", help: "Its password; the variable or a file hides it better",
        environment: "MARTLET_CASSANDRA_PASSWORD"
    )
    .configured(key: "cassandra.password", isSecret: true)
    static let cassandraAuthority = Option<String?>.text(
        "cassandra-tls-ca", value: "FILE", help: "PEM file of the nodes' authority; turns TLS on",
        environment: "MARTLET_CASSANDRA_TLS_CA"
    )
    .configured(key: "cassandra.tls_ca")
    static let consistency = Option<String?>.text(
        "cassandra-consistency", value: "LEVEL",
        help: "\(CassandraConfiguration.Consistency.allCases.map(\.rawValue).joined(separator: ", ")) (local_quorum)",
        environment: "MARTLET_CASSANDRA_CONSISTENCY"
    )
    .configured(key: "cassandra.consistency")
    static let bootstrapServers = Option<String?>.text(
        "kafka-bootstrap-servers", value: "HOST:PORT,…", help: "Kafka brokers to begin with (127.0.0.1:9092)",
        environment: "MARTLET_KAFKA_BOOTSTRAP_SERVERS"
    )
    .configured(key: "kafka.bootstrap_servers", isList: true)
    static let kafkaUser = Option<String?>.text(
        "kafka-username", value: "NAME", help: "Kafka user to log in as",
        environment: "MARTLET_KAFKA_USERNAME"
    )
    .configured(key: "kafka.username")
    static let kafkaPassword = Option<String?>.text(
        "kafka-password", value: "TEXT", help: "Its password; the variable or a file hides it better",
        environment: "MARTLET_KAFKA_PASSWORD"
    )
    .configured(key: "kafka.password", isSecret: true)
    static let kafkaMechanism = Option<String?>.text(
        "kafka-sasl-mechanism", value: "NAME",
        help: "\(KafkaLogConfiguration.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")) (plain)",
        environment: "MARTLET_KAFKA_SASL_MECHANISM"
    )
    .configured(key: "kafka.sasl_mechanism")
    static let kafkaAuthority = Option<String?>.text(
        "kafka-tls-ca", value: "FILE", help: "PEM file of the brokers' authority; turns TLS on",
        environment: "MARTLET_KAFKA_TLS_CA"
    )
    .configured(key: "kafka.tls_ca")
    static let kafkaPrefix = Option<String?>.text(
        "kafka-prefix", value: "TEXT", help: "Put before the names of topics and groups",
        environment: "MARTLET_KAFKA_PREFIX"
    )
    .configured(key: "kafka.prefix")
    static let kafkaReplication = Option<Int?>.integer(
        "kafka-replication", help: "Copies of topics that are made (the brokers' default)", range: 1...100,
        environment: "MARTLET_KAFKA_REPLICATION"
    )
    .configured(key: "kafka.replication")
    static let redisURL = Option<String?>.text(
        "redis-url", value: "URL", help: "Cache, redis://… or rediss://… with TLS (none)",
        environment: "MARTLET_REDIS_URL"
    )
    .configured(key: "redis.url", isSecret: true)
    static let redisAuthority = Option<String?>.text(
        "redis-tls-ca", value: "FILE", help: "PEM file of the cache's authority", environment: "MARTLET_REDIS_TLS_CA"
    )
    .configured(key: "redis.tls_ca")

    static let cassandra = [
        contactPoints.declaration, keyspace.declaration, datacenter.declaration, consistency.declaration,
        cassandraUser.declaration, cassandraPassword.declaration, cassandraAuthority.declaration,
    ]

    static let kafka = [
        bootstrapServers.declaration, kafkaUser.declaration, kafkaPassword.declaration, kafkaMechanism.declaration,
        kafkaAuthority.declaration,
        kafkaPrefix.declaration, kafkaReplication.declaration,
    ]

    static let declarations = cassandra + kafka + [redisURL.declaration, redisAuthority.declaration]

    static func cassandra(_ invocation: Invocation) throws -> CassandraConfiguration {
        var cassandra = CassandraConfiguration(contactPoints: invocation[contactPoints] ?? "127.0.0.1:9042")
        if let name = invocation[keyspace] { cassandra.keyspace = name }
        cassandra.datacenter = invocation[datacenter]
        cassandra.username = invocation[cassandraUser]
        cassandra.password = invocation[cassandraPassword]
        cassandra.tlsAuthority = invocation[cassandraAuthority]
        cassandra.consistency = try choice(invocation, consistency) ?? .localQuorum
        return cassandra
    }

    static func kafka(_ invocation: Invocation) throws -> KafkaLogConfiguration {
        var kafka = KafkaLogConfiguration(bootstrapServers: invocation[bootstrapServers] ?? "127.0.0.1:9092")
        kafka.username = invocation[kafkaUser]
        kafka.password = invocation[kafkaPassword]
        kafka.mechanism = try choice(invocation, kafkaMechanism) ?? .plain
        kafka.tlsAuthority = invocation[kafkaAuthority]
        if let prefix = invocation[kafkaPrefix] { kafka.prefix = prefix }
        kafka.replication = invocation[kafkaReplication]
        return kafka
    }

    static func cluster(_ invocation: Invocation) throws -> ClusterConfiguration {
        var cluster = ClusterConfiguration(cassandra: try cassandra(invocation), kafka: try kafka(invocation))
        if let url = invocation[redisURL] {
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
}
