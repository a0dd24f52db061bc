internal import Synchronization
internal import Telemetry

/// Values that are costly to make, kept while they are used most recently, as many as there is room for; concurrent callers of
/// one key wait for the first. A failed making is not kept; one that all have been cancelled who waited for it is cancelled, too.
final class SingleFlightCache<Value: Sendable>: Sendable {
    private struct Entry {
        let task: _Concurrency.Task<Value, any Error>
        var lastUse: UInt64
        /// Bytes of the value; 0 while it is made.
        var bytes = 0
        /// Callers that asked for it and have not been cancelled.
        var waiting = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var clock: UInt64 = 0
        var hits = 0
        var misses = 0
        var evictions = 0
        var bytes = 0

        /// Whether there was one.
        @discardableResult
        mutating func remove(_ key: String) -> Bool {
            guard let entry = entries.removeValue(forKey: key) else { return false }
            bytes -= entry.bytes
            return true
        }
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let room: Int
    private let size: @Sendable (Value) -> Int

    /// A cache of at most so many values.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
        room = .max
        size = { _ in 0 }
    }

    /// A cache of values that together take at most so many bytes; the one used last stays whatever its size.
    init(bytes: Int, size: @escaping @Sendable (Value) -> Int) {
        capacity = .max
        room = max(0, bytes)
        self.size = size
    }

    /// The value under `key`, made where it is not there.
    func value(_ key: String, make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = state.withLock { state in
            state.clock += 1
            if let entry = state.entries[key] {
                state.entries[key]?.lastUse = state.clock
                state.entries[key]?.waiting += 1
                state.hits += 1
                return entry.task
            }
            state.misses += 1
            let task = _Concurrency.Task { try await make() }
            state.entries[key] = Entry(task: task, lastUse: state.clock, waiting: 1)
            makeRoom(&state)
            return task
        }
        do {
            let value = try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                giveUp(key, task)
            }
            let bytes = size(value)
            state.withLock { state in
                guard bytes > 0, let entry = state.entries[key], entry.task == task, entry.bytes == 0 else { return }
                state.entries[key]?.bytes = bytes
                state.bytes += bytes
                makeRoom(&state)
            }
            return value
        } catch {
            state.withLock { state in
                if state.entries[key]?.task == task { state.remove(key) }
            }
            throw error
        }
    }

    private func makeRoom(_ state: inout State) {
        while state.entries.count > capacity || state.bytes > room {
            // What is being made takes no room that could be given back.
            let left = state.entries.filter { state.entries.count > capacity || $0.value.bytes > 0 }
            guard left.count > 1 || state.entries.count > capacity,
                let oldest = left.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
            else { return }
            state.remove(oldest)
            state.evictions += 1
            Allocator.giveBackSoon()
        }
    }

    /// A caller does not wait any more.
    private func giveUp(_ key: String, _ task: _Concurrency.Task<Value, any Error>) {
        let isLast = state.withLock { state in
            guard state.entries[key]?.task == task else { return false }
            state.entries[key]?.waiting -= 1
            guard state.entries[key]?.waiting == 0 else { return false }
            state.remove(key)
            return true
        }
        if isLast { task.cancel() }
    }

    /// Forgets `key`; callers that wait for it still get it.
    func remove(_ key: String) {
        if state.withLock({ $0.remove(key) }) { Allocator.giveBackSoon() }
    }

    /// Forgets everything.
    func removeAll() {
        state.withLock { state in
            state.entries = [:]
            state.bytes = 0
        }
    }

    /// Bytes of the values that are kept.
    var bytes: Int { state.withLock { $0.bytes } }

    /// How often values were there, were not, and were given up for others.
    var statistics: (hits: Int, misses: Int, evictions: Int) {
        state.withLock { ($0.hits, $0.misses, $0.evictions) }
    }
}
