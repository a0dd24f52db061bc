internal import CLibrdkafka
internal import Synchronization

/// Topics and groups of a cluster.
public final class Admin: Sendable {
    /// The bounds of what a partition keeps.
    public struct Watermarks: Sendable, Hashable {
        /// The earliest offset that is kept.
        public let beginning: Int64
        /// The offset that the next message gets.
        public let end: Int64
    }

    private let core: AdminCore

    /// A client for administration; it connects when first used.
    public init(_ configuration: KafkaConfiguration) throws { core = try AdminCore(configuration) }

    deinit { core.stop() }

    /// Ends it; calls made later throw `KafkaError.Code.closed`.
    public func close() async { await core.close() }

    /// Makes a topic and waits until the brokers know it; one that exists already is success, whatever its settings.
    ///
    /// `replicationFactor` −1 takes the broker's default; `settings` are Kafka's own, such as `retention.ms`.
    public func createTopic(
        _ topic: String, partitions: Int, replicationFactor: Int = -1, settings: [String: String] = [:],
        timeout: Duration = .seconds(30)
    ) async throws {
        try await core.client.blocking { handle in
            var text = [CChar](repeating: 0, count: 512)
            var request = rd_kafka_NewTopic_new(
                topic, Int32(clamping: partitions), Int32(clamping: replicationFactor), &text, text.count)
            guard let new = request else {
                throw KafkaError(.invalidArgument, String(nullTerminated: text), topic: topic)
            }
            defer { rd_kafka_NewTopic_destroy(new) }
            for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
                try KafkaError.check(rd_kafka_NewTopic_set_config(new, name, value), topic: topic)
            }
            try AdminCall.run(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout) { options, queue in
                rd_kafka_CreateTopics(handle, &request, 1, options, queue)
            } read: { event in
                var count = 0
                guard
                    let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
                else { return }
                try AdminCall.check(results, count, except: RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            }
            try AdminCall.wait(handle, topic, exists: true, timeout)
        }
    }

    /// Deletes topics and waits until the brokers have forgotten them; one that does not exist is success.
    public func deleteTopics(_ topics: [String], timeout: Duration = .seconds(30)) async throws {
        try await core.client.blocking { handle in
            var requests = topics.map { rd_kafka_DeleteTopic_new($0) }
            defer { for request in requests { rd_kafka_DeleteTopic_destroy(request) } }
            try AdminCall.run(handle, RD_KAFKA_ADMIN_OP_DELETETOPICS, timeout) { options, queue in
                rd_kafka_DeleteTopics(handle, &requests, requests.count, options, queue)
            } read: { event in
                var count = 0
                guard
                    let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
                else { return }
                try AdminCall.check(results, count, except: RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
            }
            for topic in topics { try AdminCall.wait(handle, topic, exists: false, timeout) }
        }
    }

    /// The number of a topic's partitions; throws `unknownTopic` where there is no such topic.
    public func partitionCount(_ topic: String, timeout: Duration = .seconds(30)) async throws -> Int {
        try await core.client.blocking { try AdminCall.partitions($0, topic, .now + timeout).count }
    }

    /// The bounds of each partition of a topic, by number.
    public func watermarks(topic: String, timeout: Duration = .seconds(30)) async throws -> [Int32: Watermarks] {
        try await core.client.blocking { handle in
            let deadline = ContinuousClock.now + timeout
            var marks: [Int32: Watermarks] = [:]
            for partition in try AdminCall.partitions(handle, topic, deadline) {
                marks[partition] = try AdminCall.watermarks(handle, topic, partition, deadline)
            }
            return marks
        }
    }

    /// The offsets that a group has committed of a topic, by partition; those without one are left out.
    public func committedOffsets(
        topic: String, group: String, timeout: Duration = .seconds(30)
    ) async throws -> [Int32: Int64] {
        try await core.client.blocking { handle in
            let deadline = ContinuousClock.now + timeout
            let partitions = try AdminCall.partitions(handle, topic, deadline)
            return try AdminCall.committed(handle, topic, partitions, group, deadline)
        }
    }

    /// The messages of each partition that a group has not committed yet; all that are kept, where it has committed none.
    public func lag(topic: String, group: String, timeout: Duration = .seconds(30)) async throws -> [Int32: Int64] {
        let ends = try await watermarks(topic: topic, timeout: timeout)
        let committed = try await committedOffsets(topic: topic, group: group, timeout: timeout)
        return Dictionary(
            uniqueKeysWithValues: ends.map { partition, marks in
                (partition, max(0, marks.end - max(marks.beginning, committed[partition] ?? marks.beginning)))
            })
    }
}

/// The client behind an `Admin`: it only has to drain its events and to end.
private final class AdminCore: Client.Delegate, Sendable {
    private struct State {
        var isOpen = true
        var hasEnded = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    let client: Client
    private let state = Mutex(State())

    init(_ configuration: KafkaConfiguration) throws {
        // A consumer, of a group that it never joins: in librdkafka a client without a group crashes when a coordinator that is
        // asked for a group's offsets has moved, or is only coming up (librdkafka #5040).
        let handle = try configuration.makeHandle(RD_KAFKA_CONSUMER, ["group.id": "administration"], events: 0)
        client = Client(handle: handle, queue: rd_kafka_queue_get_main(handle), log: configuration.log)
        try client.start(self)
    }

    func handle(_ event: OpaquePointer, of kind: Int32) {}
    func handle(_ error: KafkaError) {}
    var wantsMessages: Bool { false }
    func tick() -> Bool { state.withLock { $0.isOpen } }

    func close() async {
        await withCheckedContinuation { closer in
            let hasEnded = state.withLock { state in
                state.isOpen = false
                if !state.hasEnded { state.closers.append(closer) }
                return state.hasEnded
            }
            if hasEnded { closer.resume() } else { client.perform {} }
        }
    }

    func stop() {
        state.withLock { $0.isOpen = false }
        client.perform {}
    }

    func willEnd() {}

    func ended() {
        let closers = state.withLock { state in
            state.hasEnded = true
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
