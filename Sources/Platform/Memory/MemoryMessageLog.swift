internal import Foundation
internal import Synchronization

/// A message log in this process's memory; with a journal it survives the process.
public final class MemoryMessageLog: MessageLog {
    private let broker = Mutex(Broker())
    private let journal: (any MessageJournal)?
    private let consumers = Mutex<[Int: MemoryMessageConsumer]>([:])

    /// A log that ends with the process.
    public init() { journal = nil }

    /// A log that goes on where `journal` ends, and records in it.
    public init(journal: any MessageJournal) async throws {
        self.journal = journal
        let state = try await journal.load()
        broker.withLock { $0.restore(state) }
    }

    /// Makes the topic; one that is there stays as it is.
    public func createTopic(_ topic: String, partitions: Int, retention: Retention) async throws {
        guard partitions > 0 else { throw PlatformError(.invalid, "a topic has at least one partition") }
        guard !broker.withLock({ $0.topics.keys.contains(topic) }) else { return }
        try await journal?.record(topic: topic, partitions: partitions, retention: retention)
        broker.withLock { $0.create(topic, partitions: partitions, retention: retention) }
    }

    /// Appends a message and gives it to a waiting consumer of each group.
    public func append(
        _ payload: [UInt8], key: String, to topic: String, partition: Int?, headers: [String: String]
    ) async throws {
        let (message, retention) = try broker.withLock {
            try $0.prepare(payload, key: key, topic: topic, partition: partition, headers: headers)
        }
        if retention == .untilCommitted { try await journal?.record(message) }
        broker.withLock { $0.publish(message) }.run()
    }

    /// A consumer of the group.
    public func consumer(
        of topic: String, group: String, onChange: (@Sendable (PartitionChange) async -> Void)?
    ) async throws -> any MessageConsumer {
        let (isNew, retention) = try broker.withLock { broker in
            let found = try broker.topic(topic)
            return (found.groups[group] == nil, found.retention)
        }
        if isNew, retention == .untilCommitted { try await journal?.record(group: group, of: topic) }
        return try join(topic, group: group, onChange: onChange)
    }

    /// A consumer of every message from now on.
    public func watcher(of topic: String) async throws -> any MessageConsumer { try join(topic) }

    private func join(
        _ topic: String, group: String? = nil, onChange: (@Sendable (PartitionChange) async -> Void)? = nil
    ) throws -> MemoryMessageConsumer {
        let id = broker.withLock { $0.makeIdentity() }
        let name = group ?? "watcher-\(id)"
        let consumer = MemoryMessageConsumer(log: self, id: id, topic: topic, group: name, onChange: onChange)
        consumers.withLock { $0[id] = consumer }
        do {
            let outcome = try broker.withLock {
                try $0.join(topic, group: name, consumer: id, isWatcher: group == nil)
            }
            settle(outcome)
        } catch {
            consumers.withLock { $0[id] = nil }
            throw error
        }
        return consumer
    }

    private func settle(_ outcome: (delivery: Delivery, changes: Broker.Changes)) {
        outcome.delivery.run()
        for (id, change) in outcome.changes { consumers.withLock { $0[id] }?.hear(change) }
    }

    /// Messages the group has not committed; 0 for a group that never consumed the topic.
    public func lag(of topic: String, group: String) async throws -> Int {
        try broker.withLock { broker in
            guard let found = try broker.topic(topic).groups[group] else { return 0 }
            return found.pending.count + found.delivered.count
        }
    }

    /// The newest messages of a partition that a group still needs, or that no group has consumed.
    public func newest(
        _ limit: Int, of topic: String, partition: Int, before offset: Int64?
    ) async throws -> [Message] {
        try broker.withLock { try $0.newest(limit, of: topic, partition: partition, before: offset ?? .max) }
    }

    fileprivate func next(_ consumer: MemoryMessageConsumer) async throws -> Message? {
        let ticket = broker.withLock { $0.makeIdentity() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                broker.withLock { broker in
                    if _Concurrency.Task.isCancelled {
                        return Delivery(continuation, .failure(CancellationError()))
                    }
                    return broker.take(consumer.topic, consumer.group, consumer.id, ticket, continuation)
                }.run()
            }
        } onCancel: {
            broker.withLock { $0.withdraw(consumer.topic, consumer.group, ticket) }.run()
        }
    }

    fileprivate func commit(_ message: Message, _ consumer: MemoryMessageConsumer) async throws {
        let standing = broker.withLock { $0.standing(of: message, consumer.group, consumer.id) }
        guard let standing else { return }
        if standing.isKept {
            try await journal?.recordCommit(of: message, by: consumer.group, isLast: standing.isLast)
        }
        broker.withLock { $0.commit(message, consumer.group) }
    }

    fileprivate func yield(_ partitions: Set<Int>, _ consumer: MemoryMessageConsumer) {
        settle(broker.withLock { $0.yield(partitions, consumer.topic, consumer.group, consumer.id) })
    }

    fileprivate func close(_ consumer: MemoryMessageConsumer) {
        guard consumers.withLock({ $0.removeValue(forKey: consumer.id) }) != nil else { return }
        settle(broker.withLock { $0.leave(consumer.topic, consumer.group, consumer.id) })
    }
}

/// A consumer of a `MemoryMessageLog`.
private final class MemoryMessageConsumer: MessageConsumer {
    let id: Int
    let topic: String
    let group: String
    private let log: MemoryMessageLog
    private let changes: AsyncStream<PartitionChange>.Continuation?

    init(
        log: MemoryMessageLog, id: Int, topic: String, group: String,
        onChange: (@Sendable (PartitionChange) async -> Void)?
    ) {
        self.log = log
        self.id = id
        self.topic = topic
        self.group = group
        guard let onChange else {
            changes = nil
            return
        }
        let (stream, continuation) = AsyncStream.makeStream(of: PartitionChange.self)
        changes = continuation
        _Concurrency.Task { [weak self] in
            for await change in stream {
                await onChange(change)
                if case .revoked(let partitions) = change, let self { log.yield(partitions, self) }
            }
        }
    }

    func hear(_ change: PartitionChange) {
        if let changes {
            changes.yield(change)
        } else if case .revoked(let partitions) = change {
            log.yield(partitions, self)
        }
    }

    func next() async throws -> Message? { try await log.next(self) }
    func commit(_ message: Message) async throws { try await log.commit(message, self) }

    func close() async {
        changes?.finish()
        log.close(self)
    }
}
