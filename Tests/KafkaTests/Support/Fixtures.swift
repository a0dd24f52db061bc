import Foundation
import Kafka

/// A name that nothing else uses.
func unique(_ stem: String) -> String { "\(stem)-\(UUID().uuidString.lowercased().prefix(13))" }

extension [UInt8] {
    init(_ text: String) { self = Array(text.utf8) }
    var text: String { String(decoding: self, as: UTF8.self) }
}

extension Message {
    var text: String { value?.text ?? "" }
}

extension Consumer {
    /// The next messages, as many as asked.
    func take(_ count: Int) async throws -> [Message] {
        var messages: [Message] = []
        while messages.count < count, let message = try await next() { messages.append(message) }
        return messages
    }
}

extension Watcher {
    func take(_ count: Int) async throws -> [Message] {
        var messages: [Message] = []
        while messages.count < count, let message = try await next() { messages.append(message) }
        return messages
    }
}

extension Producer {
    /// Sends the numbers of `range` as text, all under way at a time, in order where the partition is given.
    func send(_ range: Range<Int>, to topic: String, partition: @escaping @Sendable (Int) -> Int32? = { _ in nil })
        async throws
    {
        try await withThrowingTaskGroup { group in
            for number in range {
                group.addTask {
                    _ = try await self.send(topic: topic, partition: partition(number), value: [UInt8]("\(number)"))
                }
            }
            try await group.waitForAll()
        }
    }
}
