internal import CLibrdkafka

/// librdkafka's list of partitions with offsets, for the time of a call.
enum PartitionList {
    typealias Pointer = UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    /// Calls `body` with a list of `offsets`.
    static func with<Value>(_ offsets: [TopicPartition: Int64], _ body: (Pointer) throws -> Value) rethrows -> Value {
        let list = rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count))!
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (place, offset) in offsets.sorted(by: { $0.key < $1.key }) {
            rd_kafka_topic_partition_list_add(list, place.topic, place.partition).pointee.offset = offset
        }
        return try body(list)
    }

    /// Calls `body` with a list of `partitions` without offsets.
    static func with<Value>(
        _ partitions: some Sequence<TopicPartition>, _ body: (Pointer) throws -> Value
    ) rethrows -> Value {
        let pairs = partitions.map { ($0, Int64(RD_KAFKA_OFFSET_INVALID)) }
        return try with(Dictionary(pairs) { first, _ in first }, body)
    }

    /// What a list holds, in its order.
    static func elements(_ list: Pointer?) -> [rd_kafka_topic_partition_t] {
        guard let list, let elements = list.pointee.elems else { return [] }
        return Array(UnsafeBufferPointer(start: elements, count: Int(max(0, list.pointee.cnt))))
    }

    /// The partitions that a list names.
    static func partitions(_ list: Pointer?) -> [TopicPartition] { elements(list).map(TopicPartition.init) }

    /// The first error that a list's partitions carry.
    static func error(_ list: Pointer?) -> KafkaError? {
        for element in elements(list) where element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            let place = TopicPartition(element)
            return KafkaError(element.err, topic: place.topic, partition: place.partition)
        }
        return nil
    }
}

extension TopicPartition {
    init(_ element: rd_kafka_topic_partition_t) {
        self.init(topic: element.topic.map { String(cString: $0) } ?? "", partition: element.partition)
    }
}
