import CQL
import Foundation
import Testing

extension LiveTests {
    struct StatementTests {
        @Test func writesAndReadsRows() async throws {
            try await LiveCluster.withKeyspace { session, _ in
                _ = try await session.execute(
                    "CREATE TABLE people (id uuid PRIMARY KEY, name text, age int, picture blob)")
                let id = UUID()
                let insert = try await session.prepare(
                    "INSERT INTO people (id, name, age, picture) VALUES (?, ?, ?, ?)")
                #expect(insert.markers.map(\.name) == ["id", "name", "age", "picture"])
                let picture = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
                _ = try await session.execute(insert, [id, "Ada", 36, picture])
                let rows = try await session.execute("SELECT name, age, picture FROM people WHERE id = ?", [id])
                #expect(rows.count == 1)
                let row = try #require(rows.first)
                #expect(try row["name", as: String.self] == "Ada")
                #expect(try row["age", as: Int32.self] == 36)
                #expect(try row[2, as: [UInt8].self] == picture)
                #expect(try row.cell("picture").bytes.map { Array($0) } == picture)
                #expect(try await session.execute("SELECT name FROM people WHERE id = ?", [UUID()]).isEmpty)
                let metrics = session.metrics
                #expect(metrics.requests >= 4 && metrics.answers >= 4 && metrics.connections > 0)
                #expect(metrics.bytesSent > 300_000 && metrics.bytesReceived > 300_000)
                #expect(metrics.latency.count > 0 && metrics.inFlight == 0)
            }
        }

        @Test func pagesOfManyRows() async throws {
            try await LiveCluster.withKeyspace { session, _ in
                _ = try await session.execute("CREATE TABLE numbers (part int, n int, PRIMARY KEY (part, n))")
                let insert = try await session.prepare("INSERT INTO numbers (part, n) VALUES (?, ?)")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for first in stride(from: 0, to: 10_000, by: 500) {
                        group.addTask {
                            for n in first..<(first + 500) { _ = try await session.execute(insert, [1, n]) }
                        }
                    }
                    try await group.waitForAll()
                }
                var sum = 0
                var count = 0
                var options = RequestOptions(pageSize: 700)
                for try await row in session.rows("SELECT n FROM numbers WHERE part = ?", [1], options: options) {
                    #expect(try row[0, as: Int.self] == count)
                    sum += try row[0, as: Int.self]
                    count += 1
                }
                #expect(count == 10_000 && sum == 49_995_000)
                var sizes: [Int] = []
                for try await page in session.rows("SELECT n FROM numbers", options: options).pages {
                    sizes.append(page.count)
                }
                #expect(sizes.reduce(0, +) == 10_000 && sizes.count >= 15 && sizes.max() == 700)
                let first = try await session.execute("SELECT n FROM numbers WHERE part = 1", options: options)
                #expect(first.count == 700 && first.hasMorePages)
                options.pagingState = first.pagingState
                let second = try await session.execute("SELECT n FROM numbers WHERE part = 1", options: options)
                #expect(try second[0][0, as: Int.self] == 700)
                let all = try await session.execute(
                    "SELECT n FROM numbers WHERE part = 1", options: RequestOptions(pageSize: 0))
                #expect(all.count == 10_000 && !all.hasMorePages)
                await #expect(throws: CQLError.self) {
                    _ = try await session.execute("SELECT n FROM numbers", options: RequestOptions(pageSize: -1))
                }
            }
        }

        @Test func batches() async throws {
            try await LiveCluster.withKeyspace { session, _ in
                _ = try await session.execute("CREATE TABLE items (id int PRIMARY KEY, name text)")
                _ = try await session.execute("CREATE TABLE hits (id int PRIMARY KEY, n counter)")
                let insert = try await session.prepare("INSERT INTO items (id, name) VALUES (?, ?)")
                for kind in [Batch.Kind.logged, .unlogged] {
                    var batch = Batch(kind)
                    batch.add(insert, [1, "\(kind)"])
                    batch.add("INSERT INTO items (id, name) VALUES (?, ?)", [2, "two"])
                    batch.add("INSERT INTO items (id, name) VALUES (3, 'three')")
                    _ = try await session.batch(batch)
                    let rows = try await session.execute("SELECT id, name FROM items")
                    #expect(
                        Set(try rows.map { (row: Row) in try row[1, as: String.self] }) == ["\(kind)", "two", "three"])
                }
                var counters = Batch(.counter)
                counters.add("UPDATE hits SET n = n + ? WHERE id = 1", [2])
                counters.add("UPDATE hits SET n = n + ? WHERE id = 1", [3])
                _ = try await session.batch(counters)
                let hits = try #require(try await session.execute("SELECT n FROM hits WHERE id = 1").first)
                #expect(try hits[0, as: Int.self] == 5)
            }
        }

        @Test func conditionalWrites() async throws {
            try await LiveCluster.withKeyspace { session, _ in
                _ = try await session.execute("CREATE TABLE locks (name text PRIMARY KEY, owner text)")
                let acquire = try await session.prepare("INSERT INTO locks (name, owner) VALUES (?, ?) IF NOT EXISTS")
                let options = RequestOptions(serialConsistency: .localSerial)
                #expect(try await session.execute(acquire, ["a", "me"], options: options).isApplied)
                let refused = try await session.execute(acquire, ["a", "you"], options: options)
                #expect(!refused.isApplied)
                #expect(try refused[0]["owner", as: String.self] == "me")
                let change = "UPDATE locks SET owner = ? WHERE name = ? IF owner = ?"
                #expect(try await session.execute(change, ["you", "a", "me"]).isApplied)
                #expect(try await !session.execute(change, ["you", "a", "me"]).isApplied)
            }
        }

        @Test(arguments: [ProtocolVersion.v5, .v4]) func changedTablesAndForgottenStatements(version: ProtocolVersion)
            async throws
        {
            try await LiveCluster.withKeyspace {
                $0.maximumVersion = version
            } _: { session, _ in
                _ = try await session.execute("CREATE TABLE things (id int PRIMARY KEY, a text)")
                let insert = try await session.prepare("INSERT INTO things (id, a) VALUES (?, ?)")
                let select = try await session.prepare("SELECT * FROM things WHERE id = ?")
                _ = try await session.execute(insert, [1, "x"])
                #expect(try await session.execute(select, [1]).columns.map(\.name) == ["id", "a"])
                // A changed table takes its statements out of the server's memory.
                _ = try await session.execute("ALTER TABLE things ADD b int")
                _ = try await session.execute("UPDATE things SET b = 5 WHERE id = 1")
                _ = try await session.execute(insert, [1, "y"])
                let row = try #require(try await session.execute(select, [1]).first)
                #expect(row.columns.map(\.name) == ["id", "a", "b"])
                #expect(try row["a", as: String.self] == "y")
                #expect(try row["b", as: Int.self] == 5)
                #expect(session.metrics.repreparations > 0)
                var batch = Batch()
                batch.add(insert, [2, "batch"])
                _ = try await session.execute("ALTER TABLE things ADD c int")
                _ = try await session.batch(batch)
                let added = try #require(try await session.execute(select, [2]).first)
                #expect(try added["a", as: String.self] == "batch")
            }
        }

        @Test func manyRequestsAtOnce() async throws {
            try await LiveCluster.withKeyspace { session, _ in
                _ = try await session.execute("CREATE TABLE squares (id int PRIMARY KEY, square bigint)")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<3_000 {
                        group.addTask {
                            _ = try await session.execute(
                                "INSERT INTO squares (id, square) VALUES (?, ?)", [number, number * number])
                            let rows = try await session.execute("SELECT square FROM squares WHERE id = ?", [number])
                            #expect(try rows[0][0, as: Int.self] == number * number)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(session.metrics.inFlight == 0)
            }
        }

        @Test func refusalsOfTheServer() async throws {
            try await LiveCluster.withKeyspace { session, keyspace in
                let syntax = await #expect(throws: CQLError.self) { try await session.execute("SELEC") }
                #expect(syntax?.code == .syntax && syntax?.host != nil)
                let invalid = await #expect(throws: CQLError.self) {
                    try await session.prepare("SELECT * FROM nowhere")
                }
                #expect(invalid?.code == .invalid)
                _ = try await session.execute("CREATE TABLE t (id int PRIMARY KEY)")
                let existing = await #expect(throws: CQLError.self) {
                    try await session.execute("CREATE TABLE t (id int PRIMARY KEY)")
                }
                #expect(existing?.code == .alreadyExists && existing?.details?.existing == [keyspace, "t"])
                let count = await #expect(throws: CQLError.self) {
                    try await session.execute("SELECT * FROM t WHERE id = ?", [1, 2])
                }
                #expect(count?.code == .wrongNumberOfValues)
                let use = await #expect(throws: CQLError.self) { try await session.execute("USE system") }
                #expect(use?.code == .configuration)
            }
        }

        @Test func cancelledTasksDoNotWait() async throws {
            try await LiveCluster.withKeyspace { session, _ in
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await session.execute("SELECT * FROM system.local")
                }
                await #expect(throws: CancellationError.self) { try await task.value }
                // The session goes on.
                let rows = try await session.execute("SELECT key FROM system.local")
                #expect(rows.count == 1)
            }
        }
    }
}
