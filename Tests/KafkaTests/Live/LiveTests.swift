import Kafka
import Testing

/// Against the real cluster that MARTLET_KAFKA_BOOTSTRAP_SERVERS names.
@Suite(.enabled(if: LiveCluster.isNamed, "MARTLET_KAFKA_BOOTSTRAP_SERVERS is not set"), .timeLimit(.minutes(3)))
struct LiveTests {
    @Test("topics are made with their settings, twice without harm, counted and deleted")
    func topics() async throws {
        let topic = unique("martlet-test")
        let admin = try Admin(LiveCluster.configuration)
        for _ in 0..<2 {
            try await admin.createTopic(
                topic, partitions: 5, settings: ["retention.ms": "60000", "cleanup.policy": "compact"])
        }
        #expect(try await admin.partitionCount(topic) == 5)
        await #expect { try await admin.createTopic(topic + "-x", partitions: 1, settings: ["no.such": "1"]) } throws: {
            ($0 as? KafkaError)?.topic == topic + "-x"
        }
        await #expect { _ = try await admin.createTopic("bad name", partitions: 1) } throws: { $0 is KafkaError }
        try await admin.deleteTopics([topic])
        try await admin.deleteTopics([topic])
        await #expect { try await admin.partitionCount(topic, timeout: .seconds(2)) } throws: {
            ($0 as? KafkaError)?.code == .unknownTopic && ($0 as? KafkaError)?.topic == topic
        }
        await admin.close()
        await #expect { try await admin.partitionCount(topic) } throws: { ($0 as? KafkaError)?.code == .closed }
    }

    @Test("1,000 messages through two members, of which one leaves on the way: every message comes, lag ends at zero")
    func leaving() async throws {
        try await LiveCluster.withTopic(partitions: 6) { topic, admin, producer in
            let group = unique("group")
            let seen = Journal<String>()
            let taken = Journal<Int>()
            let members = try (0..<2).map { number in
                try Consumer(LiveCluster.configuration, topics: [topic], options: .lively(group)) { event in
                    if case .assigned(let partitions) = event, !partitions.isEmpty { taken.note(number) }
                }
            }
            let tasks = members.map { member in
                Task {
                    while let message = try await member.next() {
                        member.store(message.topicPartition, offset: message.offset + 1)
                        seen.note(message.text)
                    }
                }
            }
            await taken.wait { Set($0).count == 2 }
            try await producer.send(0..<500, to: topic) { Int32($0 % 6) }
            await members[0].close()
            try await producer.send(500..<1000, to: topic) { Int32($0 % 6) }
            await seen.wait { Set($0).count == 1000 }
            #expect(members[1].assignment.count == 6)
            await members[1].close()
            for task in tasks { try await task.value }
            let lag = try await admin.lag(topic: topic, group: group)
            #expect(lag == Dictionary(uniqueKeysWithValues: (0..<6).map { (Int32($0), 0) }))
        }
    }

    @Test("what an abandoned member had not committed comes again to another, and only that")
    func redelivery() async throws {
        try await LiveCluster.withTopic(partitions: 1) { topic, admin, producer in
            let group = unique("group")
            for number in 0..<10 {
                _ = try await producer.send(topic: topic, partition: 0, value: [UInt8]("\(number)"))
            }
            let first = try Consumer(LiveCluster.configuration, topics: [topic], options: .lively(group))
            let messages = try await first.take(10)
            try await first.commit(messages[5])
            #expect(try await admin.lag(topic: topic, group: group) == [0: 4])
            await first.abandon()
            let second = try Consumer(LiveCluster.configuration, topics: [topic], options: .lively(group))
            #expect(try await second.take(4).map(\.text) == ["6", "7", "8", "9"])
            await second.close()
        }
    }

    @Test("the end of a long partition is read by itself, and the beginning without what comes after it")
    func reading() async throws {
        try await LiveCluster.withTopic(partitions: 1) { topic, admin, producer in
            try await producer.send(0..<5000, to: topic) { _ in 0 }
            let end = try #require(try await admin.watermarks(topic: topic)[0]?.end)
            let place = TopicPartition(topic: topic, partition: 0)
            for offsets in [end - 50..<end, 0..<50] {
                let messages = try await LiveCluster.configuration.read(place, offsets)
                #expect(messages.map(\.offset) == Array(offsets))
            }
        }
    }

    @Test("a member that joins takes only what it gets: the other partitions are never revoked and keep delivering")
    func cooperative() async throws {
        try await LiveCluster.withTopic(partitions: 4) { topic, _, producer in
            let group = unique("group")
            let events = Journal<RebalanceEvent>()
            let others = Journal<RebalanceEvent>()
            let first = try Consumer(LiveCluster.configuration, topics: [topic], options: .lively(group)) {
                events.note($0)
            }
            await events.wait { $0.contains { $0.partitions.count == 4 } }
            let second = try Consumer(LiveCluster.configuration, topics: [topic], options: .lively(group)) {
                others.note($0)
            }
            let taken = await others.wait { $0.contains { !$0.partitions.isEmpty } }.flatMap(\.partitions)
            var revoked: [TopicPartition] = []
            for event in events.values {
                if case .revoked(let partitions) = event { revoked += partitions }
                if case .lost = event { Issue.record("nothing may be lost") }
            }
            #expect(revoked == taken && taken.count == 2)
            try await producer.send(0..<4, to: topic) { Int32($0) }
            let messages = try await first.take(2) + second.take(2)
            #expect(Set(messages.map(\.text)) == ["0", "1", "2", "3"])
            #expect(Set(messages[2...].map(\.topicPartition)) == Set(taken))
            await first.close()
            await second.close()
        }
    }

    @Test("what the handler stores of revoked partitions is committed before they go")
    func storedWhenRevoked() async throws {
        try await LiveCluster.withTopic(partitions: 2) { topic, admin, producer in
            let group = unique("group")
            try await producer.send(0..<6, to: topic) { Int32($0 % 2) }
            let own = Journal<Consumer>()
            let first = try Consumer(LiveCluster.configuration, topics: [topic], options: .lively(group)) { event in
                guard case .revoked(let partitions) = event, let consumer = own.values.first else { return }
                for place in partitions { consumer.store(place, offset: 2) }
            }
            own.note(first)
            _ = try await first.take(6)
            let second = try Consumer(LiveCluster.configuration, topics: [topic], options: .lively(group))
            #expect(try await second.next()?.offset == 2)
            await first.close()
            #expect(try await second.next()?.offset == 2)
            await second.close()
            #expect(try await admin.committedOffsets(topic: topic, group: group) == [0: 2, 1: 2])
        }
    }

    @Test("work longer than the poll interval does not lose the membership, with messages left lying all the while")
    func longWork() async throws {
        try await LiveCluster.withTopic(partitions: 2) { topic, _, producer in
            var options = Consumer.Options.lively(unique("group"))
            options.maxPollInterval = options.sessionTimeout
            options.bufferedMessages = 2
            let events = Journal<RebalanceEvent>()
            let others = Journal<RebalanceEvent>()
            let consumer = try Consumer(LiveCluster.configuration, topics: [topic], options: options) {
                events.note($0)
            }
            try await producer.send(0..<40, to: topic) { Int32($0 % 2) }
            _ = try #require(try await consumer.next())
            // The clock is the death of another member: the group gives its partition back a session time-out after its
            // last sign of life, which is a poll interval of this member too. Nothing is asked of this one meanwhile.
            let other = try Consumer(LiveCluster.configuration, topics: [topic], options: options) { others.note($0) }
            let moved = await others.wait { $0.contains { !$0.partitions.isEmpty } }.flatMap(\.partitions)
            await other.abandon()
            await events.wait { $0.contains(.assigned(moved)) }
            #expect(!events.values.contains { if case .lost = $0 { true } else { false } })
            let kept = try #require(consumer.assignment.first { !moved.contains($0) })
            try await consumer.commit(kept, offset: 1)
            var texts: Set<String> = []
            while texts.count < 39, let message = try await consumer.next() { texts.insert(message.text) }
            #expect(texts.count >= 39)
            await consumer.close()
        }
    }

    @Test("a lasting name gets its partitions back without a rebalance")
    func staticMembership() async throws {
        try await LiveCluster.withTopic(partitions: 2) { topic, _, producer in
            var options = Consumer.Options.lively(unique("group"))
            options.instance = "one"
            let other = Journal<RebalanceEvent>()
            var otherOptions = options
            otherOptions.instance = "two"
            let stays = try Consumer(LiveCluster.configuration, topics: [topic], options: otherOptions) {
                other.note($0)
            }
            let own = Journal<RebalanceEvent>()
            let first = try Consumer(LiveCluster.configuration, topics: [topic], options: options) { own.note($0) }
            for journal in [other, own] { await journal.wait { $0.contains { $0.partitions.count == 1 } } }
            try await producer.send(0..<2, to: topic) { Int32($0) }
            let place = try #require(try await first.next()).topicPartition
            try await first.commit(place, offset: 1)
            let before = other.values
            await first.close()
            let again = try Consumer(LiveCluster.configuration, topics: [topic], options: options)
            _ = try await producer.send(topic: topic, partition: place.partition, value: [UInt8]("again"))
            #expect(try await again.next()?.text == "again")
            #expect(other.values == before)
            await again.close()
            await stays.close()
        }
    }

    @Test("a watcher sees all that is appended after its start, however soon")
    func watching() async throws {
        try await LiveCluster.withTopic(partitions: 3) { topic, _, producer in
            for round in 0..<10 {
                let watcher = try await Watcher.start(LiveCluster.configuration, topic: topic)
                try await producer.send(round * 30..<(round + 1) * 30, to: topic) { Int32($0 % 3) }
                let texts = try await watcher.take(30).map(\.text)
                #expect(Set(texts) == Set((round * 30..<(round + 1) * 30).map(String.init)))
                await watcher.close()
            }
            let all = try await Watcher.start(LiveCluster.configuration, topic: topic, from: .beginning)
            #expect(all.endOffsets.values.reduce(0, +) == 300)
            #expect(Set(try await all.take(300).map(\.text)).count == 300)
            await all.close()
        }
        await #expect {
            try await Watcher.start(LiveCluster.configuration, topic: unique("none"), timeout: .seconds(1))
        } throws: { ($0 as? KafkaError)?.code == .unknownTopic }
    }

    @Test("statistics tell what went through and what is behind")
    func statistics() async throws {
        var configuration = LiveCluster.configuration
        configuration.statisticsInterval = .milliseconds(100)
        try await LiveCluster.withTopic(partitions: 1, configuration) { topic, _, producer in
            try await producer.send(0..<50, to: topic)
            let consumer = try Consumer(configuration, topics: [topic], options: .lively(unique("group")))
            let messages = try await consumer.take(50)
            try await consumer.commit(messages[39])
            // Each message is a step of the clock here: statistics come ten times a second.
            var last: Statistics?
            func isAnswering(_ broker: Statistics.Broker) -> Bool { broker.state == "UP" && broker.meanRoundTrip > 0 }
            // A broker's round trips are those of the last interval alone.
            while last?.consumerLag.values.first != 10 || last?.brokers.contains(where: isAnswering) != true {
                _ = try await producer.send(topic: "\(topic)", value: nil)
                _ = try await consumer.next()
                try await consumer.commit(
                    messages[0].topicPartition,
                    offset: try #require(
                        consumer.position(messages[0].topicPartition)) - 10)
                last = consumer.statistics
            }
            let statistics = try #require(last)
            #expect(statistics.messagesReceived >= 50 && statistics.bytesReceived > 0)
            #expect(statistics.assignedPartitions == 1 && statistics.rebalances >= 1)
            #expect(try #require(producer.statistics).messagesSent >= 50)
            await consumer.close()
        }
    }
}
