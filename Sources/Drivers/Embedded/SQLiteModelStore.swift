internal import Platform
internal import SQLite

/// Models in a SQLite database; a blob is stored in pieces of at most 1 MiB.
struct SQLiteModelStore: ModelStore {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func put(_ blob: [UInt8], name: String, of experimentID: String) async throws {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM model_blobs WHERE experiment_id = ? AND name = ?", experimentID, name)
            for (piece, bytes) in ChunkLimits.pieces(of: blob).enumerated() {
                try connection.execute(
                    "INSERT INTO model_blobs (experiment_id, name, piece, bytes) VALUES (?, ?, ?, ?)", experimentID,
                    name, piece, bytes)
            }
        }
    }

    func blob(_ name: String, of experimentID: String) async throws -> [UInt8]? {
        try await database.read { connection in
            var blob: [UInt8]?
            try connection.forEach(
                "SELECT bytes FROM model_blobs WHERE experiment_id = ? AND name = ? ORDER BY piece", experimentID, name
            ) { row in
                let piece = try row.value(0, as: [UInt8].self)
                blob = blob.map { $0 + piece } ?? piece
            }
            return blob
        }
    }

    func removeBlobs(_ names: [String], of experimentID: String) async throws {
        try await database.write { connection in
            for name in names {
                try connection.execute(
                    "DELETE FROM model_blobs WHERE experiment_id = ? AND name = ?", experimentID, name)
            }
        }
        try await database.returnFreePages()
    }

    func put(_ record: ModelRecord) async throws {
        let bytes = try RecordCodec.encode(record)
        try await database.write {
            try $0.execute(
                """
                INSERT INTO models (experiment_id, id, record) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET record = excluded.record
                """, record.experimentID, record.id, bytes)
        }
    }

    func model(_ id: String) async throws -> ModelRecord? {
        let bytes = try await database.read {
            try $0.first("SELECT record FROM models WHERE id = ?", id) { try $0.value(0, as: [UInt8].self) }
        }
        return try bytes.map { try RecordCodec.decode($0) }
    }

    func models(of experimentID: String, limit: Int, after cursor: Cursor?) async throws -> Page<ModelRecord> {
        let bound = try cursor?.position() ?? ""
        let rows = try await database.read {
            try $0.query(
                "SELECT id, record FROM models WHERE experiment_id = ? AND id > ? ORDER BY id LIMIT ?", experimentID,
                bound, max(1, limit) + 1
            ) { (try $0.value(0, as: String.self), try $0.value(1, as: [UInt8].self)) }
        }
        return Page(sorted: try rows.map { ($0.0, try RecordCodec.decode($0.1)) }, limit: limit)
    }

    func deleteAll(of experimentID: String) async throws {
        try await database.write { connection in
            try connection.execute("DELETE FROM models WHERE experiment_id = ?", experimentID)
            try connection.execute("DELETE FROM model_blobs WHERE experiment_id = ?", experimentID)
        }
        try await database.returnFreePages()
    }
}
