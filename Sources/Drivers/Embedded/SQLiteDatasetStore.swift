internal import Platform
internal import SQLite

/// Datasets in a SQLite database.
struct SQLiteDatasetStore: DatasetStore {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func begin(_ id: String) async throws {
        let now = Timestamp.now()
        try await database.write(durability: .process) {
            try $0.execute(
                "INSERT INTO datasets (id, begun_at) VALUES (?, ?) ON CONFLICT DO NOTHING", id, now.milliseconds)
        }
    }

    func put(_ chunk: [UInt8], index: Int, of id: String) async throws {
        guard chunk.count <= ChunkLimits.bytes else { throw ChunkLimits.tooLarge(chunk.count) }
        // Flushed to the disk with the record that makes the dataset seen.
        try await database.write(durability: .process) { connection in
            guard try connection.first("SELECT 1 FROM datasets WHERE id = ?", id, make: { _ in true }) != nil else {
                throw PlatformError(.notFound, "there is no dataset \(id)")
            }
            try connection.execute(
                """
                INSERT INTO dataset_chunks (dataset_id, chunk, bytes) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET bytes = excluded.bytes
                """, id, index, chunk)
        }
    }

    func complete(_ record: DatasetRecord, profile: [UInt8]) async throws {
        let bytes = try RecordCodec.encode(record)
        let changed = try await database.write {
            try $0.execute("UPDATE datasets SET record = ?, profile = ? WHERE id = ?", bytes, profile, record.id)
        }
        guard changed == 1 else { throw PlatformError(.notFound, "there is no dataset \(record.id)") }
    }

    func dataset(_ id: String) async throws -> DatasetRecord? {
        let bytes = try await database.read {
            try $0.first("SELECT record FROM datasets WHERE id = ? AND record IS NOT NULL", id) {
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
                SELECT id, record FROM datasets WHERE record IS NOT NULL AND id < ? ORDER BY id DESC LIMIT ?
                """, bound, max(1, limit) + 1
            ) { (try $0.value(0, as: String.self), try $0.value(1, as: [UInt8].self)) }
        }
        return Page(sorted: try rows.map { ($0.0, try RecordCodec.decode($0.1)) }, limit: limit)
    }

    func profile(of id: String) async throws -> [UInt8]? {
        try await database.read {
            try $0.first("SELECT profile FROM datasets WHERE id = ? AND record IS NOT NULL", id) { try $0.value(0) }
        }
    }

    func chunk(_ index: Int, of id: String) async throws -> [UInt8]? {
        try await database.read {
            try $0.first(
                """
                SELECT c.bytes FROM dataset_chunks c JOIN datasets d ON d.id = c.dataset_id
                WHERE d.id = ? AND d.record IS NOT NULL AND c.chunk = ?
                """, id, index
            ) { try $0.value(0) }
        }
    }

    @discardableResult
    func delete(_ id: String) async throws -> Bool {
        let wasComplete = try await database.write { connection in
            let found = try connection.first("SELECT record IS NOT NULL FROM datasets WHERE id = ?", id) {
                try $0.value(0, as: Bool.self)
            }
            try connection.execute("DELETE FROM datasets WHERE id = ?", id)
            return found ?? false
        }
        try await database.returnFreePages()
        return wasComplete
    }

    func removeIncomplete(begunBefore moment: Timestamp) async throws {
        let removed = try await database.write {
            try $0.execute(
                "DELETE FROM datasets WHERE record IS NULL AND begun_at < ?", moment.milliseconds)
        }
        if removed > 0 { try await database.returnFreePages() }
    }
}

extension Database {
    /// Gives the pages of deleted rows back to the file system, some at a time so that other writes come between.
    func returnFreePages() async throws {
        while true {
            let left = try await maintain { connection in
                try connection.execute("PRAGMA incremental_vacuum(2048)")
                return try connection.first("PRAGMA freelist_count") { try $0.value(0, as: Int.self) } ?? 0
            }
            if left == 0 { return }
        }
    }
}
