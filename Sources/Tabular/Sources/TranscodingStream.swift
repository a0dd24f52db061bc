/// A stream of another encoding as UTF-8. A byte order mark has been taken off before.
final class TranscodingStream: ByteStream {
    private let source: any ByteStream
    private let encoding: ReadOptions.Encoding
    private var input: [UInt8] = []
    private var position = 0
    private var output: [UInt8] = []
    private var outputPosition = 0
    private var ended = false

    init(_ source: any ByteStream, from encoding: ReadOptions.Encoding) {
        self.source = source
        self.encoding = encoding
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while outputPosition == output.count, !ended { try refill() }
        let count = min(buffer.count, output.count - outputPosition)
        output.withUnsafeBytes { all in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[outputPosition..<outputPosition + count]))
        }
        outputPosition += count
        return count
    }

    private func refill() throws {
        output.removeAll(keepingCapacity: true)
        outputPosition = 0
        let carried = Array(input[position...])
        let fresh = try source.readBytes(1 << 16)
        ended = fresh.isEmpty
        input = carried + fresh
        position = 0
        switch encoding {
        case .utf8:
            output = input
            position = input.count
        case .latin1:
            for byte in input {
                append(byte < 0x80 || byte >= 0xA0 ? UInt32(byte) : Self.windows1252[Int(byte) - 0x80])
            }
            position = input.count
        case .utf16LittleEndian: try decodeUTF16(low: 0, high: 1)
        case .utf16BigEndian: try decodeUTF16(low: 1, high: 0)
        }
    }

    private func decodeUTF16(low: Int, high: Int) throws {
        func unit(_ index: Int) -> UInt32 { UInt32(input[index + high]) << 8 | UInt32(input[index + low]) }
        while position + 1 < input.count {
            let first = unit(position)
            if first & 0xF800 != 0xD800 {
                append(first)
                position += 2
            } else if first & 0xFC00 == 0xD800 {
                guard position + 3 < input.count else { break }
                let second = unit(position + 2)
                guard second & 0xFC00 == 0xDC00 else { throw Self.broken }
                append(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
                position += 4
            } else {
                throw Self.broken
            }
        }
        if ended, position < input.count { throw Self.broken }
    }

    private static let broken = TableError(.badEncoding, "the bytes are not valid UTF-16")

    private func append(_ scalar: UInt32) {
        switch scalar {
        case 0..<0x80: output.append(UInt8(scalar))
        case 0x80..<0x800:
            output.append(UInt8(0xC0 | scalar >> 6))
            output.append(UInt8(0x80 | scalar & 0x3F))
        case 0x800..<0x10000:
            output.append(UInt8(0xE0 | scalar >> 12))
            output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            output.append(UInt8(0x80 | scalar & 0x3F))
        default:
            output.append(UInt8(0xF0 | scalar >> 18))
            output.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            output.append(UInt8(0x80 | scalar & 0x3F))
        }
    }

    /// What 0x80 to 0x9F stand for in Windows-1252 (WHATWG Encoding Standard).
    private static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}
