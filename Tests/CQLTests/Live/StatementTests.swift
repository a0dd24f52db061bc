import CQL
import Foundation
import Testing

@Suite(.enabled(if: LiveCluster.isThere, "MARTLET_CASSANDRA_CONTACT_POINTS names no server"))
struct StatementTests {
    @Test func writesAndReadsRows() async throws {
        try await LiveCluster.withKeyspace { session, _ in
            _ = try await session.execute("CREATE TABLE people (id uuid PRIMARY KEY, name text, age int, picture blob)")
            let id = UUID()
            let insert = try await session.prepare("INSERT INTO people (id, name, age, picture) VALUES (?, ?, ?, ?)")
            #expect(insert.markers.map(\.name) == ["id", "name", "age", "picture"])
            let picture = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            _ = try await session.execute(insert, [id, "Ada", 36, picture])
            let rows = try await session.execute("SELECT name, age, picture FROM people WHERE id = ?", [id])
            #expect(rows.count == 1)
            let row = try #require(rows.first)
            #expect(try row["name", as: String.self] == "Ada")
            #expect(try row["age", as: Int32.self] == 36)
            #expect(try row[2, as: [UInt8].self] == picture)
            #expect(try row.cell("picture").bytes.map { Array($0) } == picture)
        }
    }
}
