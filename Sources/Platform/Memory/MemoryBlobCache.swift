internal import Synchronization

/// A cache in this process's memory that forgets what was used least recently.
public final class MemoryBlobCache: BlobCache {
    private struct State {
        var entries: [String: (bytes: [UInt8], lastUse: UInt64)] = [:]
        var clock: UInt64 = 0
        var statistics = CacheStatistics()
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// A cache of at most so many bytes.
    public init(capacity: Int) { self.capacity = capacity }

    /// The bytes under `key`.
    public func value(_ key: String) async -> [UInt8]? {
        state.withLock { state in
            guard let bytes = state.entries[key]?.bytes else {
                state.statistics.misses += 1
                return nil
            }
            state.statistics.hits += 1
            state.clock += 1
            state.entries[key]?.lastUse = state.clock
            return bytes
        }
    }

    /// Keeps bytes; those larger than the cache are not kept.
    public func set(_ bytes: [UInt8], for key: String) async {
        state.withLock { state in
            state.statistics.bytes -= state.entries.removeValue(forKey: key)?.bytes.count ?? 0
            guard bytes.count <= capacity else { return }
            state.clock += 1
            state.entries[key] = (bytes, state.clock)
            state.statistics.bytes += bytes.count
            while state.statistics.bytes > capacity,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
            {
                state.statistics.bytes -= state.entries.removeValue(forKey: oldest)?.bytes.count ?? 0
                state.statistics.evictions += 1
            }
        }
    }

    /// Forgets `key`.
    public func remove(_ key: String) async {
        state.withLock { $0.statistics.bytes -= $0.entries.removeValue(forKey: key)?.bytes.count ?? 0 }
    }

    /// Hits, misses and bytes.
    public func statistics() -> CacheStatistics { state.withLock { $0.statistics } }
}
