internal import CQL
internal import Platform

/// Models in Cassandra. A blob is written whole under a version of its own before its name points to it, so that readers get
/// all of the new one or all of the old; every version is noted before its pieces, so that none is lost. What a name pointed to
/// before stays until the name is removed: a reader may be at it, and no condition is needed to tell who replaced what.
struct CassandraModelStore: ModelStore {
    private let database: CassandraDatabase

    init(_ database: CassandraDatabase) { self.database = database }

    private struct Head: Sendable {
        let version: String
        let bytes: Int
    }

    private func head(_ name: String, of experimentID: String) async throws -> Head? {
        try await database.first(
            "SELECT version, bytes FROM blob_heads WHERE experiment_id = ? AND name = ?", experimentID, name
        ) { Head(version: try $0[0, as: String.self], bytes: Int(try $0[1, as: Int64.self])) }
    }

    // MARK: Blobs

    func put(_ blob: [UInt8], name: String, of experimentID: String) async throws {
        let version = Identifier.make()
        let pieces = ChunkLimits.pieces(of: blob)
        try await database.execute(
            "INSERT INTO blob_versions (experiment_id, version, name, pieces) VALUES (?, ?, ?, ?)", experimentID,
            version, name, pieces.count)
        try await Array(pieces.enumerated()).concurrently { index, bytes in
            try await database.execute(
                "INSERT INTO blob_pieces (version, bucket, piece, bytes) VALUES (?, ?, ?, ?)", version,
                index / CassandraSchema.piecesPerPartition, index, bytes)
        }
        try await database.execute(
            "INSERT INTO blob_heads (experiment_id, name, version, bytes) VALUES (?, ?, ?, ?)", experimentID, name,
            version, Int64(blob.count))
    }

    func open(_ name: String, of experimentID: String) async throws -> StoredBlob? {
        guard let head = try await head(name, of: experimentID) else { return nil }
        return StoredBlob(version: head.version, size: head.bytes) { [database] index in
            try await database.first(
                "SELECT bytes FROM blob_pieces WHERE version = ? AND bucket = ? AND piece = ?", head.version,
                index / CassandraSchema.piecesPerPartition, index
            ) { try $0[0, as: [UInt8].self] }
        }
    }

    func removeBlobs(_ names: [String], of experimentID: String) async throws {
        let names = Set(names)
        try await remove(try await versions(of: experimentID).filter { names.contains($0.name) }, experimentID)
    }

    private struct Version: Sendable {
        let id: String
        let name: String
        let pieces: Int
    }

    /// All that was written, replaced or not.
    private func versions(of experimentID: String) async throws -> [Version] {
        try await database.query(
            "SELECT version, name, pieces FROM blob_versions WHERE experiment_id = ?", experimentID
        ) {
            Version(id: try $0[0, as: String.self], name: try $0[1, as: String.self], pieces: try $0[2, as: Int.self])
        }
    }

    /// The names go first, and what says that there are pieces last: what is interrupted can be repeated.
    private func remove(_ versions: [Version], _ experimentID: String) async throws {
        try await Set(versions.map(\.name)).sorted().concurrently { name in
            try await database.execute(
                "DELETE FROM blob_heads WHERE experiment_id = ? AND name = ?", experimentID, name)
        }
        try await versions.concurrently { version in
            for bucket in 0...max(0, version.pieces - 1) / CassandraSchema.piecesPerPartition {
                try await database.execute(
                    "DELETE FROM blob_pieces WHERE version = ? AND bucket = ?", version.id, bucket)
            }
            try await database.execute(
                "DELETE FROM blob_versions WHERE experiment_id = ? AND version = ?", experimentID, version.id)
        }
    }

    // MARK: Records

    func put(_ record: ModelRecord) async throws {
        try await database.execute(
            "INSERT INTO models (experiment_id, id, record) VALUES (?, ?, ?)", record.experimentID, record.id,
            try RecordCodec.encode(record))
    }

    func model(_ id: String) async throws -> ModelRecord? {
        guard let experimentID = ModelRecord.experimentID(ofModel: id) else { return nil }
        let bytes = try await database.first(
            "SELECT record FROM models WHERE experiment_id = ? AND id = ?", experimentID, id
        ) { try $0[0, as: [UInt8].self] }
        return try bytes.map { try RecordCodec.decode($0) }
    }

    func models(of experimentID: String, limit: Int, after cursor: Cursor?) async throws -> Page<ModelRecord> {
        let rows = try await database.query(
            "SELECT id, record FROM models WHERE experiment_id = ? AND id > ? LIMIT ?", experimentID,
            try cursor?.position() ?? "", max(1, limit) + 1
        ) { (try $0[0, as: String.self], try $0[1, as: [UInt8].self]) }
        return Page(sorted: try rows.map { ($0.0, try RecordCodec.decode($0.1)) }, limit: limit)
    }

    func deleteAll(of experimentID: String) async throws {
        try await remove(try await versions(of: experimentID), experimentID)
        try await database.execute("DELETE FROM models WHERE experiment_id = ?", experimentID)
    }
}
