internal import Tabular
internal import Telemetry

/// Brings stored datasets back as tables.
struct DatasetReader: Sendable {
    /// Chunks asked for at a time: enough to keep a server busy, few enough that what it and this process hold of them stays in
    /// the processors' caches.
    private static let chunksAtATime = 4

    let store: any DatasetStore
    /// A cache between this process and the store.
    let cache: (any BlobCache)?
    let reads: ReadCounters

    /// The whole table, equal to the one that was read from the source; decoded on `thread`.
    func table(_ record: DatasetRecord, on thread: WorkThread) async throws -> Table {
        try await table(record, rows: 0..<record.rows, on: thread)
    }

    /// The given rows of all columns, clamped to those there are.
    func table(_ record: DatasetRecord, rows: Range<Int>, on thread: WorkThread) async throws -> Table {
        let wanted = rows.clamped(to: 0..<record.rows)
        let rows = wanted.isEmpty ? 0..<0 : wanted
        let layout = try await layout(of: record)
        let chunks = try layout.chunks(columns: record.columns.count, rows: rows.isEmpty ? 0..<1 : rows)
        var columns: [Column] = []
        for (index, numbers) in chunks.enumerated() {
            let encoded = try await self.chunks(numbers, of: record.id)
            let first = numbers.first.map { layout.places[$0].rows.lowerBound } ?? 0
            columns.append(
                try await thread.run { [encoded] in
                    let parts = try encoded.map { try ChunkCodec.decode($0) }
                    guard let whole = Column(joining: parts), whole.name == record.columns[index].name,
                        whole.count >= rows.upperBound - first
                    else { throw PlatformError(.damaged, "the chunks of dataset \(record.id) do not fit together") }
                    return whole.count == rows.count
                        ? whole : whole.slice(rows.lowerBound - first..<rows.upperBound - first)
                })
        }
        return Table(columns: columns, rowCount: rows.count)
    }

    private func layout(of record: DatasetRecord) async throws -> DatasetLayout {
        let pieces = try await chunks(Array(record.chunks..<record.chunks + record.layoutChunks), of: record.id)
        return try DatasetLayout(decoding: Array(pieces.joined()))
    }

    /// The key of a chunk in the cache.
    static func cacheKey(ofChunk index: Int, of id: String) -> String { "martlet:chunk:\(id):\(index)" }

    private func chunk(_ index: Int, of id: String) async throws -> [UInt8] {
        let key = DatasetReader.cacheKey(ofChunk: index, of: id)
        if let bytes = await cache?.value(key) {
            reads.cache.increment(by: bytes.count)
            return bytes
        }
        guard let bytes = try await store.chunk(index, of: id) else {
            throw PlatformError(.notFound, "there is no dataset \(id), or a part of it is missing")
        }
        reads.store.increment(by: bytes.count)
        await cache?.set(bytes, for: key)
        return bytes
    }

    /// The chunks of these numbers in their order, several asked for at a time.
    private func chunks(_ numbers: [Int], of id: String) async throws -> [[UInt8]] {
        try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            var found = [[UInt8]](repeating: [], count: numbers.count)
            for (place, number) in numbers.enumerated() {
                if place >= DatasetReader.chunksAtATime, let (done, bytes) = try await group.next() {
                    found[done] = bytes
                }
                group.addTask { (place, try await chunk(number, of: id)) }
            }
            for try await (place, bytes) in group { found[place] = bytes }
            return found
        }
    }
}
