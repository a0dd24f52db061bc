internal import CLibrdkafka
internal import Synchronization

/// Sends messages and waits until all in-sync replicas hold them, each once and in the order of the calls (idempotent).
///
/// Any number of tasks may send at a time. After a fatal error (`KafkaError.isFatal`) every call throws it: close the producer
/// and make another from `configuration` and `options`.
public final class Producer: Sendable {
    /// How a producer trades latency for throughput.
    public struct Options: Sendable, Hashable {
        /// How long a message waits for others to share its request.
        public var linger: Duration = .zero
        /// How long a message may take from the call to its acknowledgement, waiting for room included.
        public var deliveryTimeout: Duration = .seconds(30)
        /// Most messages under way; a further `send` waits for room.
        public var queuedMessages = 100_000
        /// Most bytes under way, in KiB.
        public var queuedKiB = 65_536

        /// The defaults.
        public init() {}
    }

    /// Where a message stands.
    public struct Delivery: Sendable, Hashable {
        /// The partition it was appended to.
        public let partition: Int32
        /// Its place in the partition.
        public let offset: Int64
    }

    /// What it was made from.
    public let configuration: KafkaConfiguration
    /// What it was made with.
    public let options: Options
    private let core: ProducerCore

    /// A producer; it connects by itself, and again after every loss of a broker.
    public init(_ configuration: KafkaConfiguration, options: Options = Options()) throws {
        self.configuration = configuration
        self.options = options
        core = try ProducerCore(configuration, options)
    }

    deinit { core.stop() }

    /// Appends a message and returns when it is safe; without a partition the key's hash chooses one, without a key chance.
    ///
    /// Cancellation withdraws a message that still waits for room; one that is under way cannot be taken back, and its
    /// outcome, at most the delivery time-out away, is awaited. After a time-out the message may or may not be there.
    public func send(
        topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [Header] = [],
        timestamp: Int64? = nil
    ) async throws -> Delivery {
        try await core.send(
            OutgoingMessage(
                topic: topic, partition: partition, key: key, value: value, headers: headers, timestamp: timestamp))
    }

    /// Learns who leads the topic's partitions, so that the first message to it goes out at once. Throws where the topic
    /// does not exist or no broker answers in time.
    public func lookUp(topic: String, timeout: Duration = .seconds(10)) async throws {
        let deadline = ContinuousClock.now + timeout
        _ = try await core.client.blocking { try AdminCall.partitions($0, topic, deadline) }
    }

    /// Why the producer is useless, where it is.
    public var fatalError: KafkaError? { core.fatalError }

    /// The statistics of the last interval, where `statisticsInterval` is set.
    public var statistics: Statistics? { core.client.statistics }

    /// Waits until what is under way is delivered or has failed, at most `timeout`, and ends the producer; what is left over
    /// fails. Calls made later throw `KafkaError.Code.closed`.
    public func close(timeout: Duration = .seconds(10)) async { await core.close(timeout: timeout) }

    /// Ends the producer without waiting; what is under way fails, though it may arrive.
    public func abandon() async { await core.close(timeout: .zero) }
}

extension Producer {
    /// Makes the producer fatally unusable as a broker's refusal would, for tests of what comes after.
    public func simulateFatalError(_ code: KafkaError.Code, reason: String) { core.simulateFatalError(code, reason) }
}
