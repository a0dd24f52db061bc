/// What a consumer's tasks and its polling thread share, behind one lock. Every change is a pure step that says what to do.
struct ConsumerState {
    typealias Receiver = CheckedContinuation<Message?, any Error>
    typealias Committer = CheckedContinuation<Void, any Error>

    enum Phase { case open, closing, ended }

    var phase = Phase.open
    var assignment: Set<TopicPartition> = []
    /// Partitions about to be given up: nothing of them is delivered any more.
    var leaving: Set<TopicPartition> = []
    /// Offsets to commit at the next occasion.
    var due: [TopicPartition: Int64] = [:]
    var commits: [UInt: Committer] = [:]
    var closers: [CheckedContinuation<Void, Never>] = []
    /// The next message of each partition to hand out.
    private(set) var positions: [TopicPartition: Int64] = [:]
    private var isStalled = false
    private(set) var paused: Set<TopicPartition> = []
    private var held: [TopicPartition: [Message]] = [:]
    private var buffer: MessageBuffer
    private var receivers: [(token: UInt, receiver: Receiver)] = []
    private var failure: KafkaError?
    private var lastToken: UInt = 0

    init(messages: Int, bytes: Int) { buffer = MessageBuffer(messages: messages, bytes: bytes) }

    mutating func nextToken() -> UInt {
        lastToken += 1
        return lastToken
    }

    // MARK: Delivery

    /// Hands out a message that was fetched, or keeps it; the receiver to resume with it, where one waits.
    mutating func deliver(_ message: Message) -> Receiver? {
        let place = message.topicPartition
        guard phase == .open, assignment.contains(place), !leaving.contains(place) else { return nil }
        if paused.contains(place) {
            held[place, default: []].append(message)
        } else if receivers.isEmpty {
            buffer.append(message)
        } else {
            positions[place] = message.offset + 1
            return receivers.removeFirst().receiver
        }
        return nil
    }

    /// Whether another message may be taken from librdkafka, whose own limits then hold up the brokers.
    mutating func wantsMessages() -> Bool {
        guard phase == .open else { return false }
        isStalled = isStalled ? !buffer.hasRoom : buffer.isFull
        return !isStalled
    }

    /// Whether the polling thread stands still and has to be woken, as there is room again; true once.
    mutating func endsStall() -> Bool {
        guard isStalled, buffer.hasRoom, phase == .open else { return false }
        isStalled = false
        return true
    }

    enum Step {
        case give(Message?)
        case fail(KafkaError)
        case wait
    }

    /// The next message, or the end, or an error, or the receiver is kept.
    mutating func receive(_ receiver: Receiver, token: UInt) -> Step {
        guard phase == .open else { return .give(nil) }
        if let failure {
            if !failure.isFatal { self.failure = nil }
            return .fail(failure)
        }
        if let message = buffer.popFirst() {
            positions[message.topicPartition] = message.offset + 1
            return .give(message)
        }
        receivers.append((token, receiver))
        return .wait
    }

    mutating func withdraw(_ token: UInt) -> Receiver? {
        guard let place = receivers.firstIndex(where: { $0.token == token }) else { return nil }
        return receivers.remove(at: place).receiver
    }

    /// Notes an error for those who wait, or for the next who comes; a fatal one stays.
    mutating func fail(_ error: KafkaError) -> [Receiver] {
        let waiting = receivers.map(\.receiver)
        receivers = []
        if waiting.isEmpty || error.isFatal, failure?.isFatal != true { failure = error }
        return waiting
    }

    // MARK: Partitions

    mutating func assign(_ partitions: [TopicPartition]) {
        for place in partitions {
            assignment.insert(place)
            positions[place] = nil
        }
    }

    /// Takes back what was fetched of partitions that are about to leave: their new owner reads it again.
    mutating func beginLeaving(_ partitions: [TopicPartition]) {
        leaving.formUnion(partitions)
        buffer.remove(Set(partitions))
        for place in partitions { held[place] = nil }
    }

    mutating func endLeaving(_ partitions: [TopicPartition]) {
        leaving.subtract(partitions)
        assignment.subtract(partitions)
        paused.subtract(partitions)
        for place in partitions {
            positions[place] = nil
            due[place] = nil
        }
    }

    mutating func pause(_ partitions: Set<TopicPartition>) {
        paused.formUnion(partitions)
        // What was fetched already waits aside, so that others' messages pass.
        for message in buffer.remove(partitions) { held[message.topicPartition, default: []].append(message) }
    }

    /// Lets partitions go on; the receivers that get what had been held.
    mutating func unpause(_ partitions: Set<TopicPartition>) -> [(Receiver, Message)] {
        paused.subtract(partitions)
        var given: [(Receiver, Message)] = []
        for place in partitions.sorted() {
            for message in held.removeValue(forKey: place) ?? [] {
                if let receiver = deliver(message) { given.append((receiver, message)) }
            }
        }
        return given
    }

    /// Forgets what was fetched of a partition whose position moves.
    mutating func rewind(_ place: TopicPartition, to offset: Int64) {
        buffer.remove([place])
        held[place] = nil
        positions[place] = offset >= 0 ? offset : nil
    }

    /// The offsets due of these partitions, which are taken out.
    mutating func takeDue(of partitions: some Sequence<TopicPartition>) -> [TopicPartition: Int64] {
        var taken: [TopicPartition: Int64] = [:]
        for place in partitions { taken[place] = due.removeValue(forKey: place) }
        return taken
    }

    // MARK: The end

    mutating func beginClosing() -> [Receiver] {
        guard phase == .open else { return [] }
        phase = .closing
        buffer.removeAll()
        held = [:]
        defer { receivers = [] }
        return receivers.map(\.receiver)
    }
}
