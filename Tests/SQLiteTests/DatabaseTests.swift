import Foundation
import SQLite
import Testing

struct DatabaseTests {
    let folder: TemporaryFolder
    let database: Database

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(path: folder.path("test.db"))
    }

    @Test func everyStorageClassComesBack() async throws {
        let blob = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let row = try await database.write { connection in
            try connection.execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB, e INTEGER, f TEXT, g BLOB)")
            try connection.execute(
                "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", Int64.min, 0.1, "Zürich\0🌍", blob, true, String?.none,
                [UInt8]())
            return try connection.first("SELECT * FROM t") { row in
                (
                    try row.value(0, as: Int64.self), try row.value(1, as: Double.self),
                    try row.value(2, as: String.self), try row.value(3, as: [UInt8].self),
                    try row.value(4, as: Bool.self), try row.value(5, as: String?.self),
                    try row.value(6, as: [UInt8].self)
                )
            }
        }
        let values = try #require(row)
        #expect(values.0 == .min)
        #expect(values.1 == 0.1)
        #expect(values.2 == "Zürich\0🌍")
        #expect(values.3 == blob)
        #expect(values.4)
        #expect(values.5 == nil)
        #expect(values.6 == [])
    }

    @Test func wrongTypeAndWrongColumnAreErrors() async throws {
        try await database.write { try $0.execute("CREATE TABLE t (a TEXT)") }
        try await database.write { try $0.execute("INSERT INTO t VALUES ('x')") }
        let mismatch = await #expect(throws: SQLiteError.self) {
            _ = try await database.read { try $0.first("SELECT a FROM t") { try $0.value(0, as: Int.self) } }
        }
        #expect(mismatch?.code == .mismatch)
        let misuse = await #expect(throws: SQLiteError.self) {
            _ = try await database.read { try $0.first("SELECT a FROM t") { try $0.value(1, as: Int.self) } }
        }
        #expect(misuse?.code == .misuse)
    }

    @Test func errorsNameTheStatement() async throws {
        let syntax = await #expect(throws: SQLiteError.self) {
            _ = try await database.write { try $0.execute("SELEKT 1") }
        }
        #expect(syntax?.sql == "SELEKT 1")
        let several = await #expect(throws: SQLiteError.self) {
            _ = try await database.write { try $0.execute("SELECT 1; SELECT 2") }
        }
        #expect(several?.code == .misuse)
        let values = await #expect(throws: SQLiteError.self) {
            _ = try await database.write { try $0.execute("SELECT ?", 1, 2) }
        }
        #expect(values?.code == .misuse)
    }

    @Test func failedTransactionLeavesNothing() async throws {
        try await database.write { try $0.execute("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT") }
        let error = await #expect(throws: SQLiteError.self) {
            try await database.write { connection in
                try connection.execute("INSERT INTO t VALUES (1)")
                try connection.execute("INSERT INTO t VALUES (1)")
            }
        }
        #expect(error?.code == .constraint)
        #expect(error.map { $0.extendedCode != $0.code.rawValue } == true)
        #expect(try await count() == 0)
    }

    @Test func savepointsNest() async throws {
        struct Stop: Error {}
        try await database.write { connection in
            try connection.execute("CREATE TABLE t (a INTEGER)")
            try connection.savepoint {
                try connection.execute("INSERT INTO t VALUES (1)")
                #expect(throws: Stop.self) {
                    try connection.savepoint {
                        try connection.execute("INSERT INTO t VALUES (2)")
                        throw Stop()
                    }
                }
            }
        }
        #expect(try await count() == 1)
    }

    @Test func foreignKeysHold() async throws {
        try await database.write { connection in
            try connection.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
            try connection.execute("CREATE TABLE children (parent INTEGER REFERENCES parents (id))")
        }
        let error = await #expect(throws: SQLiteError.self) {
            _ = try await database.write { try $0.execute("INSERT INTO children VALUES (7)") }
        }
        #expect(error?.code == .constraint)
    }

    @Test func readersMayNotWrite() async throws {
        try await database.write { try $0.execute("CREATE TABLE t (a INTEGER)") }
        let error = await #expect(throws: SQLiteError.self) {
            _ = try await database.read { try $0.execute("INSERT INTO t VALUES (1)") }
        }
        #expect(error?.code == .readOnly)
    }

    @Test func aStatementRunsWithinItself() async throws {
        let pairs = try await database.read { connection in
            try connection.query("SELECT 1 UNION SELECT 2") { outer in
                let left = try outer.value(0, as: Int.self)
                let inner = try connection.query("SELECT 1 UNION SELECT 2") { try $0.value(0, as: Int.self) }
                return inner.map { left * 10 + $0 }
            }
        }
        #expect(pairs == [[11, 12], [21, 22]])
    }

    @Test func readersSeeWholeTransactionsWhileOneWrites() async throws {
        try await database.write { try $0.execute("CREATE TABLE t (a INTEGER)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await database.write(durability: .process) { connection in
                        for value in 0..<10 { try connection.execute("INSERT INTO t VALUES (?)", value) }
                    }
                }
                for _ in 0..<4 {
                    group.addTask {
                        let (first, second) = try await database.read { connection in
                            let sql = "SELECT count(*) FROM t"
                            let first = try connection.first(sql) { try $0.value(0, as: Int.self) }
                            return (first, try connection.first(sql) { try $0.value(0, as: Int.self) })
                        }
                        #expect((first ?? -1) % 10 == 0)
                        #expect(first == second)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await count() == 400)
    }

    @Test func closedDatabaseRefuses() async throws {
        _ = try await database.read { try $0.first("SELECT 1") { try $0.value(0, as: Int.self) } }
        await database.close()
        await #expect(throws: SQLiteError.self) { _ = try await database.write { try $0.execute("SELECT 1") } }
        await #expect(throws: SQLiteError.self) { _ = try await database.read { try $0.execute("SELECT 1") } }
    }

    @Test func fileThatIsNoDatabaseIsRefused() throws {
        let path = folder.path("noise.db")
        try Data(repeating: 0x5a, count: 8192).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: SQLiteError.self) { _ = try Database(path: path) }
        #expect(error?.code == .notADatabase)
        #expect(throws: SQLiteError.self) { _ = try Database(path: folder.path("none/none.db")) }
    }

    @Test func databaseOfAnotherApplicationIsRefused() async throws {
        var options = Database.Options()
        options.applicationID = 77
        let path = folder.path("marked.db")
        let first = try Database(path: path, options: options)
        try await first.write { try $0.execute("CREATE TABLE t (a INTEGER)") }
        await first.close()
        await (try Database(path: path, options: options)).close()
        options.applicationID = 78
        let error = #expect(throws: SQLiteError.self) { _ = try Database(path: path, options: options) }
        #expect(error?.code == .notADatabase)
    }

    private func count() async throws -> Int {
        try await database.read { try $0.first("SELECT count(*) FROM t") { try $0.value(0) } } ?? -1
    }
}
