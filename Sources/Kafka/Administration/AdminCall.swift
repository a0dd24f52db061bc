internal import CLibrdkafka

/// librdkafka's blocking administration calls.
enum AdminCall {
    /// Sends a request and waits for its answer, which `read` gets.
    static func run<Value>(
        _ handle: OpaquePointer, _ kind: rd_kafka_admin_op_t, _ timeout: Duration,
        send: (_ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void, read: (OpaquePointer) throws -> Value
    ) throws -> Value {
        guard let options = rd_kafka_AdminOptions_new(handle, kind), let queue = rd_kafka_queue_new(handle) else {
            throw KafkaError(.invalidArgument, "librdkafka has no memory")
        }
        defer {
            rd_kafka_AdminOptions_destroy(options)
            rd_kafka_queue_destroy(queue)
        }
        var text = [CChar](repeating: 0, count: 512)
        let milliseconds = max(1, timeout.milliseconds)
        guard
            rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, &text, text.count)
                == RD_KAFKA_RESP_ERR_NO_ERROR
        else { throw KafkaError(.invalidArgument, String(nullTerminated: text)) }
        send(options, queue)
        // librdkafka itself answers with a time-out; the allowance is for its answer to come.
        guard let event = rd_kafka_queue_poll(queue, milliseconds + 5000) else { throw KafkaError(.timedOut) }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(code, rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        return try read(event)
    }

    /// Throws the first error among the results of topics, other than `accepted`.
    static func check(
        _ results: UnsafeMutablePointer<OpaquePointer?>, _ count: Int, except accepted: rd_kafka_resp_err_t
    ) throws {
        for result in UnsafeBufferPointer(start: results, count: count) {
            let code = rd_kafka_topic_result_error(result)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR, code != accepted else { continue }
            throw KafkaError(
                code, rd_kafka_topic_result_error_string(result).map { String(cString: $0) },
                topic: rd_kafka_topic_result_name(result).map { String(cString: $0) })
        }
    }

    /// The numbers of a topic's partitions.
    static func partitions(
        _ handle: OpaquePointer, _ topic: String, _ deadline: ContinuousClock.Instant
    ) throws -> [Int32] {
        guard let local = rd_kafka_topic_new(handle, topic, nil) else {
            throw KafkaError(rd_kafka_last_error(), topic: topic)
        }
        defer { rd_kafka_topic_destroy(local) }
        return try retrying(until: deadline) { remaining in
            var answer: UnsafePointer<rd_kafka_metadata>?
            try KafkaError.check(rd_kafka_metadata(handle, 0, local, &answer, remaining.milliseconds), topic: topic)
            guard let answer else { throw KafkaError(.unknownTopic, topic: topic) }
            defer { rd_kafka_metadata_destroy(answer) }
            guard answer.pointee.topic_cnt > 0, let found = answer.pointee.topics?.pointee else {
                throw KafkaError(.unknownTopic, topic: topic)
            }
            try KafkaError.check(found.err, topic: topic)
            let partitions = UnsafeBufferPointer(start: found.partitions, count: Int(max(0, found.partition_cnt)))
            guard !partitions.isEmpty else { throw KafkaError(.unknownTopic, topic: topic) }
            return partitions.map(\.id)
        }
    }

    /// The bounds of one partition.
    static func watermarks(
        _ handle: OpaquePointer, _ topic: String, _ partition: Int32, _ deadline: ContinuousClock.Instant
    ) throws -> Admin.Watermarks {
        try retrying(until: deadline) { remaining in
            var low: Int64 = 0
            var high: Int64 = 0
            try KafkaError.check(
                rd_kafka_query_watermark_offsets(handle, topic, partition, &low, &high, remaining.milliseconds),
                topic: topic, partition: partition)
            return Admin.Watermarks(beginning: low, end: high)
        }
    }

    /// The offsets that a group has committed.
    static func committed(
        _ handle: OpaquePointer, _ topic: String, _ partitions: [Int32], _ group: String,
        _ deadline: ContinuousClock.Instant
    ) throws -> [Int32: Int64] {
        try PartitionList.with(partitions.map { TopicPartition(topic: topic, partition: $0) }) { list in
            var request = rd_kafka_ListConsumerGroupOffsets_new(group, list)
            defer { rd_kafka_ListConsumerGroupOffsets_destroy(request) }
            return try run(handle, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, deadline - .now) { options, queue in
                rd_kafka_ListConsumerGroupOffsets(handle, &request, 1, options, queue)
            } read: { event in
                var count = 0
                let answer = rd_kafka_event_ListConsumerGroupOffsets_result(event)
                guard let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(answer, &count), count > 0 else {
                    return [:]
                }
                if let failure = rd_kafka_group_result_error(groups[0]) {
                    throw KafkaError(
                        rd_kafka_error_code(failure), rd_kafka_error_string(failure).map { String(cString: $0) })
                }
                let list = UnsafeMutablePointer(mutating: rd_kafka_group_result_partitions(groups[0]))
                if let failure = PartitionList.error(list) { throw failure }
                let found = PartitionList.elements(list).filter { $0.offset >= 0 }
                return Dictionary(found.map { ($0.partition, $0.offset) }) { first, _ in first }
            }
        }
    }

    /// Repeats a question while leaders move or brokers come up; each attempt is given at most 5 seconds.
    private static func retrying<Value>(
        until deadline: ContinuousClock.Instant, _ body: (Duration) throws -> Value
    ) throws -> Value {
        while true {
            do {
                return try body(max(.milliseconds(1), min(.seconds(5), deadline - .now)))
            } catch let error as KafkaError where error.isRetriable && .now < deadline {
                // On the lane, a thread of its own.
                pause(milliseconds: 50)
            }
        }
    }
}
