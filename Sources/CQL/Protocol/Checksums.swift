/// The checksums of protocol v5's segments: CRC-24 for headers, CRC-32 (IEEE 802.3) for payloads.
enum Checksum {
    private static let headerPolynomial: UInt32 = 0x1974F0B
    private static let headerStart: UInt32 = 0x875060

    /// Checksum of a header's first `count` bytes, of which the first is the lowest of `header`.
    static func crc24(_ header: UInt64, count: Int) -> UInt32 {
        var checksum = headerStart
        var rest = header
        for _ in 0..<count {
            let index = Int((checksum >> 16 ^ UInt32(truncatingIfNeeded: rest)) & 0xff)
            checksum = (checksum << 8) & 0xffffff ^ headerTable[index]
            rest >>= 8
        }
        return checksum
    }

    private static let headerTable: [UInt32] = (0..<256).map { index in
        var value = UInt32(index) << 16
        for _ in 0..<8 {
            value <<= 1
            if value & 0x1000000 != 0 { value ^= headerPolynomial }
        }
        return value & 0xffffff
    }

    /// The state that payload checksums start from: four fixed bytes have gone in before.
    static let payloadStart: UInt32 = update(.max, with: [0xFA, 0x2D, 0x55, 0xCA])

    /// The checksum of a payload, whole.
    static func crc32(_ payload: UnsafeRawBufferPointer) -> UInt32 { finish(update(payloadStart, with: payload)) }

    static func finish(_ state: UInt32) -> UInt32 { ~state }

    private static func update(_ state: UInt32, with bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { update(state, with: $0) }
    }

    /// Sixteen bytes a step, each byte's share of the remainder from a table of its own (Kounavis and Berry 2008).
    static func update(_ state: UInt32, with bytes: UnsafeRawBufferPointer) -> UInt32 {
        payloadTables.withUnsafeBufferPointer { tables in
            var state = state
            var offset = 0
            while bytes.count - offset >= 16 {
                let low =
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ UInt64(state)
                let high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
                var next: UInt32 = 0
                for place in 0..<8 {
                    let shift = UInt64(place) &* 8
                    next ^= tables[(15 &- place) &* 256 &+ Int(low >> shift & 0xff)]
                    next ^= tables[(7 &- place) &* 256 &+ Int(high >> shift & 0xff)]
                }
                state = next
                offset += 16
            }
            while offset < bytes.count {
                state = state >> 8 ^ tables[Int((state ^ UInt32(bytes[offset])) & 0xff)]
                offset += 1
            }
            return state
        }
    }

    /// Sixteen tables of 256: table *k* holds the remainder of a byte that *k* more bytes follow.
    private static let payloadTables: [UInt32] = {
        var tables: [UInt32] = (0..<256).map { index in
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 != 0 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            return value
        }
        for table in 1..<16 {
            for index in 0..<256 {
                let previous = tables[(table - 1) * 256 + index]
                tables.append(previous >> 8 ^ tables[Int(previous & 0xff)])
            }
        }
        return tables
    }()
}
