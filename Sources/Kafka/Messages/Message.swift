internal import CLibrdkafka

/// A named value that travels with a message; names may repeat.
public struct Header: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its bytes; nil is Kafka's null.
    public let value: [UInt8]?

    /// A header of these bytes.
    public init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    /// A header of text.
    public init(_ name: String, text: String) { self.init(name, Array(text.utf8)) }
}

/// A message as it was read.
public struct Message: Sendable, Hashable {
    /// Where it stands.
    public let topicPartition: TopicPartition
    /// Its place in the partition.
    public let offset: Int64
    /// Its key, where it has one.
    public let key: [UInt8]?
    /// Its bytes; nil is a tombstone, which deletes its key in a compacted topic.
    public let value: [UInt8]?
    /// Its headers, in the order they were given.
    public let headers: [Header]
    /// Milliseconds since 1970: when it was made, or appended, as the topic is set.
    public let timestamp: Int64?

    /// The topic it stands in.
    public var topic: String { topicPartition.topic }
    /// The partition it stands in.
    public var partition: Int32 { topicPartition.partition }

    /// A message of these parts.
    public init(
        topicPartition: TopicPartition, offset: Int64, key: [UInt8]?, value: [UInt8]?, headers: [Header] = [],
        timestamp: Int64? = nil
    ) {
        self.topicPartition = topicPartition
        self.offset = offset
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }

    /// About how much memory it takes, in bytes.
    var size: Int {
        headers.reduce(128 + (key?.count ?? 0) + (value?.count ?? 0)) {
            $0 + 64 + $1.name.utf8.count + ($1.value?.count ?? 0)
        }
    }

    init(_ message: UnsafePointer<rd_kafka_message_t>) {
        let raw = message.pointee
        topicPartition = TopicPartition(
            topic: raw.rkt.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) } ?? "",
            partition: raw.partition)
        offset = raw.offset
        key = Message.bytes(raw.key, raw.key_len)
        value = Message.bytes(raw.payload, raw.len)
        headers = Message.headers(message)
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &kind)
        timestamp = kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || time < 0 ? nil : time
    }

    private static func bytes(_ start: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        start.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
    }

    private static func headers(_ message: UnsafePointer<rd_kafka_message_t>) -> [Header] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [Header] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let text = name
        {
            headers.append(Header(String(cString: text), bytes(value, count)))
        }
        return headers
    }
}
