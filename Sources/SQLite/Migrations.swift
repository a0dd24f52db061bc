internal import Foundation

/// One step from a schema to the next: statements that run together once, in one transaction with its record.
public struct Migration: Sendable, Hashable {
    /// The step's name; it never changes once released.
    public let name: String
    /// The statements, in order; they never change once released.
    public let statements: [String]

    /// A step of these statements.
    public init(_ name: String, _ statements: [String]) {
        self.name = name
        self.statements = statements
    }

    /// 64 bits of FNV-1a over name and statements, in hexadecimal: tells a changed step from the one that was applied.
    public var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for part in [name] + statements {
            for byte in Array(part.utf8) + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// A database whose recorded migrations are not the ones this program has.
public struct MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the migration.
    public enum Reason: String, Sendable, Hashable {
        /// It was applied with other statements than this program has.
        case changed
        /// It is not known to this program, which is older than the database.
        case unknown
        /// Its statements failed.
        case failed
    }

    /// What is wrong.
    public let reason: Reason
    /// The migration's name.
    public let migration: String
    /// One line for people.
    public let description: String
}

/// The ordered migrations of a program, applied to a database where they are missing.
public struct Migrations: Sendable, Hashable {
    /// The steps, the oldest first; new ones are appended.
    public let steps: [Migration]

    /// These steps; their names must differ.
    public init(_ steps: [Migration]) {
        precondition(Set(steps.map(\.name)).count == steps.count, "migrations have distinct names")
        self.steps = steps
    }

    /// Checks what was applied and applies what is missing, each step in a savepoint of the caller's transaction. Throws
    /// `MigrationError` where the database and these migrations do not fit; then nothing was changed.
    /// - Returns: the names of the steps applied now.
    @discardableResult
    public func apply(to connection: Connection) throws -> [String] {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, checksum TEXT NOT NULL, applied_at REAL NOT NULL
            ) STRICT
            """)
        let applied: [(name: String, checksum: String)] = try connection.query(
            "SELECT name, checksum FROM schema_migrations ORDER BY position"
        ) { (try $0.value(0), try $0.value(1)) }
        for (index, record) in applied.enumerated() {
            guard index < steps.count, steps[index].name == record.name else {
                throw MigrationError(
                    reason: .unknown, migration: record.name,
                    description: "the database has the migration \(record.name), which this version does not know: "
                        + "use the version that wrote it, or a newer one")
            }
            guard steps[index].checksum == record.checksum else {
                throw MigrationError(
                    reason: .changed, migration: record.name,
                    description: "the migration \(record.name) was applied with checksum \(record.checksum), "
                        + "this version has \(steps[index].checksum)")
            }
        }
        var names: [String] = []
        for (position, step) in steps.enumerated().dropFirst(applied.count) {
            do {
                try connection.savepoint {
                    for statement in step.statements { try connection.execute(statement) }
                    try connection.execute(
                        "INSERT INTO schema_migrations (position, name, checksum, applied_at) VALUES (?, ?, ?, ?)",
                        position, step.name, step.checksum, Date().timeIntervalSince1970)
                }
            } catch let error as SQLiteError {
                throw MigrationError(
                    reason: .failed, migration: step.name,
                    description: "the migration \(step.name) failed: \(error)")
            }
            names.append(step.name)
        }
        return names
    }
}
