internal import Kafka
internal import Platform
internal import Synchronization

/// A member of a group. Messages may be committed in any order; Kafka is told the offset before which all are.
final class KafkaGroupConsumer: MessageConsumer {
    private final class Trackers: Sendable {
        let trackers = Mutex<[Int32: OffsetTracker]>([:])
    }

    private let topic: String
    /// The topic as Kafka knows it.
    private let name: String
    private let consumer: Consumer
    private let offsets: Trackers
    private let metrics: KafkaMetrics

    init(
        _ client: KafkaConfiguration, topic: String, name: String, group: String, metrics: KafkaMetrics,
        onChange: (@Sendable (PartitionChange) async -> Void)?
    ) throws {
        self.topic = topic
        self.name = name
        self.metrics = metrics
        let offsets = Trackers()
        self.offsets = offsets
        var options = Consumer.Options(group: group)
        // A member that died is noticed within this time.
        options.sessionTimeout = .seconds(8)
        options.heartbeatInterval = .seconds(2)
        options.rebalanceTimeout = .seconds(20)
        options.bufferedMessages = 64
        do {
            consumer = try Consumer(client, topics: [name], options: options) { event in
                let partitions = Set(event.partitions.map { Int($0.partition) })
                switch event {
                case .assigned:
                    metrics.rebalanced(group)
                    await onChange?(.assigned(partitions))
                case .revoked, .lost:
                    await onChange?(.revoked(partitions))
                    offsets.trackers.withLock { trackers in
                        for partition in partitions { trackers[Int32(partition)] = nil }
                    }
                }
            }
        } catch let error as KafkaError {
            throw PlatformError(error)
        }
    }

    func next() async throws -> Platform.Message? {
        do {
            guard let message = try await consumer.next() else { return nil }
            metrics.took(message)
            offsets.trackers.withLock { $0[message.partition, default: OffsetTracker()].deliver(message.offset) }
            return Platform.Message(message, topic: topic)
        } catch let error as KafkaError {
            metrics.failed(error)
            throw PlatformError(error)
        }
    }

    func commit(_ message: Platform.Message) async throws {
        let partition = Int32(clamping: message.partition)
        let offset = offsets.trackers.withLock { $0[partition]?.finish(message.offset) }
        guard let offset else { return }
        do {
            try await consumer.commit(
                TopicPartition(topic: name, partition: partition), offset: offset)
        } catch let error as KafkaError {
            metrics.failed(error)
            // Another consumer has the partition: it gets the message again, and a commit has no effect.
            let taken: Set<KafkaError.Code> = [
                .notAssigned, .illegalGeneration, .unknownMember, .rebalanceInProgress, .closed,
            ]
            if !taken.contains(error.code) { throw PlatformError(error) }
        }
    }

    func close() async { await consumer.close() }
}

/// A consumer without a group, of everything that is appended from now on.
final class KafkaWatcher: MessageConsumer {
    private let watcher: Watcher
    private let topic: String

    private let metrics: KafkaMetrics

    init(_ watcher: Watcher, topic: String, metrics: KafkaMetrics) {
        self.watcher = watcher
        self.metrics = metrics
        self.topic = topic
    }

    func next() async throws -> Platform.Message? {
        do {
            guard let message = try await watcher.next() else { return nil }
            metrics.took(message)
            return Platform.Message(message, topic: topic)
        } catch let error as KafkaError {
            metrics.failed(error)
            throw PlatformError(error)
        }
    }

    func commit(_ message: Platform.Message) async throws {}

    func close() async { await watcher.close() }
}
