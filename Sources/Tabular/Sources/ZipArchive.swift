import Foundation

/// The parts of a zip archive in a file or in memory (PKWARE, `APPNOTE.TXT` 6.3.10): stored or deflated, with or without the
/// 64-bit fields, also behind bytes of something else.
final class ZipArchive {
    /// The most bytes a part may have once decompressed.
    static let maximumPartBytes = 4 << 30
    /// How many times larger than the whole archive a part may be, once it is larger than `freePartBytes`. Deflate can do
    /// 1032; sheets full of equal cells stay below 100.
    static let maximumRatio = 400
    /// Bytes a part may have however small the archive is.
    static let freePartBytes = 16 << 20
    /// Most bytes of the list of parts.
    private static let maximumDirectoryBytes = 64 << 20

    static let broken = TableError(.corruptWorkbook, "the zip archive is damaged")

    /// A part as the archive's list tells of it.
    private struct Entry {
        var name: String
        var isEncrypted: Bool
        var method: Int
        var checksum: UInt32
        var compressedSize: Int
        /// Where its header starts in the file.
        var offset: Int
    }

    private let bytes: ArchiveBytes
    private var entries: [Entry] = []

    init(_ source: TableSource) throws {
        bytes = try ArchiveBytes(source)
        let end = try Directory(of: bytes)
        guard end.size <= Self.maximumDirectoryBytes else { throw Self.broken }
        let list = try bytes.read(at: end.offset, count: end.size)
        var place = 0
        while place < list.count {
            guard let header = list.record(at: place, size: 46, signature: 0x0201_4b50) else { throw Self.broken }
            let (nameLength, extraLength) = (header.number16(28), header.number16(30))
            let next = place + 46 + nameLength + extraLength + header.number16(32)
            guard next <= list.count else { throw Self.broken }
            let name = list[(place + 46)..<(place + 46 + nameLength)]
            let extra = LittleEndian(list[(place + 46 + nameLength)..<(place + 46 + nameLength + extraLength)])
            var sizes = [header.number32(24), header.number32(20), header.number32(42)]
            try extra.widen(&sizes)
            entries.append(
                Entry(
                    name: String(decoding: name, as: UTF8.self), isEncrypted: header.number16(8) & 1 != 0,
                    method: header.number16(10), checksum: UInt32(truncatingIfNeeded: header.number32(16)),
                    compressedSize: sizes[1], offset: sizes[2] + end.shift))
            place = next
        }
    }

    /// A stream of the part called `name`, without regard to case; nil if there is none. Reading it fails beyond `limit`
    /// bytes, or sooner if the part grows out of all proportion to the archive.
    func open(_ name: String, limit: Int = maximumPartBytes) throws -> ZipPartStream? {
        let wanted = name.lowercased()
        guard let entry = entries.first(where: { $0.name.lowercased() == wanted }) else { return nil }
        let head = try bytes.read(at: entry.offset, count: 30)
        guard !entry.isEncrypted, entry.method == 0 || entry.method == 8,
            let header = head.record(at: 0, size: 30, signature: 0x0403_4b50)
        else { throw Self.broken }
        let start = entry.offset + 30 + header.number16(26) + header.number16(28)
        guard start <= bytes.count, entry.compressedSize <= bytes.count - start else { throw Self.broken }
        let grown = bytes.count.multipliedReportingOverflow(by: Self.maximumRatio)
        let proportion = grown.overflow ? Int.max : max(Self.freePartBytes, grown.partialValue)
        return try ZipPartStream(
            ArchiveSlice(bytes, start..<(start + entry.compressedSize)), name, isDeflated: entry.method == 8,
            checksum: entry.checksum, limit: limit, proportion: proportion)
    }
}

/// Where an archive's list of parts is.
private struct Directory {
    let offset: Int
    let size: Int
    /// Bytes before the archive, by which its own offsets are too small.
    let shift: Int

    /// Finds the record at the end of the archive, behind which only a comment may stand.
    init(of bytes: ArchiveBytes) throws {
        let tailSize = min(bytes.count, 22 + 65_535)
        let tailStart = bytes.count - tailSize
        let tail = try bytes.read(at: tailStart, count: tailSize)
        for place in stride(from: tailSize - 22, through: 0, by: -1) {
            guard let end = tail.record(at: place, size: 22, signature: 0x0605_4b50),
                place + 22 + end.number16(20) == tailSize
            else { continue }
            let position = tailStart + place
            if let wide = try Directory(wideBefore: position, of: bytes) {
                self = wide
                return
            }
            let (size, offset) = (end.number32(12), end.number32(16))
            guard size <= position, offset <= position - size else { break }
            self.init(offset: position - size, size: size, shift: position - size - offset)
            return
        }
        throw ZipArchive.broken
    }

    private init(offset: Int, size: Int, shift: Int) {
        self.offset = offset
        self.size = size
        self.shift = shift
    }

    /// The record of 64-bit fields that the locator before `position` names; nil where there is no locator.
    private init?(wideBefore position: Int, of bytes: ArchiveBytes) throws {
        guard position >= 20,
            let locator = try bytes.read(at: position - 20, count: 20)
                .record(at: 0, size: 20, signature: 0x0706_4b50)
        else { return nil }
        guard let place = locator.number64(8), place <= position - 76,
            let end = try bytes.read(at: place, count: 56).record(at: 0, size: 56, signature: 0x0606_4b50),
            let size = end.number64(40), let offset = end.number64(48), offset <= place, size <= place - offset
        else { throw ZipArchive.broken }
        self.init(offset: offset, size: size, shift: 0)
    }
}

extension [UInt8] {
    /// The fields of `size` bytes at `place`, which start with `signature`; nil where they do not, or are cut off.
    fileprivate func record(at place: Int, size: Int, signature: Int) -> LittleEndian? {
        guard place >= 0, size <= count - place else { return nil }
        let fields = LittleEndian(self[place..<(place + size)])
        return fields.number32(0) == signature ? fields : nil
    }
}

/// Numbers at places counted from the start of some bytes, lowest byte first.
private struct LittleEndian {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    func number16(_ place: Int) -> Int { number(place, 2) }
    func number32(_ place: Int) -> Int { number(place, 4) }

    /// Nil for a number that no file is as large as.
    func number64(_ place: Int) -> Int? {
        let high = number(place + 4, 4)
        return high < 1 << 30 ? high << 32 | number(place, 4) : nil
    }

    /// Puts in place of the numbers that are all ones in 32 bits their 64-bit values from the extra field 1.
    func widen(_ numbers: inout [Int]) throws {
        var place = 0
        while place + 4 <= bytes.count {
            let (kind, size) = (number16(place), number16(place + 2))
            guard size <= bytes.count - place - 4 else { return }
            if kind == 1 {
                var next = place + 4
                for index in numbers.indices where numbers[index] == 0xffff_ffff {
                    guard next + 8 <= place + 4 + size, let value = number64(next) else { throw ZipArchive.broken }
                    numbers[index] = value
                    next += 8
                }
            }
            place += 4 + size
        }
    }

    private func number(_ place: Int, _ size: Int) -> Int {
        let start = bytes.startIndex + place
        return (0..<size).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }
}
