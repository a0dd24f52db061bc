/// Topics of keyed messages, each kept until every group of consumers has dealt with it.
///
/// Messages of one partition are delivered in the order they were appended, those of different partitions in any. Each
/// partition belongs to one consumer of a group at a time. Delivery is at least once: a message that was delivered and not
/// committed before its consumer ended comes again, to whoever gets its partition.
public protocol MessageLog: Sendable {
    /// Makes a topic with so many partitions; one that is there stays as it is.
    func createTopic(_ topic: String, partitions: Int, retention: Retention) async throws

    /// Appends a message to `partition`, or else to the one its key belongs to; when this returns, it is as durable as the
    /// log is. Throws `.invalid` for a partition that is not there. `headers` travel with it; a restart may lose them.
    func append(
        _ payload: [UInt8], key: String, to topic: String, partition: Int?, headers: [String: String]
    ) async throws

    /// A consumer that shares the topic with the other consumers of `group`: the partitions are spread evenly over them. A
    /// group new to the topic begins with the oldest message there is.
    ///
    /// `onChange` is told of every change of the consumer's partitions, one after the other. Partitions that are taken away
    /// go to another consumer once it has returned, or after a time that the driver chooses.
    func consumer(
        of topic: String, group: String, onChange: (@Sendable (PartitionChange) async -> Void)?
    ) async throws -> any MessageConsumer

    /// A consumer that gets every message appended from now on, shares nothing and commits nothing.
    func watcher(of topic: String) async throws -> any MessageConsumer

    /// Messages of the topic that `group` has not committed.
    func lag(of topic: String, group: String) async throws -> Int

    /// The newest messages of a partition that are kept, the newest first and at most `limit`: those before `offset`, or else
    /// up to the end. They are looked at, not taken: consumers get them all the same. Throws `.invalid` for a partition that
    /// is not there.
    func newest(_ limit: Int, of topic: String, partition: Int, before offset: Int64?) async throws -> [Message]
}

extension MessageLog {
    /// Appends a message without headers, to the partition of its key where no other is named.
    public func append(_ payload: [UInt8], key: String, to topic: String, partition: Int? = nil) async throws {
        try await append(payload, key: key, to: topic, partition: partition, headers: [:])
    }

    /// A consumer that need not know its partitions.
    public func consumer(of topic: String, group: String) async throws -> any MessageConsumer {
        try await consumer(of: topic, group: group, onChange: nil)
    }
}

/// Partitions that a consumer gets, or that are taken from it.
public enum PartitionChange: Sendable, Hashable {
    /// Messages of these come to it from now on.
    case assigned(Set<Int>)
    /// Another consumer gets these; messages of theirs that are out cannot be committed afterwards.
    case revoked(Set<Int>)
}

/// How long a topic keeps its messages.
public enum Retention: String, Sendable, Codable {
    /// Until every group of consumers has committed them, and as long as there is no group.
    case untilCommitted = "until_committed"
    /// For those alone who consume or watch the topic when they are appended; a restart may lose them.
    case live
}

/// One end of a message log.
public protocol MessageConsumer: Sendable {
    /// Waits for the next message; nil once the consumer is closed. Several messages may be out at a time. Throws
    /// `CancellationError` when the calling task is cancelled; then no message is lost.
    func next() async throws -> Message?

    /// Says that the message is dealt with for good; in any order, and again without effect. A log may bring it again all the
    /// same, after one of its partition that came before it and was not committed. One that another consumer took
    /// over meanwhile has no effect either.
    func commit(_ message: Message) async throws

    /// Hands back what was delivered and not committed, and ends the consumer.
    func close() async
}

/// A message as it was delivered.
public struct Message: Sendable, Hashable {
    /// The topic.
    public let topic: String
    /// The partition of the topic, from 0.
    public let partition: Int
    /// Its place in the partition; later messages have higher ones.
    public let offset: Int64
    /// The key it was appended with.
    public let key: String
    /// The bytes it was appended with.
    public let payload: [UInt8]
    /// What travels with it.
    public let headers: [String: String]

    /// A message of these parts.
    public init(
        topic: String, partition: Int, offset: Int64, key: String, payload: [UInt8], headers: [String: String] = [:]
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.key = key
        self.payload = payload
        self.headers = headers
    }

    /// The partition of a key: 32 bits of FNV-1a modulo the number of partitions.
    public static func partition(ofKey key: String, count: Int) -> Int {
        var hash: UInt32 = 0x811c_9dc5
        for byte in key.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(hash % UInt32(max(1, count)))
    }
}
