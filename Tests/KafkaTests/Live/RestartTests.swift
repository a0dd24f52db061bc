import Dispatch
import Foundation
import Kafka
import Testing

/// Against a broker of its own, which it kills: MARTLET_TEST_SERVICES names the script that starts one.
@Suite(.enabled(if: OwnBroker.script != nil, "MARTLET_TEST_SERVICES is not set"), .timeLimit(.minutes(3)))
struct RestartTests {
    @Test("a broker killed and started again while messages go through: each is delivered, none is skipped")
    func restart() async throws {
        let broker = try OwnBroker()
        defer { try? broker.scriptBlocking(["wipe"]) }
        try await broker.run("start")
        let topic = unique("martlet-test")
        let admin = try Admin(broker.configuration)
        try await admin.createTopic(topic, partitions: 2)
        var patient = Producer.Options()
        patient.deliveryTimeout = .seconds(150)
        let producer = try Producer(broker.configuration, options: patient)
        let seen = Journal<String>()
        let watched = Journal<String>()
        let watcher = try await Watcher.start(broker.configuration, topic: topic)
        let consumer = try Consumer(broker.configuration, topics: [topic], options: .lively("g"))
        let consuming = Task {
            while let message = try await consumer.next() {
                consumer.store(message.topicPartition, offset: message.offset + 1)
                seen.note(message.text)
            }
        }
        let watching = Task { while let message = try await watcher.next() { watched.note(message.text) } }
        try await producer.send(0..<100, to: topic) { Int32($0 % 2) }
        await seen.wait { Set($0).count == 100 }

        try await broker.run("kill")
        let sending = Task { try await producer.send(100..<200, to: topic) { Int32($0 % 2) } }
        try await broker.run("start")
        try await sending.value
        await seen.wait { Set($0).count == 200 }
        await watched.wait { Set($0).count == 200 }
        #expect(watched.values.count == 200, "an idempotent producer writes each message once")
        await consumer.close()
        #expect(try await admin.lag(topic: topic, group: "g") == [0: 0, 1: 0])
        try await consuming.value
        await watcher.close()
        try await watching.value
        await producer.close()
        await admin.close()
    }
}

/// One broker in a folder and on ports of its own.
private struct OwnBroker {
    static let script = ProcessInfo.processInfo.environment["MARTLET_TEST_SERVICES"]

    let configuration: KafkaConfiguration
    private let environment: [String: String]
    private let folder: URL

    init() throws {
        let port = try FreePorts.pair()
        folder = FileManager.default.temporaryDirectory.appending(path: unique("kafka-restart"))
        var environment = ProcessInfo.processInfo.environment
        environment["SERVICES_DIR"] = folder.path
        environment["KAFKA_PORT"] = "\(port)"
        environment["KAFKA_NODES"] = "1"
        environment["KAFKA_HEAP"] = "256m"
        environment["SERVICES_SECURE"] = "0"
        self.environment = environment
        configuration = KafkaConfiguration(bootstrapServers: ["127.0.0.1:\(port)"])
    }

    func run(_ command: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try scriptBlocking([command, "kafka"]) })
            }
        }
    }

    /// Foundation's `Process` would wait for the broker too, which inherits its end of a socket.
    func scriptBlocking(_ arguments: [String]) throws {
        let words = ["bash", OwnBroker.script ?? ""] + arguments
        let settings = environment.map { "\($0.key)=\($0.value)" }
        let argv = words.map { strdup($0) } + [nil]
        let envp = settings.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var child = pid_t()
        try #require(posix_spawn(&child, "/bin/bash", nil, nil, argv, envp) == 0)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { try #require(errno == EINTR) }
        try #require(status == 0)
    }
}
