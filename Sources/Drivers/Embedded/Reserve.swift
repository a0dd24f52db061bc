internal import Foundation
internal import Synchronization

/// Room that is kept back on a data folder's disk, and given up so that something can be deleted when the disk is full: SQLite
/// needs room in its log before it can free any. As long as it cannot be kept back again, nothing else may be written: it would
/// take the room that the next deletion needs.
final class Reserve: Sendable {
    /// Bytes kept back where the disk is large.
    private static let bytes = 8 << 20
    /// The largest share of a small disk.
    private static let share = 16

    private struct State {
        /// Whether the room is kept back.
        var isKept = false
        /// Bytes that are kept back, when they are.
        var size = 0
        /// Those that make room and may use it.
        var users = 0
    }

    private let path: String
    private let state = Mutex(State())

    init(path: String) { self.path = path }

    /// Bytes that are kept back; 0 where they cannot be.
    var size: Int { state.withLock { $0.size } }

    /// Whether the room is given up for the moment.
    var isInUse: Bool { state.withLock { $0.users > 0 } }

    /// Keeps the room back, if that is not done yet.
    /// - Returns: False where the disk has no such room, or where it is in use.
    func keep() -> Bool {
        state.withLock { state in
            if state.users > 0 { return false }
            return state.isKept || take(&state)
        }
    }

    /// Gives the room up for something that makes room, until `takeBack` is called as often.
    func giveUp() {
        state.withLock { state in
            state.users += 1
            state.isKept = false
            _ = truncate(path, 0)
        }
    }

    /// Keeps the room back again, unless somebody else still uses it.
    func takeBack() {
        state.withLock { $0.users -= 1 }
        _ = keep()
    }

    /// - Returns: False where the disk has no such room.
    private func take(_ state: inout State) -> Bool {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        // What else is wrong with the folder is told by what is written next.
        guard file >= 0 else { return errno != ENOSPC && errno != EDQUOT }
        defer { close(file) }
        var (disk, status) = (statvfs(), stat())
        guard fstatvfs(file, &disk) == 0, fstat(file, &status) == 0 else { return true }
        let (block, blocks, free) = (Int(disk.f_frsize), Int(disk.f_blocks), Int(disk.f_bavail))
        let size = min(Reserve.bytes, blocks / Reserve.share * block)
        if Int(status.st_blocks) * 512 < size {
            guard free * block >= size else { return false }
            let failure = posix_fallocate(file, 0, off_t(size))
            guard failure == 0 else {
                // What it got would be missing from the room that is left.
                _ = ftruncate(file, 0)
                return failure != ENOSPC && failure != EDQUOT
            }
        }
        (state.isKept, state.size) = (true, size)
        return true
    }
}
