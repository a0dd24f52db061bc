/// Workbooks as text that can be changed: a line `=== NAME` before each part of the archive.
enum Workbook {
    /// What such an input begins with.
    static let mark = Array("=== ".utf8)

    /// The archive of the parts, without compression, so that a change does not end at the decompressor.
    static func packed(_ input: [UInt8]) -> [UInt8] {
        var parts: [(name: [UInt8], content: [UInt8])] = []
        for line in input.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.starts(with: mark) {
                parts.append((Array(line.dropFirst(mark.count).prefix(200)), []))
            } else if !parts.isEmpty {
                parts[parts.count - 1].content += line + [0x0A]
            }
        }
        var (archive, directory): ([UInt8], [UInt8]) = ([], [])
        func number(_ value: Int, _ size: Int) -> [UInt8] {
            (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        for (name, content) in parts.prefix(100) {
            let sizes = number(Int(crc(content)), 4) + number(content.count, 4) + number(content.count, 4)
            let common =
                number(20, 2) + number(0, 2) + number(0, 2) + number(0, 4) + sizes + number(name.count, 2)
                + number(0, 2)
            directory +=
                [0x50, 0x4B, 1, 2] + number(20, 2) + common + number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4)
            directory += number(archive.count, 4) + name
            archive += [0x50, 0x4B, 3, 4] + common + name + content
        }
        let count = number(min(parts.count, 100), 2)
        return archive + directory + [0x50, 0x4B, 5, 6] + number(0, 4) + count + count + number(directory.count, 4)
            + number(archive.count, 4) + number(0, 2)
    }

    /// CRC-32 as in zip archives.
    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
