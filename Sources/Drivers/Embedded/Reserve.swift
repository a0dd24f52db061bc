internal import Foundation
internal import Synchronization

/// Room that is kept back on a data folder's disk, and given up so that something can be deleted when the disk is full: SQLite
/// needs room in its log before it can free any.
final class Reserve: Sendable {
    /// Bytes kept back where the disk is large.
    private static let bytes = 8 << 20
    /// The largest share of a small disk.
    private static let share = 16
    /// Nanoseconds between two looks for room.
    private static let pause: UInt64 = 10_000_000_000

    private let path: String
    private let isKept = Atomic<Bool>(false)
    private let nextLook = Atomic<UInt64>(0)

    init(path: String) { self.path = path }

    /// Takes the room, where there is at least as much besides; a call soon after one without success does nothing.
    func keep() {
        guard !isKept.load(ordering: .relaxed) else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        guard now >= nextLook.load(ordering: .relaxed) else { return }
        nextLook.store(now + Reserve.pause, ordering: .relaxed)
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        var disk = statvfs()
        guard fstatvfs(file, &disk) == 0 else { return }
        let (block, blocks, free) = (Int(disk.f_frsize), Int(disk.f_blocks), Int(disk.f_bavail))
        let size = min(Reserve.bytes, blocks / Reserve.share * block)
        var status = stat()
        if fstat(file, &status) == 0, Int(status.st_blocks) * 512 >= size {
            isKept.store(true, ordering: .relaxed)
        } else if free * block >= 2 * size, posix_fallocate(file, 0, off_t(size)) == 0 {
            isKept.store(true, ordering: .relaxed)
        }
    }

    /// Gives the room up.
    func release() {
        isKept.store(false, ordering: .relaxed)
        nextLook.store(DispatchTime.now().uptimeNanoseconds + Reserve.pause, ordering: .relaxed)
        _ = truncate(path, 0)
    }

    /// Whether the room is kept back.
    var isThere: Bool { isKept.load(ordering: .relaxed) }
}
