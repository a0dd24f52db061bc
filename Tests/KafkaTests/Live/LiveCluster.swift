import Foundation
import Kafka

/// The real cluster that the environment names.
enum LiveCluster {
    private static let environment = ProcessInfo.processInfo.environment

    static let isNamed = environment["MARTLET_KAFKA_BOOTSTRAP_SERVERS"] != nil
    static let isSecure = isNamed && environment["MARTLET_KAFKA_TLS_CA"] != nil
    static let unnamed: String = "MARTLET_KAFKA_BOOTSTRAP_SERVERS is not set"

    static var configuration: KafkaConfiguration { configuration(environment) }

    /// What `services.sh env` says, as a configuration.
    static func configuration(_ environment: [String: String]) -> KafkaConfiguration {
        let servers = environment["MARTLET_KAFKA_BOOTSTRAP_SERVERS"] ?? ""
        var configuration = KafkaConfiguration(bootstrapServers: servers.split(separator: ",").map(String.init))
        if let file = environment["MARTLET_KAFKA_TLS_CA"] { configuration.tls = .init(authorityFile: file) }
        if let user = environment["MARTLET_KAFKA_USERNAME"], let password = environment["MARTLET_KAFKA_PASSWORD"] {
            configuration.credentials = .init(user: user, password: password)
        }
        return configuration
    }

    /// Calls `body` with a new topic, which is deleted afterwards.
    static func withTopic(
        partitions: Int, _ configuration: KafkaConfiguration = configuration,
        _ body: (_ topic: String, _ admin: Admin, _ producer: Producer) async throws -> Void
    ) async throws {
        let topic = unique("martlet-test")
        let admin = try Admin(configuration)
        let producer = try Producer(configuration)
        try await admin.createTopic(topic, partitions: partitions)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(topic, admin, producer))
        } catch {
            result = .failure(error)
        }
        await producer.close()
        try await admin.deleteTopics([topic])
        await admin.close()
        try result.get()
    }
}

extension Consumer.Options {
    /// A member of a new group whose death is noticed soon.
    static func lively(_ group: String) -> Consumer.Options {
        var options = Consumer.Options(group: group)
        options.sessionTimeout = .seconds(6)
        options.heartbeatInterval = .milliseconds(500)
        return options
    }
}
