internal import Synchronization

/// Datasets in this process's memory.
public final class MemoryDatasetStore: DatasetStore {
    private struct Entry {
        let begun: Timestamp
        var chunks: [Int: [UInt8]] = [:]
        var record: DatasetRecord?
        var profile: [UInt8] = []
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// A store without datasets.
    public init() {}

    /// Starts a dataset.
    public func begin(_ id: String) async throws {
        entries.withLock { entries in
            if entries[id] == nil { entries[id] = Entry(begun: .now()) }
        }
    }

    /// Writes chunks.
    public func put(_ chunks: [DatasetChunk], of id: String) async throws {
        try ChunkLimits.check(chunks)
        try entries.withLock { entries in
            guard entries[id] != nil else { throw PlatformError(.notFound, "there is no dataset \(id)") }
            for chunk in chunks { entries[id]?.chunks[chunk.index] = chunk.bytes }
        }
    }

    /// Makes a dataset seen.
    public func complete(_ record: DatasetRecord, profile: [UInt8]) async throws {
        try entries.withLock { entries in
            guard entries[record.id] != nil else {
                throw PlatformError(.notFound, "there is no dataset \(record.id)")
            }
            entries[record.id]?.record = record
            entries[record.id]?.profile = profile
        }
    }

    /// A complete dataset's record.
    public func dataset(_ id: String) async throws -> DatasetRecord? { entries.withLock { $0[id]?.record } }

    /// Complete datasets, the newest first.
    public func datasets(limit: Int, after cursor: Cursor?) async throws -> Page<DatasetRecord> {
        let records = entries.withLock { $0.values.compactMap(\.record) }
        return try Page(newestFirst: records.map { ($0.id, $0) }, limit: limit, after: cursor)
    }

    /// A complete dataset's profile.
    public func profile(of id: String) async throws -> [UInt8]? {
        entries.withLock { $0[id].flatMap { $0.record == nil ? nil : $0.profile } }
    }

    /// A complete dataset's chunk.
    public func chunk(_ index: Int, of id: String) async throws -> [UInt8]? {
        entries.withLock { $0[id].flatMap { $0.record == nil ? nil : $0.chunks[index] } }
    }

    /// Removes a dataset.
    @discardableResult
    public func delete(_ id: String) async throws -> Bool {
        entries.withLock { $0.removeValue(forKey: id)?.record != nil }
    }

    /// Removes what was never completed.
    public func removeIncomplete(begunBefore moment: Timestamp) async throws {
        entries.withLock { entries in entries = entries.filter { $1.record != nil || $1.begun >= moment } }
    }
}

extension Page {
    /// The part of `keyed` after the cursor, in falling order of the keys.
    init(newestFirst keyed: [(key: String, item: Item)], limit: Int, after cursor: Cursor?) throws {
        let bound = try cursor?.position()
        let rest = keyed.filter { entry in bound.map { entry.key < $0 } ?? true }.sorted { $0.key > $1.key }
        self.init(sorted: rest, limit: limit)
    }

    /// The part of `keyed` after the cursor, in rising order of the keys.
    init(oldestFirst keyed: [(key: String, item: Item)], limit: Int, after cursor: Cursor?) throws {
        let bound = try cursor?.position()
        let rest = keyed.filter { entry in bound.map { entry.key > $0 } ?? true }.sorted { $0.key < $1.key }
        self.init(sorted: rest, limit: limit)
    }

    /// The first `limit` items of `rest`, with a cursor where there are more; `limit` is at least 1.
    public init(sorted rest: [(key: String, item: Item)], limit: Int) {
        let limit = max(1, limit)
        let part = rest.prefix(limit)
        self.init(
            items: part.map(\.item), nextCursor: rest.count > limit ? part.last.map { Cursor(position: $0.key) } : nil)
    }
}
