/// Which requests of a connection await an answer. A stream's number is used again only when its answer has come, also
/// where nobody waits for that answer any more.
struct StreamTable<Waiter> {
    private enum Slot {
        case free
        case waiting(Waiter)
        /// Its waiter has given up; the answer may still come.
        case abandoned
    }

    private var slots: [Slot] = []
    private var free: [Int16] = []
    private let capacity: Int
    /// Requests that somebody waits for.
    private(set) var waitingCount = 0
    /// Requests that nobody waits for any more.
    private(set) var abandonedCount = 0
    /// Requests whose answers have not come.
    var takenCount: Int { waitingCount + abandonedCount }

    /// A table of at most 32,768 streams.
    init(capacity: Int = 1 << 15) { self.capacity = min(max(capacity, 1), 1 << 15) }

    /// A stream for the request; nil where all are taken.
    mutating func insert(_ waiter: Waiter) -> Int16? {
        if let stream = free.popLast() {
            slots[Int(stream)] = .waiting(waiter)
            waitingCount += 1
            return stream
        }
        guard slots.count < capacity else { return nil }
        slots.append(.waiting(waiter))
        waitingCount += 1
        return Int16(slots.count - 1)
    }

    /// Frees the stream, whose answer has come. The result is nil where nobody waits; it throws where there was no request.
    mutating func finish(_ stream: Int16) throws(CQLError) -> Waiter? {
        guard stream >= 0, Int(stream) < slots.count else { throw Self.unknown(stream) }
        switch slots[Int(stream)] {
        case .free: throw Self.unknown(stream)
        case .waiting(let waiter):
            slots[Int(stream)] = .free
            free.append(stream)
            waitingCount -= 1
            return waiter
        case .abandoned:
            slots[Int(stream)] = .free
            free.append(stream)
            abandonedCount -= 1
            return nil
        }
    }

    /// Takes back a request that was not sent; nil where its waiter has been taken out already.
    mutating func withdraw(_ stream: Int16) -> Waiter? { (try? finish(stream)) ?? nil }

    /// Takes out those who wait and match; their streams stay taken until the answers come.
    mutating func abandon(where matches: (Waiter) -> Bool) -> [Waiter] {
        var waiters: [Waiter] = []
        guard waitingCount > 0 else { return waiters }
        for index in slots.indices {
            guard case .waiting(let waiter) = slots[index], matches(waiter) else { continue }
            slots[index] = .abandoned
            waitingCount -= 1
            abandonedCount += 1
            waiters.append(waiter)
        }
        return waiters
    }

    private static func unknown(_ stream: Int16) -> CQLError {
        CQLError(.protocolViolation, "an answer on stream \(stream), where nothing was asked")
    }
}
