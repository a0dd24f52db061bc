internal import Foundation
internal import Platform
internal import SQLite

/// A data folder's database, whose errors are those of the platform: a full disk is `.noRoom`, and a folder that is lost,
/// cannot be written, or cannot be opened for want of file descriptors is `.unavailable`, as long as it lasts.
struct EmbeddedDatabase: Sendable {
    /// Pages that are given back in one step.
    private static let pagesPerStep = 2048
    /// The same on a full disk, where a step must not need much room itself.
    private static let pagesPerStepOnFullDisk = 64
    /// What a connection holds at most of pages that it has changed and not written yet.
    private static let cacheBytes = 1 << 20

    private let database: Database
    private let reserve: Reserve
    private let folder: String

    init(_ database: Database, reserve: Reserve, folder: String) {
        self.database = database
        self.reserve = reserve
        self.folder = folder
    }

    /// `Database.read`.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        try await translating { try await database.read(body) }
    }

    /// `Database.write`.
    @discardableResult
    func write<Value: Sendable>(
        durability: Database.Durability = .power, _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        // The room that is given up for what makes room is not for those who wait for it.
        guard reserve.keep() else { throw EmbeddedDatabase.noRoom(folder) }
        let folder = folder
        let body: @Sendable (Connection) throws -> (Value, growth: Int) = { [reserve] connection in
            if reserve.isInUse { throw EmbeddedDatabase.noRoom(folder) }
            let value = try body(connection)
            let (growth, free) = try EmbeddedDatabase.growth(connection, folder)
            // What is in the log has to fit into the file as well, or else the log could never be written anew.
            guard growth + EmbeddedDatabase.cacheBytes <= free + reserve.size else {
                throw EmbeddedDatabase.noRoom(folder)
            }
            return (value, growth)
        }
        let write = {
            let (value, growth) = try await translating { try await database.write(durability: durability, body) }
            // The room that is kept back has to be enough for what the log holds.
            if growth > max(reserve.size / 2, EmbeddedDatabase.cacheBytes) { _ = try? await checkpoint("PASSIVE") }
            return value
        }
        do {
            return try await write()
        } catch let error as PlatformError where error.code == .noRoom {
            // Once all of the log is in the file it is written anew from its beginning; for that the file may need the room that
            // is kept back.
            if (try? await checkpoint("TRUNCATE")) != true { await usingReserve {} }
            guard reserve.keep() else { throw error }
            return try await write()
        }
    }

    /// Runs what deletes, with the room that is kept back where the disk is full, and gives the room of what it deleted to
    /// the file system. `givesBack` tells from what it returned whether there is any.
    @discardableResult
    func remove<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value, givesBack: (Value) -> Bool = { _ in true }
    ) async throws -> Value {
        do {
            let value = try await write(body)
            guard givesBack(value) else { return value }
            // What is deleted is deleted, and its pages can be used again whether or not the file gets shorter.
            do {
                try await returnFreePages(EmbeddedDatabase.pagesPerStep)
            } catch {
                await usingReserve {}
            }
            return value
        } catch let error as PlatformError where error.code == .noRoom {
            return try await usingReserve { try await translating { try await database.write(body) } }
        }
    }

    /// Runs `body` with the room that is kept back and a log that is as short as can be, and gives back what it frees.
    private func usingReserve<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        reserve.giveUp()
        defer { reserve.takeBack() }
        _ = try? await checkpoint("TRUNCATE")
        let value = try await body()
        try? await returnFreePages(EmbeddedDatabase.pagesPerStepOnFullDisk)
        _ = try? await checkpoint("TRUNCATE")
        return value
    }

    /// Closes the database.
    func close() async { await database.close() }

    /// By how many bytes the file grows when the log is written back into it, and how many are free on its disk.
    private static func growth(_ connection: Connection, _ folder: String) throws -> (growth: Int, free: Int) {
        var disk = statvfs()
        guard statvfs(folder, &disk) == 0 else { return (0, .max / 2) }
        let free = Int(disk.f_bavail) * Int(disk.f_frsize)
        let bytes =
            try connection.first("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()") {
                try $0.value(0, as: Int.self)
            } ?? 0
        var status = stat()
        guard stat(folder + "/martlet.db", &status) == 0 else { return (0, free) }
        return (max(0, bytes - Int(status.st_size)), free)
    }

    /// Writes the log back into the file as far as that goes, and gives its room back (TRUNCATE) or not (PASSIVE).
    /// - Returns: Whether there was room for it in the file.
    private func checkpoint(_ mode: String) async throws -> Bool {
        try await database.maintain { [folder] connection in
            // One that ends for want of room has taken what room there was.
            let (growth, free) = try EmbeddedDatabase.growth(connection, folder)
            guard growth <= free else { return false }
            _ = try connection.first("PRAGMA wal_checkpoint(\(mode))", make: { _ in true })
            return true
        }
    }

    /// Gives the pages of deleted rows back to the file system, some at a time so that other writes come between.
    private func returnFreePages(_ step: Int) async throws {
        try await translating {
            while true {
                let left = try await database.maintain { connection in
                    try connection.execute("PRAGMA incremental_vacuum(\(step))")
                    return try connection.first("PRAGMA freelist_count") { try $0.value(0, as: Int.self) } ?? 0
                }
                if left == 0 { return }
            }
        }
    }

    private func translating<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as SQLiteError {
            throw EmbeddedDatabase.translated(error, folder: folder)
        }
    }

    private static func noRoom(_ folder: String) -> PlatformError {
        PlatformError(.noRoom, "there is no room on the disk of the data folder \(folder)")
    }

    /// What the platform calls an error of SQLite; one that is a mistake of the caller stays as it is.
    static func translated(_ error: SQLiteError, folder: String) -> any Error {
        let isFull = error.systemError == ENOSPC || error.systemError == EDQUOT
        switch error.code {
        case .full:
            return noRoom(folder)
        case .io, .cannotOpen:
            if isFull {
                return noRoom(folder)
            }
            let why = error.systemError == 0 ? error.message : String(cString: strerror(error.systemError))
            return PlatformError(.unavailable, "the data folder \(folder) cannot be used at the moment: \(why)")
        case .readOnly, .busy, .noMemory:
            return PlatformError(
                .unavailable, "the data folder \(folder) cannot be used at the moment: \(error.message)")
        case .corrupt, .notADatabase:
            return PlatformError(.damaged, "the database of the data folder \(folder) is damaged: \(error.message)")
        default: return error
        }
    }
}
