internal import Glibc
internal import Synchronization

/// The descriptors 0, 1 and 2 of this process, which whoever starts it may have closed, or lead to a full disk.
public enum StandardStreams {
    /// The path by which an `OutputFile` writes to standard output.
    public static let outputPath = "/dev/stdout"

    /// The first error of writing to standard output; 0 while there is none.
    private static let failure = Atomic<Int32>(0)

    /// To be called before anything is opened: files and sockets would else get the numbers of streams that are closed.
    ///
    /// What is opened in their place goes the wrong way, so that reading and writing fail as they do on a closed stream.
    public static func open() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            // Without a /dev, in a bare root, the root itself stands in.
            if Glibc.open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY) < 0 { _ = Glibc.open("/", O_RDONLY) }
        }
    }

    /// Writes to standard output. A failure does not end the work: it is kept for `checkOutput`.
    public static func print(_ text: String) {
        do { try writeAll(Array(text.utf8), to: 1) } catch {
            _ = failure.compareExchange(expected: 0, desired: error.number, ordering: .relaxed)
        }
    }

    /// Writes to standard output what may be lost.
    public static func notice(_ text: String) { try? writeAll(Array(text.utf8), to: 1) }

    /// Writes to standard error; nothing can be done where that fails.
    public static func printError(_ text: String) { try? writeAll(Array(text.utf8), to: 2) }

    /// Throws `OutputError` where something that `print` was given did not arrive.
    public static func checkOutput() throws {
        let number = failure.load(ordering: .relaxed)
        if number != 0 { throw OutputError(outputPath, number) }
    }

    /// All bytes of standard input up to its end. Throws `InputError`.
    public static func readInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        let size = 1 << 16
        while true {
            var failed: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                let got = read(0, buffer.baseAddress, size)
                count = max(0, got)
                failed = got < 0 ? errno : 0
            }
            if failed == EAGAIN {
                wait(for: POLLIN, of: 0)
            } else if failed != 0 && failed != EINTR {
                throw InputError(number: failed)
            } else if failed == 0 {
                if piece.isEmpty { return bytes }
                bytes += piece
            }
        }
    }

    /// Writes all of `bytes`, however often that takes.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
            if written > 0 {
                done += written
            } else if written < 0, errno == EAGAIN {
                // Whoever shares the stream has made it non-blocking.
                wait(for: POLLOUT, of: descriptor)
            } else if written == 0 || errno != EINTR {
                throw SystemError(number: written == 0 ? EIO : errno)
            }
        }
    }

    private static func wait(for event: Int32, of descriptor: Int32) {
        var state = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: event), revents: 0)
        poll(&state, 1, -1)
    }
}

/// A call that failed, by its `errno`.
struct SystemError: Error {
    let number: Int32
}

/// Why something could not be written.
public struct OutputError: Error, CustomStringConvertible {
    /// One line that names what was to be written.
    public let description: String

    init(_ name: String, _ number: Int32) {
        description =
            "cannot write \(name == StandardStreams.outputPath ? "standard output" : name): \(String(cString: strerror(number)))"
    }
}

/// Why standard input could not be read.
public struct InputError: Error, CustomStringConvertible {
    let number: Int32

    /// One line.
    public var description: String { "cannot read standard input: \(String(cString: strerror(number)))" }
}
