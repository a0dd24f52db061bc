import Kafka
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ProducerTests {
    @Test("a message arrives with its key, headers and time, at the partition and offset that the sender was told")
    func roundTrip() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("trials", partitions: 3)
        let producer = try Producer(cluster.configuration)
        let headers = [Header("a", [1, 2]), Header("none", nil), Header("a", text: "again"), Header("empty", [])]
        let sent = try await producer.send(
            topic: "trials", partition: 2, key: [UInt8]("k"), value: [UInt8]("hello"), headers: headers,
            timestamp: 1_700_000_000_123)
        #expect(sent.partition == 2)
        let second = try await producer.send(topic: "trials", partition: 2, value: nil)
        #expect(second.offset == sent.offset + 1)
        _ = try await producer.send(topic: "trials", partition: 2, key: [], value: [])

        let watcher = try await Watcher.start(cluster.configuration, topic: "trials", from: .beginning)
        let messages = try await watcher.take(3)
        #expect(
            messages[0]
                == Message(
                    topicPartition: TopicPartition(topic: "trials", partition: 2), offset: sent.offset,
                    key: [UInt8]("k"), value: [UInt8]("hello"), headers: headers, timestamp: 1_700_000_000_123))
        #expect(messages[1].value == nil && messages[1].key == nil && messages[1].headers.isEmpty)
        #expect(messages[2].value == [] && messages[2].key == [])
        await watcher.close()
        await producer.close()
        cluster.close()
    }

    @Test("the same key goes to the same partition")
    func keys() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 8)
        let producer = try Producer(cluster.configuration)
        var partitions: [String: Set<Int32>] = [:]
        for round in 0..<3 {
            for name in ["a", "b", "c", "d", "e", "f"] {
                let sent = try await producer.send(topic: "t", key: [UInt8](name), value: [UInt8](round))
                partitions[name, default: []].insert(sent.partition)
            }
        }
        #expect(partitions.values.allSatisfy { $0.count == 1 })
        #expect(Set(partitions.values).count > 1)
        await producer.close()
    }

    @Test("more messages than the queue holds wait for room, and all arrive in order")
    func fullQueue() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 1)
        var options = Producer.Options()
        options.queuedMessages = 10
        let producer = try Producer(cluster.configuration, options: options)
        try await producer.send(0..<500, to: "t") { _ in 0 }
        let watcher = try await Watcher.start(cluster.configuration, topic: "t", from: .beginning)
        let texts = try await watcher.take(500).map(\.text)
        #expect(Set(texts).count == 500)
        await watcher.close()
        await producer.close()
    }

    @Test("a message that no broker takes fails in time, and closing fails what is left")
    func unreachable() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 1)
        try cluster.setBroker(1, isUp: false)
        var options = Producer.Options()
        options.deliveryTimeout = .milliseconds(300)
        let producer = try Producer(cluster.configuration, options: options)
        await #expect { try await producer.send(topic: "t", partition: 0, value: [1]) } throws: {
            ($0 as? KafkaError)?.code == .messageTimedOut && ($0 as? KafkaError)?.isRetriable == true
        }
        await producer.close()
        await #expect { try await producer.send(topic: "t", value: [1]) } throws: {
            ($0 as? KafkaError)?.code == .closed
        }

        let other = try Producer(cluster.configuration)
        let sending = Task { try await other.send(topic: "t", partition: 0, value: [1]) }
        await other.abandon()
        await #expect { try await sending.value } throws: { ($0 as? KafkaError)?.code == .closed }
    }

    @Test("a message that waits for room can be cancelled; one under way keeps its outcome")
    func cancellation() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 1)
        try cluster.setBroker(1, isUp: false)
        var options = Producer.Options()
        options.queuedMessages = 1
        let producer = try Producer(cluster.configuration, options: options)
        let tasks = (0..<2).map { _ in Task { try await producer.send(topic: "t", partition: 0, value: [1]) } }
        for task in tasks { task.cancel() }
        // Both saw the cancellation first, or one waits for room; the one under way ends when the broker is back.
        try cluster.setBroker(1, isUp: true)
        for task in tasks {
            if case .failure(let error) = await task.result { #expect(error is CancellationError) }
        }
        _ = try await producer.send(topic: "t", partition: 0, value: [2])
        await producer.close()
    }

    @Test("what a broker refuses is told with topic and partition")
    func refused() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 1)
        let producer = try Producer(cluster.configuration)
        try cluster.failNext(.produce, with: .messageTooLarge)
        await #expect { try await producer.send(topic: "t", partition: 0, value: [1]) } throws: { error in
            guard let error = error as? KafkaError else { return false }
            return error.code == .messageTooLarge && error.topic == "t" && error.partition == 0
                && error.name == "MSG_SIZE_TOO_LARGE"
        }
        await #expect {
            try await producer.send(topic: "t", partition: 0, value: [UInt8](repeating: 0, count: 2_000_000))
        } throws: { ($0 as? KafkaError)?.code == .messageTooLarge }
        await producer.close()
    }

    @Test("after a fatal error every call throws it, and a producer made again works")
    func fatal() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 1)
        let producer = try Producer(cluster.configuration)
        _ = try await producer.send(topic: "t", partition: 0, value: [1])
        producer.simulateFatalError(.illegalGeneration, reason: "for the test")
        await #expect { while true { _ = try await producer.send(topic: "t", partition: 0, value: [1]) } } throws: {
            ($0 as? KafkaError)?.isFatal == true
        }
        await producer.close()
        let again = try Producer(producer.configuration, options: producer.options)
        _ = try await again.send(topic: "t", partition: 0, value: [1])
        await again.close()
    }
}

extension [UInt8] {
    fileprivate init(_ number: Int) { self = Array("\(number)".utf8) }
}
