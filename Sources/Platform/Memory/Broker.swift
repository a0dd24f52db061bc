internal import Foundation

/// The state of a message log, without waiting and without input or output: every change answers with what is to be resumed.
struct Broker {
    struct Address: Hashable {
        let partition: Int
        let offset: Int64
    }

    struct Group {
        /// Watchers take messages from now on and commit nothing.
        var isWatcher = false
        /// Consumers that were closed take no more.
        var pending: [Message] = []
        var delivered: [Address: (message: Message, consumer: Int)] = [:]
        var waiting: [(ticket: Int, consumer: Int, continuation: CheckedContinuation<Message?, any Error>)] = []
    }

    struct Topic {
        let partitions: Int
        let retention: Retention
        var nextOffsets: [Int64]
        var groups: [String: Group] = [:]
        /// What is kept, in the order of appending, with the groups that still need it (empty: no group was there yet).
        var kept: [(message: Message, needs: Set<String>)] = []
    }

    var topics: [String: Topic] = [:]
    private var closed: Set<Int> = []
    private var lastIdentity = 0

    mutating func makeConsumer() -> Int {
        lastIdentity += 1
        return lastIdentity
    }

    func topic(_ name: String) throws -> Topic {
        guard let topic = topics[name] else { throw PlatformError(.notFound, "there is no topic \(name)") }
        return topic
    }

    mutating func create(_ name: String, partitions: Int, retention: Retention) {
        guard topics[name] == nil else { return }
        topics[name] = Topic(
            partitions: partitions, retention: retention, nextOffsets: Array(repeating: 0, count: partitions))
    }

    mutating func restore(_ state: JournalState) {
        for recorded in state.topics {
            var topic = Topic(
                partitions: recorded.partitions, retention: recorded.retention, nextOffsets: recorded.nextOffsets)
            for group in recorded.groups { topic.groups[group] = Group() }
            topics[recorded.name] = topic
        }
        for (message, committedBy) in state.messages {
            guard var topic = topics.removeValue(forKey: message.topic) else { continue }
            let needs = Set(topic.groups.keys).subtracting(committedBy)
            for group in needs { topic.groups[group]?.pending.append(message) }
            topic.kept.append((message, needs))
            topics[message.topic] = topic
        }
    }

    /// Gives the message its place; it is seen by nobody until it is published.
    mutating func prepare(_ payload: [UInt8], key: String, topic name: String) throws -> (Message, Retention) {
        let topic = try topic(name)
        let partition = Message.partition(ofKey: key, count: topic.partitions)
        let offset = topic.nextOffsets[partition]
        topics[name]?.nextOffsets[partition] = offset + 1
        return (
            Message(topic: name, partition: partition, offset: offset, key: key, payload: payload), topic.retention
        )
    }

    mutating func publish(_ message: Message) -> Delivery {
        guard var topic = topics.removeValue(forKey: message.topic) else { return Delivery() }
        defer { topics[message.topic] = topic }
        var delivery = Delivery()
        for name in topic.groups.keys.sorted() {
            guard var group = topic.groups.removeValue(forKey: name) else { continue }
            group.pending.append(message)
            delivery.add(Broker.match(&group))
            topic.groups[name] = group
        }
        if topic.retention == .untilCommitted {
            topic.kept.append((message, Set(topic.groups.filter { !$0.value.isWatcher }.keys)))
        }
        return delivery
    }

    mutating func join(_ name: String, group: String, isWatcher: Bool = false) throws {
        var topic = try topic(name)
        guard topic.groups[group] == nil else { return }
        var joined = Group(isWatcher: isWatcher)
        if !isWatcher {
            for index in topic.kept.indices {
                topic.kept[index].needs.insert(group)
                joined.pending.append(topic.kept[index].message)
            }
        }
        topic.groups[group] = joined
        topics[name] = topic
    }

    mutating func take(
        _ name: String, _ groupName: String, _ consumer: Int, _ ticket: Int,
        _ continuation: CheckedContinuation<Message?, any Error>
    ) -> Delivery {
        guard !closed.contains(consumer), var group = topics[name]?.groups.removeValue(forKey: groupName) else {
            return Delivery(continuation, .success(nil))
        }
        group.waiting.append((ticket, consumer, continuation))
        let delivery = Broker.match(&group)
        topics[name]?.groups[groupName] = group
        return delivery
    }

    mutating func withdraw(_ name: String, _ groupName: String, _ ticket: Int) -> Delivery {
        guard let index = topics[name]?.groups[groupName]?.waiting.firstIndex(where: { $0.ticket == ticket }),
            let waiter = topics[name]?.groups[groupName]?.waiting.remove(at: index)
        else { return Delivery() }
        return Delivery(waiter.continuation, .failure(CancellationError()))
    }

    /// Whether the message is out with this consumer; nil where it is not.
    func standing(of message: Message, _ groupName: String, _ consumer: Int) -> (isKept: Bool, isLast: Bool)? {
        let address = Address(partition: message.partition, offset: message.offset)
        guard let topic = topics[message.topic], let group = topic.groups[groupName],
            group.delivered[address]?.consumer == consumer
        else { return nil }
        guard topic.retention == .untilCommitted, !group.isWatcher,
            let kept = topic.kept.first(where: { $0.message == message })
        else { return (false, false) }
        return (true, kept.needs.subtracting([groupName]).isEmpty)
    }

    mutating func commit(_ message: Message, _ groupName: String) {
        let address = Address(partition: message.partition, offset: message.offset)
        topics[message.topic]?.groups[groupName]?.delivered[address] = nil
        guard let index = topics[message.topic]?.kept.firstIndex(where: { $0.message == message }) else { return }
        topics[message.topic]?.kept[index].needs.remove(groupName)
        if topics[message.topic]?.kept[index].needs.isEmpty == true { topics[message.topic]?.kept.remove(at: index) }
    }

    mutating func leave(_ name: String, _ groupName: String, _ consumer: Int) -> Delivery {
        closed.insert(consumer)
        guard var group = topics[name]?.groups.removeValue(forKey: groupName) else { return Delivery() }
        var delivery = Delivery()
        for waiter in group.waiting where waiter.consumer == consumer {
            delivery.add(Delivery(waiter.continuation, .success(nil)))
        }
        group.waiting.removeAll { $0.consumer == consumer }
        if group.isWatcher { return delivery }
        let returned = group.delivered.values.filter { $0.consumer == consumer }.map(\.message)
            .sorted { ($0.offset, $0.partition) < ($1.offset, $1.partition) }
        for message in returned {
            group.delivered[Address(partition: message.partition, offset: message.offset)] = nil
        }
        // In front, so that the messages of one key keep their order.
        group.pending.insert(contentsOf: returned, at: 0)
        delivery.add(Broker.match(&group))
        topics[name]?.groups[groupName] = group
        return delivery
    }

    private static func match(_ group: inout Group) -> Delivery {
        var delivery = Delivery()
        while !group.pending.isEmpty, !group.waiting.isEmpty {
            let message = group.pending.removeFirst()
            let waiter = group.waiting.removeFirst()
            if !group.isWatcher {
                group.delivered[Address(partition: message.partition, offset: message.offset)] = (
                    message, waiter.consumer
                )
            }
            delivery.add(Delivery(waiter.continuation, .success(message)))
        }
        return delivery
    }
}

/// Consumers to be resumed, once the broker's lock is released.
struct Delivery {
    private var parts: [(CheckedContinuation<Message?, any Error>, Result<Message?, any Error>)] = []

    init() {}

    init(_ continuation: CheckedContinuation<Message?, any Error>, _ result: Result<Message?, any Error>) {
        parts = [(continuation, result)]
    }

    mutating func add(_ other: Delivery) { parts += other.parts }

    func run() {
        for (continuation, result) in parts { continuation.resume(with: result) }
    }
}
