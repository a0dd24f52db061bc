/// Little-endian bytes out.
struct ChunkWriter {
    var bytes: [UInt8] = []

    mutating func uint32(_ value: UInt32) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func string(_ text: String) {
        let utf8 = Array(text.utf8)
        uint32(UInt32(utf8.count))
        bytes += utf8
    }

    mutating func words(_ values: [UInt64]) { fixed(values) }

    mutating func integers(_ values: PackedIntegers) {
        switch values {
        case .int8(let narrow):
            bytes.append(1)
            fixed(narrow)
        case .int16(let narrow):
            bytes.append(2)
            fixed(narrow)
        case .int32(let narrow):
            bytes.append(4)
            fixed(narrow)
        case .int64(let wide):
            bytes.append(8)
            fixed(wide)
        }
    }

    private mutating func fixed<Value: FixedWidthInteger>(_ values: [Value]) {
        #if _endian(little)
            values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        #else
            for value in values { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
        #endif
    }
}

/// Little-endian bytes in; every length is checked against what is left.
struct ChunkReader {
    private let source: [UInt8]
    private var position = 0

    init(_ source: [UInt8]) { self.source = source }

    var isAtEnd: Bool { position == source.count }

    mutating func bytes(_ count: Int) throws -> [UInt8] {
        guard count >= 0, count <= source.count - position else { throw ChunkCodec.corrupt("it ends early") }
        defer { position += count }
        return Array(source[position..<position + count])
    }

    mutating func byte() throws -> UInt8 {
        guard position < source.count else { throw ChunkCodec.corrupt("it ends early") }
        defer { position += 1 }
        return source[position]
    }

    mutating func uint32() throws -> UInt32 {
        try bytes(4).enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32($1.offset * 8) }
    }

    mutating func string() throws -> String {
        guard let text = String(validating: try bytes(Int(try uint32())), as: UTF8.self) else {
            throw ChunkCodec.corrupt("its text is not UTF-8")
        }
        return text
    }

    mutating func words(_ count: Int) throws -> [UInt64] { try fixed(count, of: UInt64.self) }

    mutating func bitmap(_ count: Int) throws -> Bitmap { Bitmap(words: try words((count + 63) / 64), count: count) }

    mutating func integers(_ count: Int) throws -> PackedIntegers {
        switch try byte() {
        case 1: .int8(try fixed(count, of: Int8.self))
        case 2: .int16(try fixed(count, of: Int16.self))
        case 4: .int32(try fixed(count, of: Int32.self))
        case 8: .int64(try fixed(count, of: Int64.self))
        default: throw ChunkCodec.corrupt("its width is unknown")
        }
    }

    private mutating func fixed<Value: FixedWidthInteger>(_ count: Int, of: Value.Type) throws -> [Value] {
        let width = MemoryLayout<Value>.size
        guard count >= 0, count <= (source.count - position) / width else { throw ChunkCodec.corrupt("it ends early") }
        defer { position += count * width }
        let start = position
        return source.withUnsafeBytes { raw in
            (0..<count).map {
                Value(littleEndian: raw.loadUnaligned(fromByteOffset: start + $0 * width, as: Value.self))
            }
        }
    }
}
