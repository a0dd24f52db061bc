internal import Foundation
internal import Learners
internal import Synchronization
internal import Tabular

/// Turns a table's source into a stored dataset, in memory for a few chunks whatever its size.
struct DatasetWriter: Sendable {
    /// Rows encoded at a time.
    static let rowsPerBlock = 32_768

    let store: any DatasetStore
    let longWork: LongWork

    /// Reads the source as long work and stores it; the dataset is seen when this returns. Where it throws, or the task is
    /// cancelled, nothing is left.
    func write(_ source: TableSource, name: String, options: ReadOptions) async throws -> DatasetRecord {
        let id = Identifier.make()
        let store = store
        do {
            try await store.begin(id)
            let (record, profile) = try await longWork.run { turn in
                try DatasetWriter.read(source, id: id, name: name, options: options, check: turn.checkpoint) { chunks in
                    try turn.checkpoint()
                    try turn.waiting { try waitForTask { try await store.put(chunks, of: id) } }
                }
            }
            try await store.complete(record, profile: profile)
            return record
        } catch {
            // Not in the cancelled task: what was written must go all the same.
            await _Concurrency.Task { _ = try? await store.delete(id) }.value
            throw error
        }
    }

    private static func read(
        _ source: TableSource, id: String, name: String, options: ReadOptions,
        check: @escaping @Sendable () throws -> Void, put: ([DatasetChunk]) throws -> Void
    ) throws -> (DatasetRecord, profile: [UInt8]) {
        let bytes = try size(of: source)
        var gathered = Gathered()
        var layout = DatasetLayout()
        var firstRow = 0
        var builder = ProfileBuilder()
        let summary = try TableReader.readChunks(source, options, rowsPerChunk: rowsPerBlock, check: check) { block in
            builder.add(block)
            for (index, column) in block.columns.enumerated() {
                for chunk in try ChunkCodec.encode(column, index: index, firstRow: firstRow) {
                    try gathered.add(DatasetChunk(index: layout.places.count, bytes: chunk.bytes), put)
                    layout.places.append(.init(column: chunk.column, rows: chunk.rows))
                }
            }
            firstRow += block.rowCount
        }
        let pieces = ChunkLimits.pieces(of: layout.encoded())
        for (index, piece) in pieces.enumerated() {
            try gathered.add(DatasetChunk(index: layout.places.count + index, bytes: piece), put)
        }
        try gathered.flush(put)
        let profile = builder.profile(notes: summary.notes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let record = DatasetRecord(
            id: id, name: name, rows: summary.rowCount, bytes: bytes,
            columns: profile.columns.map {
                DatasetRecord.Column(name: $0.name, type: $0.type, missing: $0.missing, distinct: $0.distinct)
            },
            notes: summary.notes, chunks: layout.places.count, layoutChunks: pieces.count, createdAt: .now())
        return (record, [UInt8](try encoder.encode(profile)))
    }

    /// Small chunks, written together: a table of many columns and few rows has very many.
    private struct Gathered {
        private var chunks: [DatasetChunk] = []
        private var bytes = 0

        mutating func add(_ chunk: DatasetChunk, _ put: ([DatasetChunk]) throws -> Void) throws {
            if bytes + chunk.bytes.count > ChunkLimits.bytes { try flush(put) }
            chunks.append(chunk)
            bytes += chunk.bytes.count
        }

        mutating func flush(_ put: ([DatasetChunk]) throws -> Void) throws {
            if !chunks.isEmpty { try put(chunks) }
            (chunks, bytes) = ([], 0)
        }
    }

    private static func size(of source: TableSource) throws -> Int {
        switch source {
        case .bytes(let bytes): bytes.count
        case .file(let path):
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        }
    }
}
