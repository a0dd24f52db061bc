internal import CLibrdkafka
internal import Synchronization

/// librdkafka's cluster within the process, for tests: brokers on free ports of loopback that hold topics in memory and keep
/// groups. It has no administration calls; topics are made here.
public final class MockCluster: Sendable {
    private struct Native: @unchecked Sendable {
        let owner: OpaquePointer
        let cluster: OpaquePointer
    }

    private let native: Mutex<Native?>
    /// The brokers' addresses.
    public let bootstrapServers: [String]

    /// A cluster of this many brokers, numbered from 1.
    public init(brokers: Int = 1) throws {
        let configuration = KafkaConfiguration(bootstrapServers: ["localhost:1"], clientID: "mock-cluster")
        let owner = try configuration.makeHandle(RD_KAFKA_PRODUCER, ["bootstrap.servers": ""], events: 0)
        guard let cluster = rd_kafka_mock_cluster_new(owner, Int32(clamping: brokers)) else {
            rd_kafka_destroy(owner)
            throw KafkaError(.invalidArgument, "the mock cluster cannot be made")
        }
        bootstrapServers =
            rd_kafka_mock_cluster_bootstraps(cluster)
            .map { String(cString: $0).split(separator: ",").map(String.init) } ?? []
        native = Mutex(Native(owner: owner, cluster: cluster))
    }

    deinit { close() }

    /// A configuration of clients for it.
    public var configuration: KafkaConfiguration { KafkaConfiguration(bootstrapServers: bootstrapServers) }

    /// Makes a topic.
    public func createTopic(_ topic: String, partitions: Int, replicationFactor: Int = 1) throws {
        try with { cluster in
            let status = rd_kafka_mock_topic_create(
                cluster, topic, Int32(clamping: partitions), Int32(clamping: replicationFactor))
            try KafkaError.check(status, topic: topic)
        }
    }

    /// Takes a broker down, or up again; its data stays.
    public func setBroker(_ broker: Int, isUp: Bool) throws {
        let number = Int32(clamping: broker)
        try with { cluster in
            try KafkaError.check(
                isUp
                    ? rd_kafka_mock_broker_set_up(cluster, number) : rd_kafka_mock_broker_set_down(cluster, number))
        }
    }

    /// Kafka's numbers of the requests that `failNext` knows.
    public enum Request: Int16, Sendable, Hashable {
        /// Appending messages.
        case produce = 0
        /// Reading messages.
        case fetch = 1
        /// Committing offsets.
        case offsetCommit = 8
        /// Asking for a group's offsets.
        case offsetFetch = 9
        /// Joining a group.
        case joinGroup = 11
    }

    /// Answers the next requests of this kind with an error.
    public func failNext(_ request: Request, times: Int = 1, with code: KafkaError.Code) throws {
        try with { martlet_kafka_mock_push_errors($0, request.rawValue, times, code.error) }
    }

    /// Ends the cluster; clients must have been closed, or find their brokers gone.
    public func close() {
        guard
            let native = native.withLock({ native in
                defer { native = nil }
                return native
            })
        else { return }
        rd_kafka_mock_cluster_destroy(native.cluster)
        rd_kafka_destroy(native.owner)
    }

    private func with<Value>(_ body: (OpaquePointer) throws -> Value) throws -> Value {
        try native.withLock { native in
            guard let native else { throw KafkaError.closed }
            return try body(native.cluster)
        }
    }
}
