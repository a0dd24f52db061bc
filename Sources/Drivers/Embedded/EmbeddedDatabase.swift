internal import Foundation
internal import Platform
internal import SQLite
internal import Synchronization

/// A data folder's database, whose errors are those of the platform: a full disk is `.noRoom`, and a folder that is lost,
/// cannot be written, or cannot be opened for want of file descriptors is `.unavailable`, as long as it lasts.
struct EmbeddedDatabase: Sendable {
    /// Pages that are given back in one step.
    private static let pagesPerStep = 2048
    /// The same on a full disk, where a step must not need much room itself.
    private static let pagesPerStepOnFullDisk = 64

    private let database: Database
    private let reserve: Reserve
    private let folder: String
    private let removals = Removals()

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
        let value: Value
        let folder = folder
        // The room that is given up for a removal is not for those who wait for room.
        let body: @Sendable (Connection) throws -> Value = { [removals] connection in
            if removals.count > 0 { throw EmbeddedDatabase.noRoom(folder) }
            return try body(connection)
        }
        do {
            value = try await translating { try await database.write(durability: durability, body) }
        } catch let error as PlatformError where error.code == .noRoom {
            // The log may hold much that has a place in the file, and can then be written anew from its beginning.
            try? await checkpoint("PASSIVE")
            value = try await translating { try await database.write(durability: durability, body) }
        }
        if !reserve.isThere { reserve.keep() }
        return value
    }

    /// Runs what deletes, with the room that is kept back where the disk is full, and gives the room of what it deleted to
    /// the file system. `givesBack` tells from what it returned whether there is any.
    @discardableResult
    func remove<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value, givesBack: (Value) -> Bool = { _ in true }
    ) async throws -> Value {
        do {
            let value = try await write(body)
            if givesBack(value) { try await returnFreePages(EmbeddedDatabase.pagesPerStep) }
            return value
        } catch let error as PlatformError where error.code == .noRoom {
            removals.begin()
            defer { removals.end() }
            reserve.release()
            try? await checkpoint("TRUNCATE")
            let value = try await translating { try await database.write(body) }
            // What is deleted can be used again, whether or not the file gets shorter.
            if givesBack(value) { try? await returnFreePages(EmbeddedDatabase.pagesPerStepOnFullDisk) }
            try? await checkpoint("TRUNCATE")
            reserve.keep()
            return value
        }
    }

    /// Closes the database.
    func close() async { await database.close() }

    /// Writes the log back into the file, as far as that goes.
    private func checkpoint(_ mode: String) async throws {
        try await database.maintain { _ = try $0.first("PRAGMA wal_checkpoint(\(mode))", make: { _ in true }) }
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

/// Removals that are under way on a full disk.
private final class Removals: Sendable {
    private let underWay = Atomic<Int>(0)

    var count: Int { underWay.load(ordering: .acquiring) }

    func begin() { underWay.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    func end() { underWay.wrappingSubtract(1, ordering: .acquiringAndReleasing) }
}
