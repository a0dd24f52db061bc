import Platform
import Testing

@Suite struct MessageLogConformance {
    private func take(_ consumer: any MessageConsumer, _ count: Int) async throws -> [Message] {
        var messages: [Message] = []
        for _ in 0..<count { messages.append(try #require(try await consumer.next())) }
        return messages
    }

    @Test(arguments: StoreKind.allCases) func messagesOfAKeyKeepTheirOrder(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            try await stores.log.createTopic("t", partitions: 4, retention: .untilCommitted)
            for index in 0..<20 { try await stores.log.append([UInt8(index)], key: "k\(index % 3)", to: "t") }
            let consumer = try await stores.log.consumer(of: "t", group: "g")
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

    @Test(arguments: StoreKind.allCases) func consumersOfAGroupShareAndGroupsDoNot(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            try await stores.log.createTopic("t", partitions: 4, retention: .untilCommitted)
            let first = try await stores.log.consumer(of: "t", group: "g")
            let second = try await stores.log.consumer(of: "t", group: "h")
            for index in 0..<6 { try await stores.log.append([UInt8(index)], key: "\(index)", to: "t") }
            for consumer in [first, second] {
                let messages = try await take(consumer, 6)
                #expect(Set(messages.map { $0.payload[0] }).count == 6)
            }
            await first.close()
            await second.close()
        }
    }

    @Test(arguments: StoreKind.allCases) func whatWasNotCommittedComesAgain(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            try await stores.log.createTopic("t", partitions: 1, retention: .untilCommitted)
            for index in 0..<4 { try await stores.log.append([UInt8(index)], key: "k", to: "t") }
            let first = try await stores.log.consumer(of: "t", group: "g")
            let messages = try await take(first, 4)
            try await first.commit(messages[2])
            try await first.commit(messages[0])
            try await first.commit(messages[0])
            #expect(try await stores.log.lag(of: "t", group: "g") == 2)
            await first.close()
            let second = try await stores.log.consumer(of: "t", group: "g")
            let again = try await take(second, 2)
            #expect(again.map { $0.payload[0] } == [1, 3])
            // The one who lost it cannot commit it any more.
            try await first.commit(messages[1])
            #expect(try await stores.log.lag(of: "t", group: "g") == 2)
            for message in again { try await second.commit(message) }
            #expect(try await stores.log.lag(of: "t", group: "g") == 0)
            await second.close()
        }
    }

    @Test(arguments: StoreKind.allCases) func aWaitingConsumerIsServedOrEnded(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            try await stores.log.createTopic("t", partitions: 2, retention: .untilCommitted)
            let consumer = try await stores.log.consumer(of: "t", group: "g")
            async let waited = consumer.next()
            try await stores.log.append([1], key: "k", to: "t")
            #expect(try await waited?.payload == [1])
            async let none = consumer.next()
            await consumer.close()
            #expect(try await none == nil)
            #expect(try await consumer.next() == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func aCancelledWaitLosesNothing(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            try await stores.log.createTopic("t", partitions: 1, retention: .untilCommitted)
            let consumer = try await stores.log.consumer(of: "t", group: "g")
            let waiting = Task { try await consumer.next() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { _ = try await waiting.value }
            try await stores.log.append([1], key: "k", to: "t")
            #expect(try await consumer.next()?.payload == [1])
            await consumer.close()
        }
    }

    @Test(arguments: StoreKind.allCases) func watchersGetAllFromNowOn(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            try await stores.log.createTopic("live", partitions: 2, retention: .live)
            try await stores.log.append([0], key: "k", to: "live")
            let watchers = [try await stores.log.watcher(of: "live"), try await stores.log.watcher(of: "live")]
            try await stores.log.append([1], key: "k", to: "live")
            for watcher in watchers {
                let message = try #require(try await watcher.next())
                #expect(message.payload == [1])
                try await watcher.commit(message)
                await watcher.close()
            }
        }
    }

    @Test(arguments: StoreKind.allCases) func unknownTopicsAreErrors(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            await #expect(throws: PlatformError.self) { try await stores.log.append([], key: "", to: "none") }
            await #expect(throws: PlatformError.self) { _ = try await stores.log.consumer(of: "none", group: "g") }
            await #expect(throws: PlatformError.self) { _ = try await stores.log.watcher(of: "none") }
            try await stores.log.createTopic("t", partitions: 1, retention: .untilCommitted)
            try await stores.log.createTopic("t", partitions: 1, retention: .untilCommitted)
            #expect(try await stores.log.lag(of: "t", group: "nobody") == 0)
        }
    }
}
