internal import CSQLite

/// One connection to a database file with a cache of prepared statements. It belongs to one thread at a time; `Database`
/// lends it to closures that run on its own threads.
public final class Connection {
    private let handle: OpaquePointer
    private var idleStatements: [String: Statement] = [:]
    private var savepointDepth = 0

    /// Most prepared statements kept for reuse.
    static let statementCacheSize = 128

    init(path: String, options: Database.Options, readOnly: Bool) throws {
        var handle: OpaquePointer?
        let access = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let status = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard status == SQLITE_OK, let handle else {
            let error = SQLiteError(connection: handle, status: status)
            sqlite3_close_v2(handle)
            throw SQLiteError(
                code: error.code, extendedCode: error.extendedCode, systemError: error.systemError,
                message: "\(error.message): \(path)")
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, Int32(clamping: Int(options.busyTimeout * 1000)))
        try execute("PRAGMA foreign_keys = ON")
        try execute("PRAGMA cache_size = -\(options.cacheKiB)")
        try execute("PRAGMA synchronous = FULL")
        // A statement's own journal must need neither a disk with room nor another file.
        try execute("PRAGMA temp_store = MEMORY")
        if readOnly { try execute("PRAGMA query_only = ON") }
    }

    deinit { close() }

    /// Runs one statement that gives no rows (those it gives are skipped).
    /// - Returns: the number of rows it changed.
    @discardableResult
    public func execute(_ sql: String, _ values: any SQLiteConvertible...) throws -> Int {
        try execute(sql, values: values)
    }

    /// Runs one statement with values in an array; see `execute(_:_:)`.
    @discardableResult
    public func execute(_ sql: String, values: [any SQLiteConvertible]) throws -> Int {
        try withStatement(sql, values) { statement in
            while try statement.step() {}
            return statement.isReadOnly ? 0 : Int(sqlite3_changes64(handle))
        }
    }

    /// Every row of a query, each turned into a value by `make`.
    public func query<Value>(
        _ sql: String, _ values: any SQLiteConvertible..., make: (Row) throws -> Value
    ) throws -> [Value] {
        try withStatement(sql, values) { statement in
            var results: [Value] = []
            while try statement.step() { results.append(try make(Row(statement))) }
            return results
        }
    }

    /// The first row of a query, or nil where there is none.
    public func first<Value>(
        _ sql: String, _ values: any SQLiteConvertible..., make: (Row) throws -> Value
    ) throws -> Value? {
        try withStatement(sql, values) { statement in
            try statement.step() ? try make(Row(statement)) : nil
        }
    }

    /// Calls `body` with every row of a query, one at a time, in memory of one row.
    public func forEach(
        _ sql: String, _ values: any SQLiteConvertible..., body: (Row) throws -> Void
    ) throws {
        try withStatement(sql, values) { statement in
            while try statement.step() { try body(Row(statement)) }
        }
    }

    /// Runs `body` so that all its writes stay or, where it throws, none; within a transaction it nests.
    public func savepoint<Value>(_ body: () throws -> Value) throws -> Value {
        savepointDepth += 1
        defer { savepointDepth -= 1 }
        let name = "level_\(savepointDepth)"
        try execute("SAVEPOINT \(name)")
        do {
            let value = try body()
            try execute("RELEASE \(name)")
            return value
        } catch {
            if isInTransaction {
                try execute("ROLLBACK TO \(name)")
                try execute("RELEASE \(name)")
            }
            throw error
        }
    }

    /// Key of the row last inserted.
    public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Whether a transaction is open.
    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    func transaction<Value>(immediate: Bool, _ body: () throws -> Value) throws -> Value {
        try execute(immediate ? "BEGIN IMMEDIATE" : "BEGIN")
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // SQLite ends the transaction itself on some errors (a full disk, for one).
            if isInTransaction { try execute("ROLLBACK") }
            throw error
        }
    }

    /// Finalises the statements and closes the file; the connection cannot be used afterwards.
    func close() {
        idleStatements = [:]
        sqlite3_close_v2(handle)
    }

    private func withStatement<Value>(
        _ sql: String, _ values: [any SQLiteConvertible], _ body: (Statement) throws -> Value
    ) throws -> Value {
        // A statement in use is out of the cache, so the same text may run within itself.
        let statement = try idleStatements.removeValue(forKey: sql) ?? Statement(connection: handle, sql: sql)
        defer {
            statement.reset()
            if idleStatements.count >= Connection.statementCacheSize { idleStatements.removeAll() }
            idleStatements[sql] = statement
        }
        try statement.bind(values)
        return try body(statement)
    }
}
