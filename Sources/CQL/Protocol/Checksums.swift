internal import CISAL

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

    /// The checksum that payloads' go on from: that of four fixed bytes.
    static let payloadStart: UInt32 = [0xFA, 0x2D, 0x55, 0xCA].withRawBytes { update(0, with: $0) }

    /// The checksum of a payload, whole.
    static func crc32(_ payload: UnsafeRawBufferPointer) -> UInt32 { update(payloadStart, with: payload) }

    /// The checksum of what `checksum` is of, and these bytes behind it.
    static func update(_ checksum: UInt32, with bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return checksum }
        return crc32_gzip_refl(checksum, base, UInt64(bytes.count))
    }
}
