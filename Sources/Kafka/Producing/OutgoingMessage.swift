internal import CLibrdkafka

/// A message on its way to librdkafka's queue.
struct OutgoingMessage: Sendable {
    let topic: String
    let partition: Int32?
    let key: [UInt8]?
    let value: [UInt8]?
    let headers: [Header]
    let timestamp: Int64?

    /// Puts a copy into the queue of `handle`; the report of its delivery carries `token`. Throws where it is not taken.
    func enqueue(on handle: OpaquePointer, token: UInt) throws {
        let list = try nativeHeaders()
        let failure = OutgoingMessage.withBytes(key) { key in
            OutgoingMessage.withBytes(value) { value in
                martlet_kafka_produce(
                    handle, topic, partition ?? RD_KAFKA_PARTITION_UA, key.baseAddress, key.count, value.baseAddress,
                    value.count, timestamp ?? 0, list, UnsafeMutableRawPointer(bitPattern: token))
            }
        }
        guard let failure else { return }
        if let list { rd_kafka_headers_destroy(list) }
        throw KafkaError(consuming: failure, topic: topic, partition: partition)
    }

    private func nativeHeaders() throws -> OpaquePointer? {
        guard !headers.isEmpty else { return nil }
        let list = rd_kafka_headers_new(headers.count)
        for header in headers {
            let status = OutgoingMessage.withBytes(header.value) { bytes in
                rd_kafka_header_add(list, header.name, -1, bytes.baseAddress, bytes.count)
            }
            guard status == RD_KAFKA_RESP_ERR_NO_ERROR else {
                rd_kafka_headers_destroy(list)
                throw KafkaError(status, topic: topic, partition: partition)
            }
        }
        return list
    }

    /// Null for nil, and an address even for no bytes at all: Kafka tells the two apart.
    private static func withBytes<Value>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        guard let bytes else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        guard bytes.isEmpty else { return bytes.withUnsafeBytes(body) }
        return withUnsafeBytes(of: UInt8(0)) { body(UnsafeRawBufferPointer(rebasing: $0[0..<0])) }
    }
}
