extension KafkaConfiguration {
    /// The messages of a partition at `offsets`, in their order, read by a client that lives as long as the call; of those
    /// that are not kept any more, none. Throws `timedOut` where they do not all come in time.
    public func read(
        _ partition: TopicPartition, _ offsets: Range<Int64>, timeout: Duration = .seconds(10)
    ) async throws -> [Message] {
        guard !offsets.isEmpty else { return [] }
        let properties = [
            // librdkafka wants a group's name for explicit offsets too; nothing joins it and nothing is committed.
            "group.id": "\(clientID)-reader-\(UInt64.random(in: 0...UInt64.max))",
            // What comes after `offsets` is not fetched ahead beyond this.
            "queued.min.messages": "\(min(offsets.count, 1000))", "queued.max.messages.kbytes": "1024",
        ]
        let core = try ConsumerCore(
            self, properties, source: .offsets([partition: offsets.lowerBound]), buffer: (1000, 1 << 20),
            rebalanceTimeout: .zero, closeTimeout: .seconds(10), onRebalance: nil)
        let timer = Task {
            try await Task.sleep(for: timeout)
            await core.close()
        }
        defer {
            timer.cancel()
            core.stop()
        }
        var messages: [Message] = []
        while let message = try await core.next() {
            if message.offset < offsets.upperBound { messages.append(message) }
            if message.offset >= offsets.upperBound - 1 { return messages }
        }
        throw KafkaError(.timedOut, topic: partition.topic, partition: partition.partition)
    }
}
