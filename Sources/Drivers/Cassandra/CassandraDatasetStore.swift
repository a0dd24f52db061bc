internal import CQL
internal import Platform
internal import Synchronization

/// Datasets in Cassandra. What is begun or being removed stands in `dataset_uploads` until it is whole or gone, so that
/// interrupted uploads and removals are found again.
final class CassandraDatasetStore: DatasetStore {
    /// Complete datasets are remembered up to so many, and begun ones.
    private static let remembered = 4096
    private static let uploadShards = 16

    private let database: CassandraDatabase
    private let listing: CassandraListing
    private let begun = Mutex<Set<String>>([])
    private let complete = Mutex<Set<String>>([])

    init(_ database: CassandraDatabase) {
        self.database = database
        listing = CassandraListing(database: database, kind: "dataset")
    }

    private static func shard(of id: String) -> Int { Message.partition(ofKey: id, count: uploadShards) }

    private func remember(_ id: String, in set: borrowing Mutex<Set<String>>) {
        set.withLock { ids in
            if ids.count >= CassandraDatasetStore.remembered { ids = [] }
            ids.insert(id)
        }
    }

    private func notBegun(_ id: String) -> PlatformError {
        PlatformError(.notFound, "there is no dataset \(id) to write to")
    }

    // MARK: Writing

    func begin(_ id: String) async throws {
        let now = Timestamp.now().milliseconds
        try await database.execute(
            "INSERT INTO dataset_uploads (shard, id, begun_at) VALUES (?, ?, ?)", CassandraDatasetStore.shard(of: id),
            id,
            now)
        _ = try await database.apply("INSERT INTO datasets (id, begun_at) VALUES (?, ?) IF NOT EXISTS", id, now)
        remember(id, in: begun)
    }

    func put(_ chunks: [DatasetChunk], of id: String) async throws {
        try ChunkLimits.check(chunks)
        if !begun.withLock({ $0.contains(id) }) {
            let row = try await database.first("SELECT id FROM datasets WHERE id = ?", id) { _ in true }
            guard row != nil else { throw notBegun(id) }
            remember(id, in: begun)
        }
        try await chunks.concurrently { [database] chunk in
            try await database.execute(
                "INSERT INTO dataset_chunks (dataset_id, bucket, chunk, bytes) VALUES (?, ?, ?, ?)", id,
                chunk.index / CassandraSchema.piecesPerPartition, chunk.index, chunk.bytes)
        }
    }

    func complete(_ record: DatasetRecord, profile: [UInt8]) async throws {
        let id = record.id
        for (piece, bytes) in ChunkLimits.pieces(of: profile).enumerated() {
            try await database.execute(
                "INSERT INTO dataset_profiles (dataset_id, piece, bytes) VALUES (?, ?, ?)", id, piece, bytes)
        }
        // Listed first: a listed id without a record is passed over, a record that is not listed would be lost.
        try await listing.add(id)
        let result = try await database.apply(
            "UPDATE datasets SET record = ? WHERE id = ? IF EXISTS", try RecordCodec.encode(record), id)
        guard result.isApplied else {
            try await listing.remove(id)
            throw notBegun(id)
        }
        try await forgetUpload(id)
    }

    private func forgetUpload(_ id: String) async throws {
        try await database.execute(
            "DELETE FROM dataset_uploads WHERE shard = ? AND id = ?", CassandraDatasetStore.shard(of: id), id)
        begun.withLock { _ = $0.remove(id) }
    }

    // MARK: Reading

    func dataset(_ id: String) async throws -> DatasetRecord? {
        let bytes = try await database.first("SELECT record FROM datasets WHERE id = ?", id) {
            try $0[0, as: [UInt8]?.self]
        }
        guard let bytes = bytes ?? nil else { return nil }
        let record: DatasetRecord = try RecordCodec.decode(bytes)
        remember(id, in: complete)
        return record
    }

    func datasets(limit: Int, after cursor: Cursor?) async throws -> Page<DatasetRecord> {
        try await listing.page(limit: limit, after: cursor) { try await self.dataset($0) }
    }

    /// Whether the dataset is seen. That it was is remembered: of one removed since, nothing is found anyway.
    private func isComplete(_ id: String) async throws -> Bool {
        if complete.withLock({ $0.contains(id) }) { return true }
        return try await dataset(id) != nil
    }

    func profile(of id: String) async throws -> [UInt8]? {
        guard try await isComplete(id) else { return nil }
        let pieces = try await database.query(
            "SELECT bytes FROM dataset_profiles WHERE dataset_id = ? ORDER BY piece", id
        ) { try $0[0, as: [UInt8].self] }
        return pieces.isEmpty ? nil : Array(pieces.joined())
    }

    func chunk(_ index: Int, of id: String) async throws -> [UInt8]? {
        guard try await isComplete(id) else { return nil }
        return try await database.first(
            "SELECT bytes FROM dataset_chunks WHERE dataset_id = ? AND bucket = ? AND chunk = ?", id,
            index / CassandraSchema.piecesPerPartition, index
        ) { try $0[0, as: [UInt8].self] }
    }

    // MARK: Removing

    @discardableResult
    func delete(_ id: String) async throws -> Bool {
        let wasComplete = try await dataset(id) != nil
        // What is interrupted from here on is found and ended by `removeIncomplete`.
        try await database.execute(
            "INSERT INTO dataset_uploads (shard, id, begun_at) VALUES (?, ?, ?)", CassandraDatasetStore.shard(of: id),
            id,
            Timestamp.now().milliseconds)
        complete.withLock { _ = $0.remove(id) }
        _ = try await database.apply("DELETE FROM datasets WHERE id = ? IF EXISTS", id)
        try await removeContent(of: id)
        return wasComplete
    }

    private func removeContent(of id: String) async throws {
        try await listing.remove(id)
        var bucket = 0
        while try await database.first(
            "SELECT chunk FROM dataset_chunks WHERE dataset_id = ? AND bucket = ? LIMIT 1", id, bucket,
            make: { _ in true }
        ) != nil {
            try await database.execute("DELETE FROM dataset_chunks WHERE dataset_id = ? AND bucket = ?", id, bucket)
            bucket += 1
        }
        try await database.execute("DELETE FROM dataset_profiles WHERE dataset_id = ?", id)
        try await forgetUpload(id)
    }

    func removeIncomplete(begunBefore moment: Timestamp) async throws {
        for shard in 0..<CassandraDatasetStore.uploadShards {
            let uploads = try await database.query("SELECT id, begun_at FROM dataset_uploads WHERE shard = ?", shard) {
                (id: try $0[0, as: String.self], begunAt: try $0[1, as: Int64.self])
            }
            for upload in uploads where upload.begunAt < moment.milliseconds {
                if try await dataset(upload.id) != nil {
                    try await forgetUpload(upload.id)
                } else {
                    try await delete(upload.id)
                }
            }
        }
    }
}
