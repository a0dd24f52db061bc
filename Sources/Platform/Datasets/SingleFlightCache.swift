internal import Synchronization
internal import Telemetry

/// Values that are costly to make, kept while they are used most recently; concurrent callers of one key wait for the first.
/// A failed making is not kept.
final class SingleFlightCache<Value: Sendable>: Sendable {
    private struct Entry {
        let task: _Concurrency.Task<Value, any Error>
        var lastUse: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var clock: UInt64 = 0
        var hits = 0
        var misses = 0
        var evictions = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// A cache of at most so many values.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// The value under `key`, made where it is not there.
    func value(_ key: String, make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = state.withLock { state in
            state.clock += 1
            if let entry = state.entries[key] {
                state.entries[key]?.lastUse = state.clock
                state.hits += 1
                return entry.task
            }
            state.misses += 1
            let task = _Concurrency.Task { try await make() }
            state.entries[key] = Entry(task: task, lastUse: state.clock)
            while state.entries.count > capacity,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
            {
                state.entries[oldest] = nil
                state.evictions += 1
                Allocator.giveBackSoon()
            }
            return task
        }
        do {
            return try await task.value
        } catch {
            state.withLock { state in
                if state.entries[key]?.task == task { state.entries[key] = nil }
            }
            throw error
        }
    }

    /// Forgets `key`; callers that wait for it still get it.
    func remove(_ key: String) {
        if state.withLock({ $0.entries.removeValue(forKey: key) }) != nil { Allocator.giveBackSoon() }
    }

    /// Forgets everything.
    func removeAll() { state.withLock { $0.entries = [:] } }

    /// How often values were there, were not, and were given up for others.
    var statistics: (hits: Int, misses: Int, evictions: Int) {
        state.withLock { ($0.hits, $0.misses, $0.evictions) }
    }
}
