import Kafka
import Testing

@Suite(.timeLimit(.minutes(1)))
struct WatcherTests {
    @Test("from the end, everything appended after the start is seen and nothing before it")
    func end() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 3)
        let producer = try Producer(cluster.configuration)
        try await producer.send(0..<30, to: "t") { Int32($0 % 3) }
        for round in 0..<5 {
            let watcher = try await Watcher.start(cluster.configuration, topic: "t")
            try await producer.send(100..<130, to: "t") { Int32($0 % 3) }
            let texts = try await watcher.take(30).map(\.text)
            #expect(Set(texts) == Set((100..<130).map(String.init)), "in round \(round)")
            await watcher.close()
            #expect(try await watcher.next() == nil)
        }
        await producer.close()
    }

    @Test("from the beginning, the ends say when it has caught up; it goes on after its broker was gone")
    func beginning() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 2)
        let producer = try Producer(cluster.configuration)
        try await producer.send(0..<10, to: "t") { Int32($0 % 2) }
        let watcher = try await Watcher.start(cluster.configuration, topic: "t", from: .beginning)
        #expect(watcher.endOffsets == [0: 5, 1: 5])
        _ = try await watcher.take(10)
        #expect(watcher.position(0) == 5 && watcher.position(1) == 5)
        try cluster.setBroker(1, isUp: false)
        let waiting = Task { try await watcher.next() }
        try cluster.setBroker(1, isUp: true)
        _ = try await producer.send(topic: "t", partition: 0, value: [UInt8]("after"))
        #expect(try await waiting.value?.text == "after")
        await watcher.close()
        await producer.close()
    }
}
