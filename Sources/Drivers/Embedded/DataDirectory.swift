internal import Foundation
public import Platform
internal import SQLite

/// A folder with everything one Martlet process keeps: a SQLite database with datasets, experiments, models and messages,
/// and a spool for uploads. One process owns it at a time.
public final class DataDirectory: Sendable {
    /// The folder's path.
    public let path: String
    private let lock: FileLock
    private let database: EmbeddedDatabase

    /// Opens the folder, making it where it is not there, and brings its database up to date.
    /// - Throws: `PlatformError.unavailable` where another process owns it, `.damaged` where it holds something else, or was
    ///   written by a newer version.
    public init(path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw PlatformError(.unavailable, "the data folder \(path) cannot be made: \(error.localizedDescription)")
        }
        lock = try FileLock(path: path + "/martlet.lock", owning: "the data folder \(path)")
        var options = Database.Options()
        options.applicationID = DataDirectory.applicationID
        options.cacheKiB = 1024
        let reserve = Reserve(path: path + "/martlet.reserve")
        do {
            let opened: Database
            do {
                opened = try DataDirectory.open(path, options)
            } catch let error as SQLiteError where error.code == .full || error.systemError == ENOSPC {
                // Even to be opened a database needs a little room.
                reserve.giveUp()
                defer { reserve.takeBack() }
                opened = try DataDirectory.open(path, options)
            }
            database = EmbeddedDatabase(opened, reserve: reserve, folder: path)
            _ = reserve.keep()
        } catch let error as SQLiteError where error.code == .notADatabase || error.code == .corrupt {
            throw PlatformError(.damaged, "\(path)/martlet.db is not a database of Martlet: \(error.message)")
        } catch let error as SQLiteError {
            throw PlatformError(.unavailable, "\(path)/martlet.db cannot be opened: \(error.message)")
        } catch let error as MigrationError {
            throw PlatformError(.damaged, "\(path)/martlet.db: \(error)")
        }
    }

    private static func open(_ path: String, _ options: Database.Options) throws -> Database {
        let database = try Database(path: path + "/martlet.db", options: options)
        try database.writeBlocking { try migrations.apply(to: $0) }
        return database
    }

    /// Where a process that trains so many trials at a time takes down how it ends.
    /// - Throws: `PlatformError.unavailable`.
    public func crashRecord(slots: Int) throws -> CrashRecord {
        try CrashRecord(path: path + "/martlet.crash", slots: slots)
    }

    /// Where uploads are kept while they are read.
    public var spoolFolder: String { path + "/spool" }

    /// The ports over this folder; `close` releases it for the next process.
    public func stores() async throws -> Stores {
        let (database, lock) = (database, lock)
        return Stores(
            datasets: SQLiteDatasetStore(database), experiments: SQLiteExperimentStore(database),
            models: SQLiteModelStore(database),
            log: try await MemoryMessageLog(journal: SQLiteMessageJournal(database)),
            probes: [
                StoreProbe("sqlite") {
                    _ = try await database.read { try $0.query("SELECT 1") { try $0.value(0, as: Int.self) } }
                }
            ],
            close: {
                await database.close()
                lock.release()
            })
    }

    /// "mrtl", which marks the file as Martlet's.
    private static let applicationID: Int32 = 0x6d72_746c
}
