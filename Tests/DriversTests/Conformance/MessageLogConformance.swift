import Platform
import Testing

@Suite struct MessageLogConformance {
    private func take(_ consumer: any MessageConsumer, _ count: Int) async throws -> [Message] {
        var messages: [Message] = []
        for _ in 0..<count { messages.append(try #require(try await consumer.next())) }
        return messages
    }

    @Test(arguments: LogKind.present) func messagesOfAKeyKeepTheirOrder(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            try await log.createTopic("t", partitions: 4, retention: .untilCommitted)
            for index in 0..<20 { try await log.append([UInt8(index)], key: "k\(index % 3)", to: "t") }
            let consumer = try await log.consumer(of: "t", group: "g")
            let messages = try await take(consumer, 20)
            for key in 0..<3 {
                let own = messages.filter { $0.key == "k\(key)" }
                #expect(own.map { Int($0.payload[0]) } == (0..<20).filter { $0 % 3 == key })
                #expect(own.map(\.offset) == own.map(\.offset).sorted())
                #expect(Set(own.map(\.partition)).count == 1)
            }
            await consumer.close()
        }
    }

    @Test(arguments: LogKind.present) func consumersOfAGroupShareAndGroupsDoNot(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            try await log.createTopic("t", partitions: 4, retention: .untilCommitted)
            let first = try await log.consumer(of: "t", group: "g")
            let second = try await log.consumer(of: "t", group: "h")
            for index in 0..<6 { try await log.append([UInt8(index)], key: "\(index)", to: "t") }
            for consumer in [first, second] {
                let messages = try await take(consumer, 6)
                #expect(Set(messages.map { $0.payload[0] }).count == 6)
            }
            await first.close()
            await second.close()
        }
    }

    @Test(arguments: LogKind.present) func whatWasNotCommittedComesAgain(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            try await log.createTopic("t", partitions: 1, retention: .untilCommitted)
            for index in 0..<4 { try await log.append([UInt8(index)], key: "k", to: "t") }
            let first = try await log.consumer(of: "t", group: "g")
            let messages = try await take(first, 4)
            try await first.commit(messages[2])
            try await first.commit(messages[0])
            try await first.commit(messages[0])
            let left = kind.commitsAnyOrder ? [1, 3] : [1, 2, 3]
            #expect(try await log.lag(of: "t", group: "g") == left.count)
            await first.close()
            let second = try await log.consumer(of: "t", group: "g")
            let again = try await take(second, left.count)
            #expect(again.map { Int($0.payload[0]) } == left)
            // The one who lost it cannot commit it any more.
            try await first.commit(messages[1])
            #expect(try await log.lag(of: "t", group: "g") == left.count)
            for message in again { try await second.commit(message) }
            #expect(try await log.lag(of: "t", group: "g") == 0)
            await second.close()
        }
    }

    @Test(arguments: LogKind.present) func aWaitingConsumerIsServedOrEnded(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            try await log.createTopic("t", partitions: 2, retention: .untilCommitted)
            let consumer = try await log.consumer(of: "t", group: "g")
            async let waited = consumer.next()
            try await log.append([1], key: "k", to: "t")
            #expect(try await waited?.payload == [1])
            async let none = consumer.next()
            await consumer.close()
            #expect(try await none == nil)
            #expect(try await consumer.next() == nil)
        }
    }

    @Test(arguments: LogKind.present) func aCancelledWaitLosesNothing(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            try await log.createTopic("t", partitions: 1, retention: .untilCommitted)
            let consumer = try await log.consumer(of: "t", group: "g")
            let waiting = Task { try await consumer.next() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { _ = try await waiting.value }
            try await log.append([1], key: "k", to: "t")
            #expect(try await consumer.next()?.payload == [1])
            await consumer.close()
        }
    }

    @Test(arguments: LogKind.present) func watchersGetAllFromNowOn(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            try await log.createTopic("live", partitions: 2, retention: .live)
            try await log.append([0], key: "k", to: "live")
            let watchers = [try await log.watcher(of: "live"), try await log.watcher(of: "live")]
            try await log.append([1], key: "k", to: "live")
            for watcher in watchers {
                let message = try #require(try await watcher.next())
                #expect(message.payload == [1])
                try await watcher.commit(message)
                await watcher.close()
            }
        }
    }

    @Test(arguments: LogKind.present) func aPartitionCanBeChosen(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            try await log.createTopic("t", partitions: 4, retention: .untilCommitted)
            for partition in [3, 1, 3] { try await log.append([7], key: "k", to: "t", partition: partition) }
            let consumer = try await log.consumer(of: "t", group: "g")
            #expect(try await take(consumer, 3).map(\.partition).sorted() == [1, 3, 3])
            await consumer.close()
            let refused = await #expect(throws: PlatformError.self) {
                try await log.append([7], key: "k", to: "t", partition: 4)
            }
            #expect(refused?.code == .invalid)
        }
    }

    @Test(arguments: LogKind.present) func partitionsAreSharedAndHandedOver(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            try await log.createTopic("t", partitions: 8, retention: .untilCommitted)
            let (first, second) = (Holdings(), Holdings())
            let one = try await log.consumer(of: "t", group: "g") { await first.take($0) }
            #expect(await first.reaches(8) == Set(0..<8))
            let two = try await log.consumer(of: "t", group: "g") { await second.take($0) }
            let own = await first.reaches(4)
            let others = await second.reaches(4)
            #expect(own.union(others) == Set(0..<8))
            // Each gets what is in its partitions, and that alone.
            for partition in 0..<8 {
                try await log.append([UInt8(partition)], key: "k", to: "t", partition: partition)
            }
            let mine = try await take(one, 4)
            #expect(Set(mine.map(\.partition)) == own)
            #expect(Set(try await take(two, 4).map(\.partition)) == others)
            for message in mine { try await one.commit(message) }
            // What the second one had out comes to the first.
            await two.close()
            #expect(await first.reaches(8) == Set(0..<8))
            let inherited = try await take(one, 4)
            #expect(Set(inherited.map(\.partition)) == others)
            await one.close()
        }
    }

    @Test(arguments: LogKind.present) func theNewestAreLookedAtAndNotTaken(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            try await log.createTopic("t", partitions: 2, retention: .untilCommitted)
            #expect(try await log.newest(3, of: "t", partition: 1, before: nil).isEmpty)
            for index in 0..<7 {
                try await log.append(
                    [UInt8(index)], key: "k\(index)", to: "t", partition: 1, headers: ["h": "\(index)"])
                try await log.append([99], key: "other", to: "t", partition: 0)
            }
            var seen: [Message] = []
            for count in [3, 3, 1, 0] {
                let part = try await log.newest(3, of: "t", partition: 1, before: seen.last?.offset)
                #expect(part.count == count)
                seen += part
            }
            #expect(seen.map { $0.payload[0] } == [6, 5, 4, 3, 2, 1, 0])
            #expect(seen.map(\.key) == (0..<7).reversed().map { "k\($0)" })
            #expect(seen.allSatisfy { $0.topic == "t" && $0.partition == 1 && $0.headers["h"] == "\($0.payload[0])" })
            #expect(try await log.newest(100, of: "t", partition: 1, before: nil) == seen)
            // Beyond the end is the end.
            #expect(try await log.newest(1, of: "t", partition: 1, before: .max) == Array(seen.prefix(1)))
            let consumer = try await log.consumer(of: "t", group: "g")
            let taken = try await take(consumer, 14)
            #expect(Set(taken.filter { $0.partition == 1 }) == Set(seen))
            await consumer.close()
            for partition in [-1, 2] {
                let refused = await #expect(throws: PlatformError.self) {
                    try await log.newest(1, of: "t", partition: partition, before: nil)
                }
                #expect(refused?.code == .invalid)
            }
        }
    }

    @Test(arguments: LogKind.present) func unknownTopicsAreErrors(_ kind: LogKind) async throws {
        try await kind.withLog { log in
            await #expect(throws: PlatformError.self) { try await log.append([], key: "", to: "none") }
            await #expect(throws: PlatformError.self) { _ = try await log.consumer(of: "none", group: "g") }
            await #expect(throws: PlatformError.self) { _ = try await log.watcher(of: "none") }
            await #expect(throws: PlatformError.self) { try await log.newest(1, of: "none", partition: 0, before: nil) }
            try await log.createTopic("t", partitions: 1, retention: .untilCommitted)
            try await log.createTopic("t", partitions: 1, retention: .untilCommitted)
            #expect(try await log.lag(of: "t", group: "nobody") == 0)
        }
    }
}

/// The partitions of a consumer, as it is told of them.
private actor Holdings {
    private var partitions: Set<Int> = []
    private var waiting: [(count: Int, continuation: CheckedContinuation<Set<Int>, Never>)] = []

    func take(_ change: PartitionChange) {
        switch change {
        case .assigned(let more): partitions.formUnion(more)
        case .revoked(let fewer): partitions.subtract(fewer)
        }
        let count = partitions.count
        for waiter in waiting where waiter.count == count { waiter.continuation.resume(returning: partitions) }
        waiting.removeAll { $0.count == count }
    }

    /// The partitions once there are so many.
    func reaches(_ count: Int) async -> Set<Int> {
        if partitions.count == count { return partitions }
        return await withCheckedContinuation { waiting.append((count, $0)) }
    }
}
