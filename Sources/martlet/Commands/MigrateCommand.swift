import CommandLine
import Drivers

/// `martlet migrate`: makes keyspace and tables, or brings them up to this version.
enum MigrateCommand {
    static let replication = Option<Int?>.integer(
        "cassandra-replication", help: "Copies that a keyspace made now keeps of everything (1)",
        range: 1...100, environment: "MARTLET_CASSANDRA_REPLICATION"
    ).configured(key: "cassandra.replication")

    static let own = [replication.declaration]

    static let command = Command(
        "migrate", summary: "Makes a cluster's tables in Cassandra, or brings them up to date",
        discussion: """
            To be run once before the first master or worker, and before those of a newer version. Running it again does
            no harm.
            """,
        options: ClusterOptions.cassandra + own, readsConfiguration: true, sharing: RoleOptions.all, run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        var cassandra = try ClusterOptions.cassandra(invocation)
        if let copies = invocation[replication] { cassandra.replication = copies }
        let console = Console()
        try await CassandraSchema.migrate(cassandra) { console.print($0) }
        console.print("The tables of keyspace \(cassandra.keyspace) are up to date.")
        return 0
    }
}
