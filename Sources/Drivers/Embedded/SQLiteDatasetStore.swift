internal import Platform
internal import SQLite

/// Datasets in a SQLite database.
struct SQLiteDatasetStore: DatasetStore {
    private let database: EmbeddedDatabase

    init(_ database: EmbeddedDatabase) { self.database = database }

    func begin(_ id: String) async throws {
        let now = Timestamp.now()
        try await database.write(durability: .process) {
            try $0.execute(
                "INSERT INTO datasets (id, begun_at) VALUES (?, ?) ON CONFLICT DO NOTHING", id, now.milliseconds)
        }
    }

    func put(_ chunks: [DatasetChunk], of id: String) async throws {
        try ChunkLimits.check(chunks)
        // Flushed to the disk with the record that makes the dataset seen.
        try await database.write(durability: .process) { connection in
            guard try connection.first("SELECT 1 FROM datasets WHERE id = ?", id, make: { _ in true }) != nil else {
                throw PlatformError(.notFound, "there is no dataset \(id)")
            }
            for chunk in chunks {
                try connection.execute(
                    """
                    INSERT INTO dataset_chunks (dataset_id, chunk, bytes) VALUES (?, ?, ?)
                    ON CONFLICT DO UPDATE SET bytes = excluded.bytes
                    """, id, chunk.index, chunk.bytes)
            }
        }
    }

    func complete(_ record: DatasetRecord, profile: [UInt8]) async throws {
        let bytes = try RecordCodec.encode(record)
        try await database.write { connection in
            let id = record.id
            guard try connection.first("SELECT 1 FROM datasets WHERE id = ?", id, make: { _ in true }) != nil else {
                throw PlatformError(.notFound, "there is no dataset \(id)")
            }
            try connection.execute(
                """
                INSERT INTO dataset_documents (dataset_id, record, profile) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET record = excluded.record, profile = excluded.profile
                """, id, bytes, profile)
        }
    }

    func dataset(_ id: String) async throws -> DatasetRecord? {
        let bytes = try await database.read {
            try $0.first("SELECT record FROM dataset_documents WHERE dataset_id = ?", id) {
                try $0.value(0, as: [UInt8].self)
            }
        }
        return try bytes.map { try RecordCodec.decode($0) }
    }

    func datasets(limit: Int, after cursor: Cursor?) async throws -> Page<DatasetRecord> {
        let bound = try cursor?.position() ?? "~"
        let rows = try await database.read {
            try $0.query(
                """
                SELECT dataset_id, record FROM dataset_documents WHERE dataset_id < ? ORDER BY dataset_id DESC LIMIT ?
                """, bound, max(1, limit) + 1
            ) { (try $0.value(0, as: String.self), try $0.value(1, as: [UInt8].self)) }
        }
        return Page(sorted: try rows.map { ($0.0, try RecordCodec.decode($0.1)) }, limit: limit)
    }

    func profile(of id: String) async throws -> [UInt8]? {
        try await database.read {
            try $0.first("SELECT profile FROM dataset_documents WHERE dataset_id = ?", id) { try $0.value(0) }
        }
    }

    func chunk(_ index: Int, of id: String) async throws -> [UInt8]? {
        try await database.read {
            try $0.first(
                """
                SELECT c.bytes FROM dataset_chunks c JOIN dataset_documents d ON d.dataset_id = c.dataset_id
                WHERE c.dataset_id = ? AND c.chunk = ?
                """, id, index
            ) { try $0.value(0) }
        }
    }

    @discardableResult
    func delete(_ id: String) async throws -> Bool {
        try await database.remove { connection in
            let found = try connection.first(
                "SELECT 1 FROM dataset_documents WHERE dataset_id = ?", id, make: { _ in true })
            try connection.execute("DELETE FROM datasets WHERE id = ?", id)
            return found ?? false
        }
    }

    func removeIncomplete(begunBefore moment: Timestamp) async throws {
        try await database.remove {
            try $0.execute(
                "DELETE FROM datasets WHERE begun_at < ? AND id NOT IN (SELECT dataset_id FROM dataset_documents)",
                moment.milliseconds)
        } givesBack: {
            $0 > 0
        }
    }
}
