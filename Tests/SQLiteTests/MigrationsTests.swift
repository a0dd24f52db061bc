import SQLite
import Testing

struct MigrationsTests {
    let folder: TemporaryFolder
    let database: Database
    let first = Migration("first", ["CREATE TABLE a (x INTEGER)"])
    let second = Migration("second", ["CREATE TABLE b (x INTEGER)", "INSERT INTO b VALUES (1)"])

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(path: folder.path("test.db"))
    }

    private func apply(_ steps: [Migration]) async throws -> [String] {
        try await database.write { try Migrations(steps).apply(to: $0) }
    }

    @Test func eachStepRunsOnce() async throws {
        #expect(try await apply([first]) == ["first"])
        #expect(try await apply([first, second]) == ["second"])
        #expect(try await apply([first, second]) == [])
        let rows = try await database.read { try $0.query("SELECT x FROM b") { try $0.value(0, as: Int.self) } }
        #expect(rows == [1])
    }

    @Test func aChangedStepIsRefused() async throws {
        _ = try await apply([first])
        let changed = Migration("first", ["CREATE TABLE a (x TEXT)"])
        let error = await #expect(throws: MigrationError.self) { _ = try await apply([changed]) }
        #expect(error?.reason == .changed)
        #expect(error?.migration == "first")
    }

    @Test func aNewerDatabaseIsRefused() async throws {
        _ = try await apply([first, second])
        let error = await #expect(throws: MigrationError.self) { _ = try await apply([first]) }
        #expect(error?.reason == .unknown)
        #expect(error?.migration == "second")
    }

    @Test func aFailedStepLeavesNothing() async throws {
        let broken = Migration("broken", ["CREATE TABLE c (x INTEGER)", "INSERT INTO nowhere VALUES (1)"])
        let error = await #expect(throws: MigrationError.self) { _ = try await apply([first, broken]) }
        #expect(error?.reason == .failed)
        #expect(error?.migration == "broken")
        let tables = try await database.read {
            try $0.query("SELECT name FROM sqlite_schema WHERE type = 'table'") { try $0.value(0, as: String.self) }
        }
        #expect(tables == [])
    }
}
