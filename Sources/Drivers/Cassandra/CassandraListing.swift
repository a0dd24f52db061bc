internal import CQL
internal import Platform

/// Ids of one kind, the newest first, in partitions of about a year each: the first three letters of an id tell its time to
/// 2³⁵ milliseconds.
struct CassandraListing: Sendable {
    let database: CassandraDatabase
    let kind: String

    private static func bucket(of id: String) -> String { String(id.prefix(3)) }

    func add(_ id: String) async throws {
        let bucket = CassandraListing.bucket(of: id)
        try await database.execute("INSERT INTO listing_buckets (kind, bucket) VALUES (?, ?)", kind, bucket)
        try await database.execute("INSERT INTO listings (kind, bucket, id) VALUES (?, ?, ?)", kind, bucket, id)
    }

    func remove(_ id: String) async throws {
        try await database.execute(
            "DELETE FROM listings WHERE kind = ? AND bucket = ? AND id = ?", kind, CassandraListing.bucket(of: id), id)
    }

    /// Ids below `bound`, at most so many.
    private func ids(below bound: String, limit: Int) async throws -> [String] {
        let first = CassandraListing.bucket(of: bound)
        let buckets = try await database.query(
            "SELECT bucket FROM listing_buckets WHERE kind = ? AND bucket <= ?", kind, first
        ) { try $0[0, as: String.self] }
        var found: [String] = []
        for bucket in buckets where found.count < limit {
            found += try await database.query(
                "SELECT id FROM listings WHERE kind = ? AND bucket = ? AND id < ? LIMIT ?", kind, bucket, bound,
                limit - found.count
            ) { try $0[0, as: String.self] }
        }
        return found
    }

    /// A page of what `record` gives for the ids; those that give nothing are passed over.
    func page<Record: Sendable>(
        limit: Int, after cursor: Cursor?, _ record: @escaping @Sendable (String) async throws -> Record?
    ) async throws -> Page<Record> {
        let limit = max(1, limit)
        var bound = try cursor?.position() ?? "~"
        var found: [(key: String, item: Record)] = []
        while found.count <= limit {
            let wanted = limit + 1 - found.count
            let ids = try await self.ids(below: bound, limit: wanted)
            let records = try await withThrowingTaskGroup(of: (String, Record?).self) { group in
                for id in ids { group.addTask { (id, try await record(id)) } }
                return try await group.reduce(into: [String: Record]()) { $0[$1.0] = $1.1 }
            }
            found += ids.compactMap { id in records[id].map { (id, $0) } }
            guard ids.count == wanted, let last = ids.last else { break }
            bound = last
        }
        return Page(sorted: found, limit: limit)
    }
}
