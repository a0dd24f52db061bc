import Foundation
import Kafka

/// The messages of a cluster, as somebody beside it sees them.
struct Messages {
    private let configuration: KafkaConfiguration

    init(_ services: Services) throws {
        let servers = services.addresses["MARTLET_KAFKA_BOOTSTRAP_SERVERS"] ?? ""
        configuration = KafkaConfiguration(bootstrapServers: servers.split(separator: ",").map(String.init))
    }

    /// Appends the last message of each topic once more, where it stands.
    func appendAgain(from topics: [String]) throws {
        let configuration = configuration
        let done = DispatchSemaphore(value: 0)
        let outcome = Outcome()
        Task {
            do {
                let producer = try Producer(configuration)
                for topic in topics {
                    guard let message = try await Messages.last(of: topic, configuration) else { continue }
                    _ = try await producer.send(
                        topic: topic, partition: message.partition, key: message.key, value: message.value)
                }
                await producer.close()
            } catch {
                outcome.error = error
            }
            done.signal()
        }
        done.wait()
        if let error = outcome.error { throw error }
    }

    private static func last(of topic: String, _ configuration: KafkaConfiguration) async throws -> Message? {
        let admin = try Admin(configuration)
        let marks = try await admin.watermarks(topic: topic)
        await admin.close()
        let count = marks.values.reduce(0) { $0 + Int($1.end - $1.beginning) }
        let watcher = try await Watcher.start(configuration, topic: topic, from: .beginning)
        var last: Message?
        for _ in 0..<count { last = try await watcher.next() }
        await watcher.close()
        return last
    }

    /// Messages in a topic.
    func count(of topic: String) async throws -> Int {
        let admin = try Admin(configuration)
        let marks = try await admin.watermarks(topic: topic)
        await admin.close()
        return marks.values.reduce(0) { $0 + Int($1.end - $1.beginning) }
    }

    private final class Outcome: @unchecked Sendable {
        var error: (any Error)?
    }

    /// A folder with the certificate of an authority that signed nothing, `ca.pem`.
    static func otherAuthority() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=somebody else",
            "-keyout",
            folder.path("key.pem"), "-out", folder.path("ca.pem"),
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return folder
    }
}
