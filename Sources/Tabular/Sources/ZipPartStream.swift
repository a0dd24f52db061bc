import CZlib
import Foundation

/// The decompressed bytes of one part of a zip archive.
final class ZipPartStream: ByteStream {
    private let content: any ByteStream
    private let name: String
    private let expected: UInt32
    private let limit: Int
    private let proportion: Int
    private var checksum: UInt = 0
    private var bytesRead = 0

    init(
        _ slice: ArchiveSlice, _ name: String, isDeflated: Bool, checksum: UInt32, limit: Int, proportion: Int
    ) throws {
        content = isDeflated ? try InflatingStream(slice) : slice
        self.name = name
        expected = checksum
        self.limit = limit
        self.proportion = proportion
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if buffer.isEmpty { return 0 }
        let got = try content.read(into: buffer)
        if got == 0 {
            guard UInt32(truncatingIfNeeded: checksum) == expected else { throw ZipArchive.broken }
            return 0
        }
        checksum = crc32_z(checksum, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), got)
        bytesRead += got
        guard bytesRead <= limit else {
            throw TableError(.tooLarge, "the part \(name) of the workbook is larger than \(limit >> 20) MiB")
        }
        guard bytesRead <= proportion else {
            throw TableError(
                .tooLarge,
                "the part \(name) of the workbook is more than \(ZipArchive.maximumRatio) times as large as the file")
        }
        return got
    }
}

/// The contents of a deflated stream without header or checksum.
private final class InflatingStream: ByteStream {
    private let source: any ByteStream
    private var state = z_stream()
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var hasEnded = false

    init(_ source: any ByteStream) throws {
        self.source = source
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&state, -15, ZLIB_VERSION, size) == Z_OK else {
            input.deallocate()
            throw ZipArchive.broken
        }
    }

    deinit {
        inflateEnd(&state)
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        state.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.avail_out = UInt32(clamping: buffer.count)
        let room = state.avail_out
        while state.avail_out == room, !hasEnded {
            if state.avail_in == 0 {
                let got = try source.read(into: input)
                // A stream that its own end mark has not ended is cut off.
                if got == 0 { throw ZipArchive.broken }
                state.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                state.avail_in = UInt32(got)
            }
            switch inflate(&state, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: hasEnded = true
            default: throw ZipArchive.broken
            }
        }
        return Int(room - state.avail_out)
    }
}

/// An archive's bytes, at any place.
final class ArchiveBytes {
    /// How many there are.
    let count: Int
    private let memory: [UInt8]
    private let descriptor: Int32

    init(_ source: TableSource) throws {
        switch source {
        case .bytes(let bytes):
            memory = bytes
            descriptor = -1
            count = bytes.count
        case .file(let path):
            memory = []
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
            var status = stat()
            guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
                if descriptor >= 0 { close(descriptor) }
                throw TableError(.cannotOpen, "\(path): \(String(cString: strerror(errno)))")
            }
            count = Int(status.st_size)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// `count` bytes from `offset` on; throws where there are fewer.
    func read(at offset: Int, count wanted: Int) throws -> [UInt8] {
        guard offset >= 0, wanted >= 0, offset <= count, wanted <= count - offset else { throw ZipArchive.broken }
        var bytes = [UInt8](repeating: 0, count: wanted)
        let got = try bytes.withUnsafeMutableBytes { try fill($0, from: offset) }
        guard got == wanted else { throw ZipArchive.broken }
        return bytes
    }

    /// Fills `buffer` with the bytes from `offset` on; fewer at the end only.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws -> Int {
        if descriptor < 0 {
            let size = min(buffer.count, memory.count - offset)
            memory.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + size]))
            }
            return size
        }
        var filled = 0
        while filled < buffer.count {
            let got = pread(
                descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
            if got > 0 {
                filled += got
            } else if got == 0 {
                break
            } else if errno != EINTR {
                throw ZipArchive.broken
            }
        }
        return filled
    }
}

/// A range of an archive's bytes, in order, once.
final class ArchiveSlice: ByteStream {
    private let bytes: ArchiveBytes
    private var rest: Range<Int>

    init(_ bytes: ArchiveBytes, _ range: Range<Int>) {
        self.bytes = bytes
        rest = range
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let size = min(buffer.count, rest.count)
        if size == 0 { return 0 }
        let got = try bytes.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<size]), from: rest.lowerBound)
        // The file was cut off while it was read.
        if got == 0 { throw ZipArchive.broken }
        rest = (rest.lowerBound + got)..<rest.upperBound
        return got
    }
}
