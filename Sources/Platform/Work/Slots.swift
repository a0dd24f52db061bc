internal import Learners
internal import Synchronization

/// Where a worker trains one trial at a time: a thread, and threads that help it.
struct Slot: Sendable {
    let index: Int
    let thread: WorkThread
    let pool: LazyPool
}

/// A worker's slots; who finds none free waits for its turn.
final class Slots: Sendable {
    private struct State {
        var free: [Slot]
        var waiting: [CheckedContinuation<Slot, Never>] = []
    }

    private let all: [Slot]
    private let state: Mutex<State>

    /// So many slots of so many threads each.
    init(count: Int, threads: Int) {
        all = (0..<count).map { index in
            let name = "slot-\(index)"
            return Slot(
                index: index, thread: WorkThread(name: name), pool: LazyPool(threads: threads, name: name))
        }
        state = Mutex(State(free: all))
    }

    /// The index of the slot that a thread of this name works for; nil for others.
    static func slot(ofThread name: String) -> Int? {
        let parts = name.split(separator: "-")
        guard parts.count >= 2, parts[0] == "slot" else { return nil }
        return Int(parts[1])
    }

    /// A slot, which is the caller's until it gives it back.
    func take() async -> Slot {
        await withCheckedContinuation { continuation in
            let slot = state.withLock { state -> Slot? in
                if let slot = state.free.popLast() { return slot }
                state.waiting.append(continuation)
                return nil
            }
            if let slot { continuation.resume(returning: slot) }
        }
    }

    /// Gives the slot to who has waited longest.
    func giveBack(_ slot: Slot) {
        let next = state.withLock { state -> CheckedContinuation<Slot, Never>? in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.free.append(slot)
            return nil
        }
        next?.resume(returning: slot)
    }

    /// Ends the threads after what they have to do.
    func stop() {
        for slot in all {
            slot.thread.stop()
            slot.pool.stop()
        }
    }
}

/// A slot's threads, made with its first trial.
final class LazyPool: Sendable {
    private let made = Mutex<ThreadPool?>(nil)
    private let threads: Int
    private let name: String

    /// - Parameter name: of its threads, which have a number besides; 15 bytes with it at most.
    init(threads: Int, name: String = "martlet") {
        self.threads = threads
        self.name = name
    }

    var pool: ThreadPool {
        made.withLock { made in
            if let made { return made }
            let pool = ThreadPool(threadCount: threads, name: name)
            made = pool
            return pool
        }
    }

    func stop() { made.withLock { $0?.stop() } }
}
