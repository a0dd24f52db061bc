internal import Foundation

/// The state of a message log, without waiting and without input or output: every change answers with what is to be done.
struct Broker {
    struct Address: Hashable {
        let partition: Int
        let offset: Int64
    }

    struct Waiter {
        let ticket: Int
        let consumer: Int
        let continuation: CheckedContinuation<Message?, any Error>
    }

    struct Group {
        /// Watchers take messages from now on and commit nothing.
        var isWatcher = false
        /// The consumers, in the order they joined.
        var members: [Int] = []
        /// Whose each partition is; nil while it changes hands.
        var owners: [Int?]
        var pending: [Message] = []
        var delivered: [Address: (message: Message, consumer: Int)] = [:]
        var waiting: [Waiter] = []
    }

    struct Topic {
        let partitions: Int
        let retention: Retention
        var nextOffsets: [Int64]
        var groups: [String: Group] = [:]
        /// What is kept, in the order of appending, with the groups that still need it (empty: no group was there yet).
        var kept: [(message: Message, needs: Set<String>)] = []

        func emptyGroup(isWatcher: Bool = false) -> Group {
            Group(isWatcher: isWatcher, owners: Array(repeating: nil, count: partitions))
        }
    }

    var topics: [String: Topic] = [:]
    private var closed: Set<Int> = []
    private var lastIdentity = 0

    mutating func makeIdentity() -> Int {
        lastIdentity += 1
        return lastIdentity
    }

    func topic(_ name: String) throws -> Topic {
        guard let topic = topics[name] else { throw PlatformError(.notFound, "there is no topic \(name)") }
        return topic
    }

    private static func check(_ partition: Int, of topic: Topic, _ name: String) throws {
        guard topic.nextOffsets.indices.contains(partition) else {
            throw PlatformError(.invalid, "topic \(name) has no partition \(partition)")
        }
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
            for group in recorded.groups { topic.groups[group] = topic.emptyGroup() }
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

    // MARK: Messages in

    /// Gives the message its place; it is seen by nobody until it is published.
    mutating func prepare(
        _ payload: [UInt8], key: String, topic name: String, partition wanted: Int?, headers: [String: String]
    ) throws -> (Message, Retention) {
        let topic = try topic(name)
        let partition = wanted ?? Message.partition(ofKey: key, count: topic.partitions)
        try Broker.check(partition, of: topic, name)
        let offset = topic.nextOffsets[partition]
        topics[name]?.nextOffsets[partition] = offset + 1
        return (
            Message(
                topic: name, partition: partition, offset: offset, key: key, payload: payload, headers: headers),
            topic.retention
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

    // MARK: Consumers

    /// The change of partitions that each member is to hear of.
    typealias Changes = [(consumer: Int, change: PartitionChange)]

    mutating func join(
        _ name: String, group groupName: String, consumer: Int, isWatcher: Bool = false
    ) throws -> (Delivery, Changes) {
        var topic = try topic(name)
        var group: Group
        if let known = topic.groups[groupName] {
            group = known
        } else {
            group = topic.emptyGroup(isWatcher: isWatcher)
            if !isWatcher {
                for index in topic.kept.indices {
                    topic.kept[index].needs.insert(groupName)
                    group.pending.append(topic.kept[index].message)
                }
            }
        }
        group.members.append(consumer)
        let changes = Broker.balance(&group)
        let delivery = Broker.match(&group)
        topic.groups[groupName] = group
        topics[name] = topic
        return (delivery, changes)
    }

    mutating func leave(_ name: String, _ groupName: String, _ consumer: Int) -> (Delivery, Changes) {
        closed.insert(consumer)
        guard var group = topics[name]?.groups.removeValue(forKey: groupName) else { return (Delivery(), []) }
        var delivery = Delivery()
        for waiter in group.waiting where waiter.consumer == consumer {
            delivery.add(Delivery(waiter.continuation, .success(nil)))
        }
        group.waiting.removeAll { $0.consumer == consumer }
        group.members.removeAll { $0 == consumer }
        if group.isWatcher { return (delivery, []) }
        let left = Set(group.owners.indices.filter { group.owners[$0] == consumer })
        Broker.release(left, of: consumer, &group)
        let changes = Broker.balance(&group)
        delivery.add(Broker.match(&group))
        topics[name]?.groups[groupName] = group
        return (delivery, changes)
    }

    /// Partitions that a consumer was told it loses, and has let go of.
    mutating func yield(
        _ partitions: Set<Int>, _ name: String, _ groupName: String, _ consumer: Int
    ) -> (Delivery, Changes) {
        guard var group = topics[name]?.groups.removeValue(forKey: groupName) else { return (Delivery(), []) }
        Broker.release(partitions.filter { group.owners[$0] == consumer }, of: consumer, &group)
        let changes = Broker.balance(&group)
        let delivery = Broker.match(&group)
        topics[name]?.groups[groupName] = group
        return (delivery, changes)
    }

    /// Free partitions go to the members with the fewest; a member with more than its share is asked for the surplus.
    private static func balance(_ group: inout Group) -> Changes {
        guard !group.members.isEmpty else { return [] }
        let count = group.owners.count
        var held = Dictionary(uniqueKeysWithValues: group.members.map { ($0, [Int]()) })
        for (partition, owner) in group.owners.enumerated() {
            if let owner { held[owner]?.append(partition) }
        }
        var assigned: [Int: Set<Int>] = [:]
        for partition in group.owners.indices where group.owners[partition] == nil {
            guard let member = group.members.min(by: { (held[$0]?.count ?? 0) < (held[$1]?.count ?? 0) }) else { break }
            group.owners[partition] = member
            held[member]?.append(partition)
            assigned[member, default: []].insert(partition)
        }
        var changes: Changes = []
        let share = (count + group.members.count - 1) / group.members.count
        for member in group.members {
            if let partitions = assigned[member] { changes.append((member, .assigned(partitions))) }
            let surplus = (held[member] ?? []).dropFirst(share)
            if !surplus.isEmpty { changes.append((member, .revoked(Set(surplus)))) }
        }
        return changes
    }

    /// What is out of these partitions waits again, in front, so that each partition keeps its order.
    private static func release(_ partitions: Set<Int>, of consumer: Int, _ group: inout Group) {
        for partition in partitions { group.owners[partition] = nil }
        let returned = group.delivered.values
            .filter { $0.consumer == consumer && partitions.contains($0.message.partition) }.map(\.message)
            .sorted { ($0.offset, $0.partition) < ($1.offset, $1.partition) }
        for message in returned {
            group.delivered[Address(partition: message.partition, offset: message.offset)] = nil
        }
        group.pending.insert(contentsOf: returned, at: 0)
    }

    // MARK: Messages out

    mutating func take(
        _ name: String, _ groupName: String, _ consumer: Int, _ ticket: Int,
        _ continuation: CheckedContinuation<Message?, any Error>
    ) -> Delivery {
        guard !closed.contains(consumer), var group = topics[name]?.groups.removeValue(forKey: groupName) else {
            return Delivery(continuation, .success(nil))
        }
        group.waiting.append(Waiter(ticket: ticket, consumer: consumer, continuation: continuation))
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

    /// What is kept of a partition before `offset`, the newest first.
    func newest(_ limit: Int, of name: String, partition: Int, before offset: Int64) throws -> [Message] {
        let topic = try topic(name)
        try Broker.check(partition, of: topic, name)
        let found = topic.kept.map(\.message).filter { $0.partition == partition && $0.offset < offset }
        return Array(found.sorted { $0.offset > $1.offset }.prefix(limit))
    }

    private static func match(_ group: inout Group) -> Delivery {
        var delivery = Delivery()
        var index = 0
        while index < group.pending.count, !group.waiting.isEmpty {
            let message = group.pending[index]
            guard let place = group.waiting.firstIndex(where: { $0.consumer == group.owners[message.partition] }) else {
                index += 1
                continue
            }
            group.pending.remove(at: index)
            let waiter = group.waiting.remove(at: place)
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
