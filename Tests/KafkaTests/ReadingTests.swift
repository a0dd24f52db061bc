import Kafka
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ReadingTests {
    private func withNumbers(
        _ count: Int, _ body: (KafkaConfiguration, TopicPartition) async throws -> Void
    ) async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 2)
        let producer = try Producer(cluster.configuration)
        for number in 0..<count {
            _ = try await producer.send(topic: "t", partition: 1, value: [UInt8]("\(number)"))
        }
        try await body(cluster.configuration, TopicPartition(topic: "t", partition: 1))
        await producer.close()
        cluster.close()
    }

    @Test("a stretch of a partition is what was asked for, in its order, wherever it lies")
    func stretch() async throws {
        try await withNumbers(20) { configuration, place in
            for offsets in [Int64(0)..<20, 5..<9, 19..<20, 3..<3] {
                let messages = try await configuration.read(place, offsets)
                #expect(messages.map(\.offset) == Array(offsets))
                #expect(messages.map(\.text) == offsets.map { "\($0)" })
            }
        }
    }

    @Test("what does not come is an error once the time is over, and a cancelled call ends at once")
    func missing() async throws {
        try await withNumbers(3) { configuration, place in
            await #expect {
                _ = try await configuration.read(place, 1..<4, timeout: .milliseconds(1))
            } throws: {
                ($0 as? KafkaError)?.code == .timedOut && ($0 as? KafkaError)?.partition == 1
            }
            let waiting = Task { try await configuration.read(place, 1..<4, timeout: .seconds(600)) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
    }
}
