import Kafka
import Testing

@Suite(.timeLimit(.minutes(1)))
struct AdminTests {
    /// NOT_COORDINATOR, as a broker says it for a while that has just come up, or has given the group away.
    private let notCoordinator = KafkaError.Code(rawValue: 16)

    @Test("a group whose coordinator has moved is an error or a repetition, and not the end of the process")
    func movedCoordinator() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 1)
        let admin = try Admin(cluster.configuration)
        #expect(try await admin.committedOffsets(topic: "t", group: "g") == [:])
        try cluster.failNext(.offsetFetch, with: notCoordinator)
        do {
            #expect(try await admin.committedOffsets(topic: "t", group: "g") == [:])
        } catch let error as KafkaError {
            #expect(error.code == notCoordinator && error.isRetriable)
        }
        #expect(try await admin.committedOffsets(topic: "t", group: "g") == [:])
        await admin.close()
    }

    @Test("consumers that are closed while they join end in order")
    func earlyClose() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("t", partitions: 4)
        for _ in 0..<5 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let consumer = try Consumer(cluster.configuration, topics: ["t"], options: .init(group: "g"))
                        await consumer.close()
                        #expect(try await consumer.next() == nil)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
