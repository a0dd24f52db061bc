import CQL
import Foundation
import Testing

extension LiveTests {
    /// `cassandra-driver` for Python reads what this client wrote, and the other way round, for every type.
    @Suite(
        .enabled(
            if: LiveCluster.isThere && LiveCluster.python != nil,
            "MARTLET_CASSANDRA_CONTACT_POINTS or MARTLET_TEST_PYTHON (an interpreter with cassandra-driver) is not set")
    )
    struct InteroperabilityTests {
        @Test func bothWays() async throws {
            try await LiveCluster.withKeyspace { session, keyspace in
                try await TypeTests.makeTable(session)
                let values: [any CQLEncodable] = [1] + TypeTests.columns.map(\.value)
                _ = try await session.execute(TypeTests.insert, values)
                try await Self.python(keyspace, "read")
                try await Self.python(keyspace, "write")
                let row = try #require(try await session.execute("SELECT * FROM types WHERE id = ?", [2]).first)
                for column in TypeTests.columns {
                    #expect(try row[column.name, as: CQLValue.self] == column.value, "\(column.type)")
                }
            }
        }

        /// Runs the script beside this file; its last words are the failure's message.
        private static func python(_ keyspace: String, _ action: String) async throws {
            let environment = ProcessInfo.processInfo.environment
            let point = (LiveCluster.contactPoints ?? "").split(separator: ",").first.map(String.init) ?? ""
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("interoperability.py").path
            try await LiveCluster.run(
                LiveCluster.python ?? "",
                [
                    script, point, keyspace, action, environment["MARTLET_CASSANDRA_TLS_CA"] ?? "",
                    environment["MARTLET_CASSANDRA_USERNAME"] ?? "", environment["MARTLET_CASSANDRA_PASSWORD"] ?? "",
                ])
        }
    }
}
