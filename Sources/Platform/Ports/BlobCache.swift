/// A cache of bytes that may forget anything at any time. A cache that is down or slow answers like one that has forgotten.
public protocol BlobCache: Sendable {
    /// The bytes under `key`, as they were set, or nil.
    func value(_ key: String) async -> [UInt8]?

    /// Keeps `bytes` under `key`, as long as there is room.
    func set(_ bytes: [UInt8], for key: String) async

    /// Forgets `key`.
    func remove(_ key: String) async

    /// Hits and misses so far.
    func statistics() -> CacheStatistics
}

/// How often a cache had what was asked of it.
public struct CacheStatistics: Sendable, Hashable, Codable {
    /// Answers it had.
    public var hits: Int
    /// Answers it did not have.
    public var misses: Int
    /// Bytes it holds; for a server, memory it uses, as of the last look.
    public var bytes: Int
    /// What it gave up for want of room, as of the last look.
    public var evictions: Int

    /// Counts of these sizes.
    public init(hits: Int = 0, misses: Int = 0, bytes: Int = 0, evictions: Int = 0) {
        self.hits = hits
        self.misses = misses
        self.bytes = bytes
        self.evictions = evictions
    }

    /// Hits among all questions, from 0 to 1; nil before the first.
    public var hitRate: Double? { hits + misses == 0 ? nil : Double(hits) / Double(hits + misses) }
}
