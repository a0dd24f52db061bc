internal import CQL
internal import Platform

/// The tables, made step by step; released steps never change. docs/data-model.md tells why they are as they are.
public enum CassandraSchema {
    struct Step: Sendable {
        let name: String
        let statements: [String]
    }

    /// Chunks and pieces of one partition, so that none passes 32 MiB.
    static let piecesPerPartition = 32
    /// Events of one partition.
    static let eventsPerPartition = 8192

    // Chunks are compressed and checksummed already; rows are written once.
    private static let blobOptions = """
        compression = {'enabled': false} AND caching = {'keys': 'ALL', 'rows_per_partition': 'NONE'}
        """

    static let steps = [
        Step(
            name: "listings and datasets",
            statements: [
                """
                CREATE TABLE IF NOT EXISTS listings (
                    kind text, bucket text, id text, PRIMARY KEY ((kind, bucket), id)
                ) WITH CLUSTERING ORDER BY (id DESC)
                """,
                """
                CREATE TABLE IF NOT EXISTS listing_buckets (
                    kind text, bucket text, PRIMARY KEY (kind, bucket)
                ) WITH CLUSTERING ORDER BY (bucket DESC)
                """,
                "CREATE TABLE IF NOT EXISTS datasets (id text PRIMARY KEY, begun_at bigint, record blob)",
                "CREATE TABLE IF NOT EXISTS dataset_uploads (shard int, id text, begun_at bigint, PRIMARY KEY (shard, id))",
                """
                CREATE TABLE IF NOT EXISTS dataset_chunks (
                    dataset_id text, bucket int, chunk int, bytes blob, PRIMARY KEY ((dataset_id, bucket), chunk)
                ) WITH \(blobOptions)
                """,
                """
                CREATE TABLE IF NOT EXISTS dataset_profiles (
                    dataset_id text, piece int, bytes blob, PRIMARY KEY (dataset_id, piece)
                )
                """,
            ]),
        Step(
            name: "experiments",
            statements: [
                "CREATE TABLE IF NOT EXISTS experiments (id text PRIMARY KEY, term int, record blob)",
                "CREATE TABLE IF NOT EXISTS unfinished_experiments (shard int, id text, PRIMARY KEY (shard, id))",
                """
                CREATE TABLE IF NOT EXISTS cancellations (experiment_id text PRIMARY KEY, requested_at bigint)
                WITH default_time_to_live = 2592000
                """,
                """
                CREATE TABLE IF NOT EXISTS trials (
                    experiment_id text, trial int, proposal blob, result blob, PRIMARY KEY (experiment_id, trial)
                )
                """,
                """
                CREATE TABLE IF NOT EXISTS trial_starts (
                    experiment_id text, trial int, id text, worker text, PRIMARY KEY ((experiment_id, trial), id)
                ) WITH default_time_to_live = 2592000
                """,
                """
                CREATE TABLE IF NOT EXISTS events (
                    experiment_id text, bucket int, sequence int, record blob,
                    PRIMARY KEY ((experiment_id, bucket), sequence)
                )
                """,
            ]),
        Step(
            name: "models",
            statements: [
                """
                CREATE TABLE IF NOT EXISTS models (
                    experiment_id text, id text, record blob, PRIMARY KEY (experiment_id, id)
                )
                """,
                """
                CREATE TABLE IF NOT EXISTS blob_heads (
                    experiment_id text, name text, version text, bytes bigint, PRIMARY KEY ((experiment_id, name))
                )
                """,
                """
                CREATE TABLE IF NOT EXISTS blob_versions (
                    experiment_id text, version text, name text, pieces int, PRIMARY KEY (experiment_id, version)
                )
                """,
                """
                CREATE TABLE IF NOT EXISTS blob_pieces (
                    version text, bucket int, piece int, bytes blob, PRIMARY KEY ((version, bucket), piece)
                ) WITH \(blobOptions)
                """,
            ]),
    ]

    /// Makes the keyspace where it is missing, and the tables up to this version's.
    /// - Parameter report: told of each step that is done.
    /// - Throws: `PlatformError`, `.damaged` where a newer version made the tables.
    public static func migrate(_ configuration: CassandraConfiguration, report: (String) -> Void = { _ in })
        async throws
    {
        let keyspace = try checked(configuration.keyspace)
        let outside = try await CassandraDatabase.connect(configuration, keyspace: nil)
        do {
            let datacenter = try configuration.datacenter ?? onlyDatacenter(outside.datacenters)
            let exists = try await outside.first(
                "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?", keyspace
            ) { _ in true }
            if exists == nil {
                try await outside.execute(
                    """
                    CREATE KEYSPACE IF NOT EXISTS "\(keyspace)" WITH replication = {
                        'class': 'NetworkTopologyStrategy', '\(datacenter.replacing("'", with: "''"))': \(configuration.replication)
                    }
                    """)
                report("keyspace \(keyspace), \(configuration.replication) × in datacenter \(datacenter)")
            }
        } catch {
            await outside.close()
            throw error
        }
        await outside.close()
        let database = try await CassandraDatabase.connect(configuration, keyspace: keyspace)
        do {
            try await database.execute(
                "CREATE TABLE IF NOT EXISTS schema_steps (step int PRIMARY KEY, name text, done_at bigint)")
            let done = try await stepsDone(database)
            try refuseNewer(done)
            for (index, step) in steps.enumerated() where !done.contains(index + 1) {
                for statement in step.statements { try await database.execute(statement) }
                try await database.execute(
                    "INSERT INTO schema_steps (step, name, done_at) VALUES (?, ?, ?)", index + 1, step.name,
                    Timestamp.now().milliseconds)
                report("step \(index + 1): \(step.name)")
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// Throws where the tables are not this version's.
    static func check(_ database: CassandraDatabase, keyspace: String) async throws {
        let done: Set<Int>
        do {
            done = try await stepsDone(database)
        } catch let error as PlatformError where error.code == .storage {
            throw PlatformError(
                .unavailable, "keyspace \(keyspace) has no tables of Martlet: run “martlet migrate” first (\(error))")
        }
        try refuseNewer(done)
        guard done.count == steps.count else {
            throw PlatformError(
                .unavailable, "the tables of keyspace \(keyspace) are an older version's: run “martlet migrate” first")
        }
    }

    private static func refuseNewer(_ done: Set<Int>) throws {
        if let newest = done.max(), newest > steps.count {
            throw PlatformError(.damaged, "the tables are a newer version's (step \(newest)); update Martlet")
        }
    }

    private static func stepsDone(_ database: CassandraDatabase) async throws -> Set<Int> {
        Set(try await database.query("SELECT step FROM schema_steps") { try $0[0, as: Int.self] })
    }

    private static func onlyDatacenter(_ datacenters: Set<String>) throws -> String {
        guard let first = datacenters.first, datacenters.count == 1 else {
            throw PlatformError(
                .invalid,
                "the cluster has datacenters \(datacenters.sorted().joined(separator: ", ")): name the one to use",
                field: "cassandra.datacenter")
        }
        return first
    }

    private static func checked(_ keyspace: String) throws -> String {
        let isName =
            (1...48).contains(keyspace.utf8.count)
            && keyspace.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == 0x5f
            }
        guard isName else {
            throw PlatformError(
                .invalid, "\(keyspace) cannot name a keyspace: 1 to 48 letters, digits and underscores",
                field: "cassandra.keyspace")
        }
        return keyspace
    }
}
