internal import CLibrdkafka
internal import Synchronization

/// A member of a consumer group with cooperative rebalancing and commits by hand.
///
/// It polls on a thread of its own whatever the application does, so a message may take an hour. Every message is delivered at
/// least once: what was not committed comes again, to this member or another.
public final class Consumer: Sendable {
    /// How a consumer takes part in its group.
    public struct Options: Sendable {
        /// The group's name.
        public var group: String
        /// A lasting name of this member: it gets its partitions back after a restart within the session time-out. Without one
        /// the group rebalances when it leaves.
        public var instance: String?
        /// After this silence the group takes the member for dead.
        public var sessionTimeout: Duration = .seconds(15)
        /// How often the member shows that it is alive.
        public var heartbeatInterval: Duration = .seconds(3)
        /// Most time between two polls; the library polls by itself, so it is only reached when the process stands still.
        public var maxPollInterval: Duration = .seconds(300)
        /// Messages taken over ahead; when there are as many, no more are until half are gone, and fetching pauses.
        public var bufferedMessages = 1000
        /// Bytes taken over ahead.
        public var bufferedBytes = 32 << 20
        /// How long a rebalance waits for the handler.
        public var rebalanceTimeout: Duration = .seconds(30)
        /// How long `close` waits for the group.
        public var closeTimeout: Duration = .seconds(40)

        /// The defaults for a member of `group`.
        public init(group: String) { self.group = group }
    }

    /// The group's name.
    public let group: String
    private let core: ConsumerCore

    /// Joins the group for these topics, from the committed offsets on or from the earliest message.
    ///
    /// `onRebalance` is called for one event at a time; it is awaited, within `rebalanceTimeout`, before partitions are taken
    /// up or given up. It must not wait for `close`.
    public init(
        _ configuration: KafkaConfiguration, topics: [String], options: Options,
        onRebalance: (@Sendable (RebalanceEvent) async -> Void)? = nil
    ) throws {
        guard !options.group.isEmpty, !topics.isEmpty, !topics.contains("") else {
            throw KafkaError(.invalidArgument, "a consumer needs a group and topics")
        }
        group = options.group
        var properties = [
            "group.id": options.group,
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": "\(options.sessionTimeout.milliseconds)",
            "heartbeat.interval.ms": "\(options.heartbeatInterval.milliseconds)",
            "max.poll.interval.ms": "\(max(options.maxPollInterval, options.sessionTimeout).milliseconds)",
        ]
        properties["group.instance.id"] = options.instance
        core = try ConsumerCore(
            configuration, properties, source: .group(topics: topics),
            buffer: (options.bufferedMessages, options.bufferedBytes), rebalanceTimeout: options.rebalanceTimeout,
            closeTimeout: options.closeTimeout, onRebalance: onRebalance)
    }

    deinit { core.stop() }

    /// The next message, of any of its partitions; nil after `close`. A cancelled call throws `CancellationError` and takes no
    /// message. Throws a `KafkaError` that lasts (the user may not read the topic) once, a fatal one at every call; others,
    /// such as lost connections, heal by themselves and are only logged.
    public func next() async throws -> Message? { try await core.next() }

    /// The partitions it reads now.
    public var assignment: Set<TopicPartition> { core.state.withLock { $0.assignment.subtracting($0.leaving) } }

    /// The next offset of a partition that `next` will give; nil before its first message.
    public func position(_ partition: TopicPartition) -> Int64? { core.state.withLock { $0.positions[partition] } }

    /// The statistics of the last interval, where `statisticsInterval` is set.
    public var statistics: Statistics? { core.client.statistics }

    // MARK: Commits

    /// Commits the offset of the next message to read after a restart, and waits for the broker.
    public func commit(_ partition: TopicPartition, offset: Int64) async throws {
        try await commit([partition: offset])
    }

    /// Commits offsets of several partitions, each the next message to read after a restart.
    public func commit(_ offsets: [TopicPartition: Int64]) async throws { try await core.commit(offsets) }

    /// Commits that a message, and all before it, need not come again.
    public func commit(_ message: Message) async throws {
        try await commit(message.topicPartition, offset: message.offset + 1)
    }

    /// Notes an offset to be committed with the next `commitStored`, when the partition is given up, or by `close`.
    public func store(_ partition: TopicPartition, offset: Int64) {
        core.state.withLock { state in
            guard state.phase != .ended, state.assignment.contains(partition) else { return }
            state.due[partition] = offset
        }
    }

    /// Commits what was stored, and waits for the broker.
    public func commitStored() async throws {
        let due = core.state.withLock { $0.takeDue(of: Array($0.due.keys)) }
        do {
            try await core.commit(due)
        } catch {
            // It stays due unless something later has been stored meanwhile.
            core.state.withLock { state in
                for (place, offset) in due where state.due[place] == nil && state.assignment.contains(place) {
                    state.due[place] = offset
                }
            }
            throw error
        }
    }

    /// The group's committed offsets of these partitions; those without one are left out.
    public func committed(
        _ partitions: [TopicPartition], timeout: Duration = .seconds(10)
    ) async throws -> [TopicPartition: Int64] {
        try await core.client.blocking { handle in
            try PartitionList.with(partitions) { list in
                try KafkaError.check(rd_kafka_committed(handle, list, timeout.milliseconds))
                if let failure = PartitionList.error(list) { throw failure }
                let found = PartitionList.elements(list).filter { $0.offset >= 0 }
                return Dictionary(found.map { (TopicPartition($0), $0.offset) }) { first, _ in first }
            }
        }
    }

    // MARK: Flow

    /// Delivers nothing of these partitions until `resume`; membership and the other partitions go on.
    public func pause(_ partitions: Set<TopicPartition>) async throws {
        try await core.client.onPollThread { [core] in
            let own = core.state.withLock { state in
                let own = partitions.intersection(state.assignment)
                state.pause(own)
                return own
            }
            core.setFetching(false, own)
        }
    }

    /// Lets paused partitions go on.
    public func resume(_ partitions: Set<TopicPartition>) async throws {
        try await core.client.onPollThread { [core] in
            let (given, fetched) = core.state.withLock { state in
                (state.unpause(partitions), partitions.intersection(state.assignment))
            }
            for (receiver, message) in given { receiver.resume(returning: message) }
            core.setFetching(true, fetched)
        }
    }

    /// Goes on reading a partition at `offset`; what was fetched of it is dropped.
    public func seek(_ partition: TopicPartition, to offset: Int64) async throws {
        try await core.client.onPollThread { [core] in
            guard core.state.withLock({ $0.assignment.contains(partition) }) else {
                throw KafkaError(.notAssigned, topic: partition.topic, partition: partition.partition)
            }
            try PartitionList.with([partition: offset]) { list in
                if let failure = rd_kafka_seek_partitions(core.client.handle, list, 5000) {
                    throw KafkaError(consuming: failure, topic: partition.topic, partition: partition.partition)
                }
                if let failure = PartitionList.error(list) { throw failure }
            }
            core.state.withLock { $0.rewind(partition, to: offset) }
        }
    }

    // MARK: The end

    /// Ends it: `next` gives nil, partitions are revoked through the handler, what was stored is committed, the group is left.
    public func close() async { await core.close() }

    /// Ends it without committing or leaving the group, as if the process had died.
    public func abandon() async { await core.abandon() }
}
