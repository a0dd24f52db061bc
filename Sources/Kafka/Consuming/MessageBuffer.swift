/// Messages that were fetched and not yet taken, in the order they came, within limits of number and memory.
struct MessageBuffer {
    private var messages: [Message] = []
    private var head = 0
    private var bytes = 0
    private let mostMessages: Int
    private let mostBytes: Int

    init(messages: Int, bytes: Int) {
        mostMessages = max(1, messages)
        mostBytes = max(1, bytes)
    }

    var count: Int { messages.count - head }

    /// Whether fetching has to stop.
    var isFull: Bool { count >= mostMessages || bytes >= mostBytes }

    /// Whether fetching may go on again: at half of the limits, so that it does not stop at every message.
    var hasRoom: Bool { count <= mostMessages / 2 && bytes <= mostBytes / 2 }

    mutating func append(_ message: Message) {
        messages.append(message)
        bytes += message.size
    }

    mutating func popFirst() -> Message? {
        guard head < messages.count else { return nil }
        let message = messages[head]
        bytes -= message.size
        head += 1
        if head == messages.count {
            messages.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= messages.count {
            messages.removeFirst(head)
            head = 0
        }
        return message
    }

    /// Takes out what came from these partitions.
    @discardableResult
    mutating func remove(_ partitions: Set<TopicPartition>) -> [Message] {
        var removed: [Message] = []
        var kept: [Message] = []
        for message in messages[head...] {
            if partitions.contains(message.topicPartition) { removed.append(message) } else { kept.append(message) }
        }
        messages = kept
        head = 0
        bytes -= removed.reduce(0) { $0 + $1.size }
        return removed
    }

    mutating func removeAll() {
        messages = []
        head = 0
        bytes = 0
    }
}
