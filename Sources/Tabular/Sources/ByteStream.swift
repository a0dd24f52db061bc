import Foundation

/// Bytes in order, once.
protocol ByteStream: AnyObject {
    /// Fills the front of `buffer` and returns how many bytes; 0 at the end only.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// The bytes of a file.
final class FileStream: ByteStream {
    private let descriptor: Int32
    private let path: String

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TableError(.cannotOpen, "\(path): \(String(cString: strerror(errno)))")
        }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw TableError(.cannotOpen, "\(path): Is a directory")
        }
    }

    deinit { close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let got = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if got >= 0 { return got }
            if errno != EINTR {
                throw TableError(.cannotOpen, "\(path): \(String(cString: strerror(errno)))")
            }
        }
    }
}

/// Bytes in memory.
final class MemoryStream: ByteStream {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, bytes.count - position)
        if count > 0 {
            bytes.withUnsafeBytes { all in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[position..<position + count]))
            }
            position += count
        }
        return count
    }
}

/// A stream with some bytes, already taken from it, put back in front.
final class PrefixedStream: ByteStream {
    private let prefix: MemoryStream
    private let rest: any ByteStream

    init(_ prefix: [UInt8], _ rest: any ByteStream) {
        self.prefix = MemoryStream(prefix)
        self.rest = rest
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let got = try prefix.read(into: buffer)
        return got > 0 ? got : try rest.read(into: buffer)
    }
}

/// A stream that is read no further once `check` throws.
final class CheckedStream: ByteStream {
    private let source: any ByteStream
    private let check: () throws -> Void

    init(_ source: any ByteStream, _ check: @escaping () throws -> Void) {
        self.source = source
        self.check = check
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try check()
        return try source.read(into: buffer)
    }
}

extension ByteStream {
    /// Up to `count` bytes; fewer at the end only.
    func readBytes(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = try bytes.withUnsafeMutableBytes { all in
                try read(into: UnsafeMutableRawBufferPointer(rebasing: all[filled...]))
            }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Drops `count` bytes.
    func skip(_ count: Int) throws {
        var left = count
        while left > 0 {
            let got = try readBytes(min(left, 1 << 16)).count
            if got == 0 { return }
            left -= got
        }
    }
}
