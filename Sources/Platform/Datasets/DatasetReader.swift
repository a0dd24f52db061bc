internal import Tabular

/// Brings stored datasets back as tables.
struct DatasetReader: Sendable {
    let store: any DatasetStore
    /// A cache between this process and the store.
    let cache: (any BlobCache)?

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
            var encoded: [[UInt8]] = []
            for number in numbers { encoded.append(try await chunk(number, of: record.id)) }
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
        var bytes: [UInt8] = []
        for piece in 0..<record.layoutChunks { bytes += try await chunk(record.chunks + piece, of: record.id) }
        return try DatasetLayout(decoding: bytes)
    }

    private func chunk(_ index: Int, of id: String) async throws -> [UInt8] {
        let key = "chunk:\(id):\(index)"
        if let bytes = await cache?.value(key) { return bytes }
        guard let bytes = try await store.chunk(index, of: id) else {
            throw PlatformError(.notFound, "there is no dataset \(id), or a part of it is missing")
        }
        await cache?.set(bytes, for: key)
        return bytes
    }
}
