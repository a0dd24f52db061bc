import Foundation
import Kafka

/// Measures the round trip of a 200-byte message, one at a time: sent and acknowledged by all replicas, taken by a member of a
/// consumer group. A JSON line and a row of a Markdown table.
///
/// `martlet-bench kafka HOST:PORT,… [MESSAGES]`; user, password and authority come from MARTLET_KAFKA_USERNAME, …_PASSWORD and
/// …_TLS_CA.
struct KafkaBenchmark {
    private let configuration: KafkaConfiguration
    private let messages: Int

    init(_ arguments: [String]) throws {
        guard let servers = arguments.first else { throw BenchmarkError(description: "kafka HOST:PORT,… [MESSAGES]") }
        messages = arguments.count > 1 ? Int(arguments[1]) ?? 2000 : 2000
        let environment = ProcessInfo.processInfo.environment
        var configuration = KafkaConfiguration(bootstrapServers: servers.split(separator: ",").map(String.init))
        if let file = environment["MARTLET_KAFKA_TLS_CA"] { configuration.tls = .init(authorityFile: file) }
        if let user = environment["MARTLET_KAFKA_USERNAME"], let password = environment["MARTLET_KAFKA_PASSWORD"] {
            configuration.credentials = .init(user: user, password: password)
        }
        self.configuration = configuration
    }

    /// Makes a topic, measures, deletes it.
    func run() async throws {
        let topic = "martlet-bench-\(UUID().uuidString.prefix(8))"
        let admin = try Admin(configuration)
        try await admin.createTopic(topic, partitions: 1)
        let producer = try Producer(configuration)
        let consumer = try Consumer(configuration, topics: [topic], options: .init(group: topic))
        let value = [UInt8](repeating: 120, count: 200)
        var roundTrips: [Double] = []
        var acknowledgements: [Double] = []
        for round in 0..<messages + 300 {
            let start = ContinuousClock.now
            async let acknowledged = acknowledge(producer, topic, value)
            _ = try await consumer.next()
            let end = ContinuousClock.now
            let answered = try await acknowledged
            // The first rounds join the group, open connections and warm the broker up.
            guard round >= 300 else { continue }
            roundTrips.append(start.duration(to: end) / .milliseconds(1))
            acknowledgements.append(start.duration(to: answered) / .milliseconds(1))
        }
        await consumer.close()
        await producer.close()
        try await admin.deleteTopics([topic])
        await admin.close()
        report(roundTrips.sorted(), acknowledgements.sorted())
    }

    private func acknowledge(
        _ producer: Producer, _ topic: String, _ value: [UInt8]
    ) async throws -> ContinuousClock.Instant {
        _ = try await producer.send(topic: topic, partition: 0, value: value)
        return .now
    }

    private func report(_ roundTrips: [Double], _ acknowledgements: [Double]) {
        func at(_ share: Double, _ sorted: [Double]) -> String {
            String(format: "%.2f", sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
        }
        let (p50, p99) = (at(0.5, roundTrips), at(0.99, roundTrips))
        let (acknowledged50, acknowledged99) = (at(0.5, acknowledgements), at(0.99, acknowledgements))
        print(
            "{\"benchmark\": \"kafka_round_trip\", \"messages\": \(messages), \"bytes\": 200, \"p50_ms\": \(p50), "
                + "\"p99_ms\": \(p99), \"acknowledged_p50_ms\": \(acknowledged50), "
                + "\"acknowledged_p99_ms\": \(acknowledged99)}")
        print("| Kafka round trip, 200 B | \(p50) ms | \(p99) ms |")
    }
}
