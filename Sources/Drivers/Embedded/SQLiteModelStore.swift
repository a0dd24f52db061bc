internal import Platform
internal import SQLite

/// Models in a SQLite database; a blob is stored in pieces of at most 1 MiB, its size beside its name.
struct SQLiteModelStore: ModelStore {
    private static let blobTables = ["model_blob_heads", "model_blobs"]

    private let database: EmbeddedDatabase

    init(_ database: EmbeddedDatabase) { self.database = database }

    func put(_ blob: [UInt8], name: String, of experimentID: String) async throws {
        let version = Identifier.make()
        try await database.write { connection in
            if try SQLiteModelStore.isThere(blob, name, experimentID, connection) { return }
            try connection.execute(
                "DELETE FROM model_blobs WHERE experiment_id = ? AND name = ?", experimentID, name)
            for (piece, bytes) in ChunkLimits.pieces(of: blob).enumerated() {
                try connection.execute(
                    "INSERT INTO model_blobs (experiment_id, name, piece, bytes) VALUES (?, ?, ?, ?)", experimentID,
                    name, piece, bytes)
            }
            try connection.execute(
                """
                INSERT INTO model_blob_heads (experiment_id, name, version, bytes) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET version = excluded.version, bytes = excluded.bytes
                """, experimentID, name, version, blob.count)
        }
    }

    /// Whether the name points to the same bytes already: then whoever reads them may go on.
    private static func isThere(
        _ blob: [UInt8], _ name: String, _ experimentID: String, _ connection: Connection
    ) throws -> Bool {
        let size = try connection.first(
            "SELECT bytes FROM model_blob_heads WHERE experiment_id = ? AND name = ?", experimentID, name
        ) { try $0.value(0, as: Int.self) }
        guard size == blob.count else { return false }
        for (piece, bytes) in ChunkLimits.pieces(of: blob).enumerated() {
            let isSame = try connection.first(
                "SELECT 1 FROM model_blobs WHERE experiment_id = ? AND name = ? AND piece = ? AND bytes = ?",
                experimentID, name, piece, bytes, make: { _ in true })
            if isSame == nil { return false }
        }
        return true
    }

    func open(_ name: String, of experimentID: String) async throws -> StoredBlob? {
        let head = try await database.read {
            try $0.first(
                "SELECT version, bytes FROM model_blob_heads WHERE experiment_id = ? AND name = ?", experimentID, name
            ) { (version: try $0.value(0, as: String.self), bytes: try $0.value(1, as: Int.self)) }
        }
        guard let (version, size) = head else { return nil }
        return StoredBlob(version: version, size: size) { [database] piece in
            try await database.read {
                try $0.first(
                    """
                    SELECT p.bytes FROM model_blob_heads h
                    JOIN model_blobs p ON p.experiment_id = h.experiment_id AND p.name = h.name
                    WHERE h.experiment_id = ? AND h.name = ? AND h.version = ? AND p.piece = ?
                    """, experimentID, name, version, piece
                ) { try $0.value(0, as: [UInt8].self) }
            }
        }
    }

    func removeBlobs(_ names: [String], of experimentID: String) async throws {
        try await database.remove { connection in
            for (name, table) in names.flatMap({ name in SQLiteModelStore.blobTables.map { (name, $0) } }) {
                try connection.execute("DELETE FROM \(table) WHERE experiment_id = ? AND name = ?", experimentID, name)
            }
        }
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
        try await database.remove { connection in
            for table in ["models"] + SQLiteModelStore.blobTables {
                try connection.execute("DELETE FROM \(table) WHERE experiment_id = ?", experimentID)
            }
        }
    }
}
