internal import Dispatch
internal import Foundation

/// A database file with one writer and several readers (write-ahead log), each on a thread of its own, so that nothing
/// blocks Swift's cooperative pool. Readers see the last commit before they began and never wait for the writer.
public final class Database: Sendable {
    /// How a database is opened.
    public struct Options: Sendable, Hashable {
        /// Most readers at a time; each has a connection, opened when first needed.
        public var readers = 3
        /// Page cache of each connection, in KiB.
        public var cacheKiB = 1024
        /// Seconds a connection waits for a lock that another process holds.
        public var busyTimeout = 5.0
        /// Marks the file as this application's: a file with another mark is refused. 0 marks nothing.
        public var applicationID: Int32 = 0

        /// The defaults.
        public init() {}
    }

    /// What a committed write survives.
    public enum Durability: Sendable {
        /// The loss of power: the log is flushed to the disk before the write returns.
        case power
        /// The end of the process, killed or not; the next write of durability `.power` flushes it too.
        case process
    }

    private let path: String
    /// Which file is at `path`, by device and number.
    private let place: (UInt, UInt)
    private let writer: Lane
    private let readers: ReaderPool

    /// Opens the file at `path`, making it where it is not there.
    public init(path: String, options: Options = Options()) throws {
        let connection = try Connection(path: path, options: options, readOnly: false)
        try Database.prepare(connection, path: path, options: options)
        self.path = path
        place = try Database.place(of: path)
        writer = Lane(label: "sqlite.writer", connection: connection)
        readers = ReaderPool(limit: max(1, options.readers)) { index in
            let connection = try Connection(path: path, options: options, readOnly: true)
            return Lane(label: "sqlite.reader.\(index)", connection: connection)
        }
    }

    /// Runs `body` in a transaction on the writer's thread; where it throws, nothing was written. Writes run one by one, in
    /// the order of the calls.
    @discardableResult
    public func write<Value: Sendable>(
        durability: Durability = .power, _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        try await writer.run { [self] in
            try checkPlace()
            return try Database.transaction($0, durability, body)
        }
    }

    /// `write` for callers without concurrency, such as start-up; it blocks the caller's thread.
    @discardableResult
    public func writeBlocking<Value: Sendable>(
        durability: Durability = .power, _ body: @Sendable (Connection) throws -> Value
    ) throws -> Value {
        try writer.runBlocking {
            try checkPlace()
            return try Database.transaction($0, durability, body)
        }
    }

    private static func place(of path: String) throws -> (UInt, UInt) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw SQLiteError(code: .cannotOpen, systemError: errno, message: "\(path) is not there")
        }
        return (UInt(status.st_dev), UInt(status.st_ino))
    }

    /// What is written to a file that nobody finds any more would be lost.
    private func checkPlace() throws {
        guard try Database.place(of: path) == place else {
            throw SQLiteError(code: .readOnly, message: "\(path) is another file than was opened")
        }
    }

    /// Runs `body` on the writer's connection outside any transaction, for what SQLite does not allow in one.
    @discardableResult
    public func maintain<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws
        -> Value
    {
        try await writer.run(body)
    }

    /// Runs `body` on a reader's thread over one snapshot of the database; a write in it throws.
    public func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        let lane = try await readers.take()
        defer { readers.give(lane) }
        return try await lane.run { connection in
            try connection.transaction(immediate: false) { try body(connection) }
        }
    }

    /// Waits for the calls under way, writes the log back into the file and closes all connections; calls made later throw.
    public func close() async {
        await readers.close()
        await writer.close()
    }

    private static func prepare(_ connection: Connection, path: String, options: Options) throws {
        let mark: Int = try connection.first("PRAGMA application_id") { try $0.value(0) } ?? 0
        let tables: Int = try connection.first("SELECT count(*) FROM sqlite_schema") { try $0.value(0) } ?? 0
        if tables == 0 {
            // Before the first table, so that pages of deleted rows can go back to the file system.
            try connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        }
        if options.applicationID != 0, mark != Int(options.applicationID) {
            guard mark == 0, tables == 0 else {
                throw SQLiteError(code: .notADatabase, message: "\(path) is a database of another application")
            }
            try connection.execute("PRAGMA application_id = \(options.applicationID)")
        }
        let mode: String? = try connection.first("PRAGMA journal_mode = WAL") { try $0.value(0) }
        guard mode == "wal" else {
            throw SQLiteError(code: .cannotOpen, message: "\(path) cannot have a write-ahead log")
        }
        try connection.execute("PRAGMA journal_size_limit = 16777216")
        // Debian's library overwrites what is deleted with zeros, which takes as much room in the log as there was deleted.
        // Only what is written anyway is overwritten.
        try connection.execute("PRAGMA secure_delete = FAST")
    }

    private static func transaction<Value>(
        _ connection: Connection, _ durability: Durability, _ body: (Connection) throws -> Value
    ) throws -> Value {
        guard durability == .process else {
            return try connection.transaction(immediate: true) { try body(connection) }
        }
        try connection.execute("PRAGMA synchronous = NORMAL")
        let result = Result { try connection.transaction(immediate: true) { try body(connection) } }
        try connection.execute("PRAGMA synchronous = FULL")
        return try result.get()
    }
}

/// A connection and the one thread it is used on.
final class Lane: @unchecked Sendable {
    // Sendable by hand: `connection` is used on `queue` alone.
    private let queue: DispatchQueue
    private var connection: Connection?

    init(label: String, connection: Connection) {
        queue = DispatchQueue(label: label)
        self.connection = connection
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result { try body(self.open()) })
            }
        }
    }

    func runBlocking<Value: Sendable>(_ body: @Sendable (Connection) throws -> Value) throws -> Value {
        try queue.sync { try body(open()) }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.connection = nil
                continuation.resume()
            }
        }
    }

    private func open() throws -> Connection {
        guard let connection else { throw SQLiteError(code: .misuse, message: "the database is closed") }
        return connection
    }
}

/// Lends readers' lanes, at most `limit` at a time; callers beyond that wait in order.
final class ReaderPool: @unchecked Sendable {
    // Sendable by hand: all that varies is guarded by `lock`.
    private let lock = NSLock()
    private let limit: Int
    private let make: @Sendable (Int) throws -> Lane
    private var idle: [Lane] = []
    private var made = 0
    private var isClosed = false
    private var waiting: [CheckedContinuation<Lane, any Error>] = []
    private var closing: [CheckedContinuation<Void, Never>] = []

    init(limit: Int, make: @escaping @Sendable (Int) throws -> Lane) {
        self.limit = limit
        self.make = make
    }

    func take() async throws -> Lane {
        try await withCheckedThrowingContinuation { continuation in
            let result: Result<Lane, any Error>? = lock.withLock {
                if isClosed { return .failure(ReaderPool.closedError) }
                if let lane = idle.popLast() { return .success(lane) }
                guard made < limit else {
                    waiting.append(continuation)
                    return nil
                }
                made += 1
                let lane = Result { try make(made) }
                if case .failure = lane { made -= 1 }
                return lane
            }
            if let result { continuation.resume(with: result) }
        }
    }

    func give(_ lane: Lane) {
        let resume: () -> Void = lock.withLock {
            if !waiting.isEmpty {
                let next = waiting.removeFirst()
                return { next.resume(returning: lane) }
            }
            idle.append(lane)
            guard isClosed, idle.count == made else { return {} }
            let waiters = closing
            closing = []
            return { for waiter in waiters { waiter.resume() } }
        }
        resume()
    }

    /// Waits until every lane is back and closes them.
    func close() async {
        await withCheckedContinuation { continuation in
            let isDone = lock.withLock {
                isClosed = true
                if idle.count == made { return true }
                closing.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
        let lanes = lock.withLock {
            defer { idle = [] }
            made -= idle.count
            return idle
        }
        for lane in lanes { await lane.close() }
    }

    private static let closedError = SQLiteError(code: .misuse, message: "the database is closed")
}
