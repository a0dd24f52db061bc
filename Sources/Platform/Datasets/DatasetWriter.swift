internal import Foundation
internal import Learners
internal import Synchronization
internal import Tabular

/// Turns a table's source into a stored dataset, in memory for a few chunks whatever its size.
struct DatasetWriter: Sendable {
    /// Rows encoded at a time.
    static let rowsPerBlock = 32_768

    let store: any DatasetStore

    /// Reads the source on a thread of its own and stores it; the dataset is seen when this returns. Where it throws, or the
    /// task is cancelled, nothing is left.
    func write(_ source: TableSource, name: String, options: ReadOptions) async throws -> DatasetRecord {
        let id = Identifier.make()
        let store = store
        let cancellation = Cancellation()
        let thread = WorkThread(name: "martlet-upload")
        defer { thread.stop() }
        do {
            try await store.begin(id)
            let (record, profile) = try await withTaskCancellationHandler {
                try await thread.run {
                    try DatasetWriter.read(source, id: id, name: name, options: options) { chunk, index in
                        if cancellation.isCancelled { throw CancellationError() }
                        try waitForTask { try await store.put(chunk, index: index, of: id) }
                    }
                }
            } onCancel: {
                cancellation.cancel()
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
        put: (_ chunk: [UInt8], _ index: Int) throws -> Void
    ) throws -> (DatasetRecord, profile: [UInt8]) {
        let bytes = try size(of: source)
        var layout = DatasetLayout()
        var firstRow = 0
        var builder = ProfileBuilder()
        let summary = try TableReader.readChunks(source, options, rowsPerChunk: rowsPerBlock) { block in
            builder.add(block)
            for (index, column) in block.columns.enumerated() {
                for chunk in try ChunkCodec.encode(column, index: index, firstRow: firstRow) {
                    try put(chunk.bytes, layout.places.count)
                    layout.places.append(.init(column: chunk.column, rows: chunk.rows))
                }
            }
            firstRow += block.rowCount
        }
        let pieces = ChunkLimits.pieces(of: layout.encoded())
        for (index, piece) in pieces.enumerated() { try put(piece, layout.places.count + index) }
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

    private static func size(of source: TableSource) throws -> Int {
        switch source {
        case .bytes(let bytes): bytes.count
        case .file(let path):
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        }
    }
}
