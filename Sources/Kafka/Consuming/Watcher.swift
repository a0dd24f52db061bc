internal import CLibrdkafka
internal import Synchronization

/// Reads every partition of a topic without a group, from its end or its beginning on, as long as it lives.
///
/// Whatever is appended after `start` has returned is seen, also after brokers were gone for a while. Partitions that are
/// added to the topic later are not.
public final class Watcher: Sendable {
    /// Where it begins.
    public enum Start: Sendable, Hashable {
        /// With what is appended from now on.
        case end
        /// With the earliest message that is kept.
        case beginning
    }

    /// The topic it reads.
    public let topic: String
    /// The end of each partition when it began: whoever reads from the beginning has caught up when `position` reaches these.
    public let endOffsets: [Int32: Int64]
    private let core: ConsumerCore

    private init(_ topic: String, _ ends: [Int32: Int64], _ core: ConsumerCore) {
        self.topic = topic
        endOffsets = ends
        self.core = core
    }

    deinit { core.stop() }

    /// Begins reading `topic`, which has to exist; its partitions' offsets are settled when this returns.
    public static func start(
        _ configuration: KafkaConfiguration, topic: String, from start: Start = .end, bufferedMessages: Int = 1000,
        bufferedBytes: Int = 32 << 20, timeout: Duration = .seconds(30)
    ) async throws -> Watcher {
        let admin = try Admin(configuration)
        let watermarks: [Int32: Admin.Watermarks]
        do {
            watermarks = try await admin.watermarks(topic: topic, timeout: timeout)
        } catch {
            await admin.close()
            throw error
        }
        await admin.close()
        let offsets = watermarks.map { partition, marks in
            (TopicPartition(topic: topic, partition: partition), start == .end ? marks.end : marks.beginning)
        }
        // librdkafka wants a group's name for explicit offsets too; nothing joins it and nothing is committed.
        let properties = ["group.id": "\(configuration.clientID)-watcher-\(UInt64.random(in: 0...UInt64.max))"]
        let core = try ConsumerCore(
            configuration, properties, source: .offsets(Dictionary(uniqueKeysWithValues: offsets)),
            buffer: (bufferedMessages, bufferedBytes), rebalanceTimeout: .zero, closeTimeout: .seconds(10),
            onRebalance: nil)
        return Watcher(topic, watermarks.mapValues(\.end), core)
    }

    /// The next message of any partition; nil after `close`. Cancellation throws `CancellationError` and takes no message.
    public func next() async throws -> Message? { try await core.next() }

    /// The next offset of a partition that `next` will give; nil before its first message.
    public func position(_ partition: Int32) -> Int64? {
        core.state.withLock { $0.positions[TopicPartition(topic: topic, partition: partition)] }
    }

    /// The statistics of the last interval, where `statisticsInterval` is set.
    public var statistics: Statistics? { core.client.statistics }

    /// Ends it; `next` gives nil.
    public func close() async { await core.close() }
}
