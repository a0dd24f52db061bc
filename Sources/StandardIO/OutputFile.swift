internal import Glibc

/// A file that a command writes.
///
/// A plain file is there whole or not at all: its bytes go into a temporary file beside it, which takes its name and its
/// mode in the end, or is removed, by a signal too. A link is followed. A device, a pipe or a descriptor is written into.
public final class OutputFile {
    private let path: String
    private var descriptor: Int32
    private let replacement: (unfinished: UnfinishedFile, target: String)?

    /// Opens what `path` leads to. Throws `OutputError`.
    public init(_ path: String) throws {
        self.path = path
        switch OutputPlace(path) {
        case .descriptor(let number):
            descriptor = fcntl(number, F_DUPFD_CLOEXEC, 3)
            replacement = nil
            if descriptor < 0 { throw OutputError(path, errno) }
        case .special:
            descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            replacement = nil
            if descriptor < 0 { throw OutputError(path, errno) }
        case .plain(let target, let status):
            descriptor = -1
            let unfinished = UnfinishedFile.make(in: OutputPlace.folder(of: target), descriptor: &descriptor)
            replacement = (unfinished, target)
            if descriptor < 0 { throw OutputError(path, errno) }
            OutputFile.setMode(of: descriptor, like: status)
        }
    }

    deinit { discard() }

    /// Appends `bytes`. Throws `OutputError`.
    public func write(_ bytes: [UInt8]) throws {
        do { try StandardStreams.writeAll(bytes, to: descriptor) } catch { throw OutputError(path, error.number) }
    }

    /// Ends it: a plain file gets its name. Throws `OutputError`.
    public func finish() throws {
        guard descriptor >= 0 else { return }
        let closed = close(descriptor)
        let number = errno
        descriptor = -1
        if closed != 0 {
            discard()
            throw OutputError(path, number)
        }
        guard let replacement else { return }
        guard rename(replacement.unfinished.path, replacement.target) == 0 else {
            let number = errno
            discard()
            throw OutputError(path, number)
        }
        replacement.unfinished.forget()
    }

    /// Removes what was written of a plain file; nothing after `finish`.
    public func discard() {
        if descriptor >= 0 {
            close(descriptor)
            descriptor = -1
        }
        replacement?.unfinished.remove()
    }

    /// Writes a whole file. Throws `OutputError`.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try OutputFile(path)
        try file.write(bytes)
        try file.finish()
    }

    /// Gives a new file the owner and mode of the one that it replaces, else the mode that any new file gets.
    private static func setMode(of descriptor: Int32, like status: stat?) {
        guard let status else {
            let mask = umask(0)
            umask(mask)
            fchmod(descriptor, 0o666 & ~mask)
            return
        }
        // Only root may give files away; for others it stays theirs. The owner first, for it clears bits of the mode.
        _ = fchown(descriptor, status.st_uid, status.st_gid)
        fchmod(descriptor, status.st_mode & 0o7777)
    }
}
