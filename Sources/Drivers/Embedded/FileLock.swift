internal import Foundation
internal import Platform
internal import Synchronization

/// A lock that one process holds as long as it lives; the system releases it however the process ends.
final class FileLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock of the file at `path`, or throws `.unavailable` saying who has it.
    init(path: String, owning what: String) throws {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw PlatformError(.unavailable, "\(what) cannot be locked: \(String(cString: strerror(errno)))")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            var text = [UInt8](repeating: 0, count: 32)
            let length = read(file, &text, text.count)
            close(file)
            let owner = String(decoding: text.prefix(max(0, length)), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            throw PlatformError(
                .unavailable, "\(what) is in use by another process" + (owner.isEmpty ? "" : " (\(owner))"))
        }
        let note = Array("\(getpid())\n".utf8)
        if ftruncate(file, 0) == 0 { _ = pwrite(file, note, note.count, 0) }
        descriptor = Mutex(file)
    }

    deinit { release() }

    /// Gives the lock back.
    func release() {
        descriptor.withLock { file in
            if let open = file { close(open) }
            file = nil
        }
    }
}
