internal import CSQLite

/// What SQLite refused, with its codes and the statement it was given.
public struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
    /// SQLite's primary result codes that callers tell apart; any other is held by its number.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// SQLite's number of the code.
        public let rawValue: Int32

        /// The code of this number.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// A generic error, mostly of the statement's text.
        public static let error = Code(rawValue: SQLITE_ERROR)
        /// Another connection holds the lock longer than the busy timeout.
        public static let busy = Code(rawValue: SQLITE_BUSY)
        /// A write on a connection that may only read.
        public static let readOnly = Code(rawValue: SQLITE_READONLY)
        /// The file system failed.
        public static let io = Code(rawValue: SQLITE_IOERR)
        /// The file is damaged.
        public static let corrupt = Code(rawValue: SQLITE_CORRUPT)
        /// The disk is full.
        public static let full = Code(rawValue: SQLITE_FULL)
        /// There is no memory.
        public static let noMemory = Code(rawValue: SQLITE_NOMEM)
        /// The file cannot be opened.
        public static let cannotOpen = Code(rawValue: SQLITE_CANTOPEN)
        /// A unique, foreign-key, not-null or check constraint does not hold.
        public static let constraint = Code(rawValue: SQLITE_CONSTRAINT)
        /// A value is of another type than was asked for.
        public static let mismatch = Code(rawValue: SQLITE_MISMATCH)
        /// The library was used wrongly.
        public static let misuse = Code(rawValue: SQLITE_MISUSE)
        /// The file is no database, or one of another application.
        public static let notADatabase = Code(rawValue: SQLITE_NOTADB)
    }

    /// The primary result code.
    public let code: Code
    /// The extended result code; its lowest byte is the primary one.
    public let extendedCode: Int32
    /// What the system said to the last input or output that failed (`errno`); 0 where it said nothing.
    public let systemError: Int32
    /// What went wrong, in one line.
    public let message: String
    /// The statement, where there was one.
    public let sql: String?

    /// An error of these parts; without an extended code the primary one stands for it.
    public init(
        code: Code, extendedCode: Int32? = nil, systemError: Int32 = 0, message: String, sql: String? = nil
    ) {
        self.code = code
        self.systemError = systemError
        self.extendedCode = extendedCode ?? code.rawValue
        self.message = message
        self.sql = sql
    }

    init(connection: OpaquePointer?, status: Int32, sql: String? = nil) {
        let extended = connection.map { sqlite3_extended_errcode($0) } ?? status
        let text = connection.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(status)
        self.init(
            code: Code(rawValue: status & 0xff), extendedCode: extended & 0xff == status & 0xff ? extended : status,
            systemError: [SQLITE_IOERR, SQLITE_CANTOPEN].contains(status & 0xff) ? sqlite3_system_errno(connection) : 0,
            message: text.map { String(cString: $0) } ?? "unknown error", sql: sql)
    }

    /// One line for people.
    public var description: String {
        "SQLite error \(extendedCode): \(message)" + (sql.map { " in: \($0)" } ?? "")
    }
}
