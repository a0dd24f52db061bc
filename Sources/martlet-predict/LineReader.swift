import Foundation

/// A file, or standard input, line by line; its first bytes can be looked at before.
final class LineReader {
    /// Bytes of the longest line that is read.
    private static let longestLine = 64 << 20

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var place = 0
    private var hasEnded = false

    /// Opens `path`; `-` is standard input.
    init(_ path: String) throws {
        descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Arguments.Mistake("\(path): \(String(cString: strerror(errno)))") }
    }

    deinit { if descriptor > 0 { close(descriptor) } }

    /// Whether the first byte that is no space opens a JSON object.
    func startsWithObject() throws -> Bool {
        while true {
            if let byte = buffer[place...].first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
                return byte == UInt8(ascii: "{")
            }
            if try !fill() { return false }
        }
    }

    /// The next line without its end; nil after the last.
    func next() throws -> ArraySlice<UInt8>? {
        if place > 1 << 20 {
            buffer.removeFirst(place)
            place = 0
        }
        var searched = place
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { place = end + 1 }
                return buffer[place..<end]
            }
            searched = buffer.count
            guard buffer.count - place <= LineReader.longestLine else {
                throw Arguments.Mistake("a line is longer than \(LineReader.longestLine >> 20) MiB")
            }
            if try !fill() {
                defer { place = buffer.count }
                return place < buffer.count ? buffer[place...] : nil
            }
        }
    }

    /// All that is left.
    func rest() throws -> [UInt8] {
        while try fill() {}
        return Array(buffer[place...])
    }

    /// Reads more; false at the end.
    private func fill() throws -> Bool {
        if hasEnded { return false }
        let size = 1 << 18
        let old = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: size))
        var got: Int
        repeat {
            got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + old }, size) }
        } while got < 0 && errno == EINTR
        buffer.removeLast(size - max(0, got))
        if got < 0 { throw Arguments.Mistake("cannot read the table: \(String(cString: strerror(errno)))") }
        hasEnded = got == 0
        return got > 0
    }
}
