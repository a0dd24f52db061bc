internal import CLibrdkafka

/// Why Kafka, or the client library, did not do as asked.
public struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Kafka's or librdkafka's error code; callers match on it, and any code is held by its number.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The number: positive for a broker's errors, negative for the client's own.
        public let rawValue: Int32

        /// The code of this number.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// A wrong setting or argument.
        public static let invalidArgument = Code(RD_KAFKA_RESP_ERR__INVALID_ARG)
        /// The client was closed before, or during, the call.
        public static let closed = Code(RD_KAFKA_RESP_ERR__DESTROY)
        /// No answer came in time.
        public static let timedOut = Code(RD_KAFKA_RESP_ERR__TIMED_OUT)
        /// A message was not acknowledged within the delivery time-out.
        public static let messageTimedOut = Code(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
        /// No broker can be reached.
        public static let unreachable = Code(RD_KAFKA_RESP_ERR__TRANSPORT)
        /// A wrong user or password.
        public static let authenticationFailed = Code(RD_KAFKA_RESP_ERR__AUTHENTICATION)
        /// The TLS handshake failed, mostly for an unknown authority.
        public static let tls = Code(RD_KAFKA_RESP_ERR__SSL)
        /// The queue of outgoing messages is full.
        public static let queueFull = Code(RD_KAFKA_RESP_ERR__QUEUE_FULL)
        /// There is no such topic.
        public static let unknownTopic = Code(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        /// There is no such partition.
        public static let unknownPartition = Code(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
        /// The topic is there already.
        public static let topicExists = Code(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        /// The message is larger than the topic or the client allows.
        public static let messageTooLarge = Code(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        /// The partition is not, or no longer, assigned to this consumer.
        public static let notAssigned = Code(RD_KAFKA_RESP_ERR__STATE)
        /// The commit comes from an earlier generation of the group: the partition may have another owner.
        public static let illegalGeneration = Code(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
        /// The group does not know this consumer (any more).
        public static let unknownMember = Code(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
        /// The group is rebalancing.
        public static let rebalanceInProgress = Code(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
        /// Another consumer with the same static membership has taken this one's place.
        public static let fenced = Code(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
        /// The user may not use the topic.
        public static let topicAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        /// The user may not use the group.
        public static let groupAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)

        init(_ error: rd_kafka_resp_err_t) { rawValue = error.rawValue }

        var error: rd_kafka_resp_err_t { rd_kafka_resp_err_t(rawValue: rawValue) }

        /// librdkafka's name of the code, such as `_MSG_TIMED_OUT`.
        public var name: String { rd_kafka_err2name(error).map { String(cString: $0) } ?? "\(rawValue)" }
    }

    /// The code.
    public let code: Code
    /// One line for people.
    public let message: String
    /// Whether the same call may succeed later.
    public let isRetriable: Bool
    /// Whether the client has become useless: close it and make another.
    public let isFatal: Bool
    /// The topic it is about, where it is about one.
    public let topic: String?
    /// The partition it is about, where it is about one.
    public let partition: Int32?

    /// librdkafka's name of the code.
    public var name: String { code.name }

    /// An error of these parts; without a message Kafka's text for the code stands.
    public init(
        _ code: Code, _ message: String? = nil, isRetriable: Bool? = nil, isFatal: Bool = false,
        topic: String? = nil, partition: Int32? = nil
    ) {
        self.code = code
        self.message = message ?? String(cString: rd_kafka_err2str(code.error))
        self.isRetriable = isRetriable ?? KafkaError.retriable.contains(code.rawValue)
        self.isFatal = isFatal
        self.topic = topic
        self.partition = partition
    }

    /// One line for people.
    public var description: String {
        let place = topic.map { topic in " (\(topic)\(partition.map { "[\($0)]" } ?? ""))" } ?? ""
        return "\(message)\(place) [\(name)]"
    }
}

extension KafkaError {
    init(
        _ error: rd_kafka_resp_err_t, _ message: String? = nil, isFatal: Bool = false, topic: String? = nil,
        partition: Int32? = nil
    ) {
        self.init(Code(error), message, isFatal: isFatal, topic: topic, partition: partition)
    }

    /// Takes over an error object and frees it.
    init(consuming error: OpaquePointer, topic: String? = nil, partition: Int32? = nil) {
        self.init(
            Code(rd_kafka_error_code(error)), rd_kafka_error_string(error).map { String(cString: $0) },
            isRetriable: rd_kafka_error_is_retriable(error) != 0 ? true : nil,
            isFatal: rd_kafka_error_is_fatal(error) != 0, topic: topic, partition: partition)
        rd_kafka_error_destroy(error)
    }

    static let closed = KafkaError(.closed, "the client is closed")

    /// Throws what a call gave, unless it is nothing.
    static func check(_ error: rd_kafka_resp_err_t, topic: String? = nil, partition: Int32? = nil) throws {
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(error, topic: topic, partition: partition)
        }
    }

    /// Codes after which a repetition is sensible: the cluster moves, or something did not answer in time.
    private static let retriable: Set<Int32> = Set(
        [
            RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
            RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_RESP_ERR__WAIT_COORD,
            RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
            RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
            RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR_NOT_CONTROLLER,
        ].map(\.rawValue))
}
