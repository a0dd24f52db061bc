import Testing

@testable import CQL

struct SegmentTests {
    @Test func checksums() {
        // "123456789" is the usual check of CRC-32; segments start from four bytes of their own.
        let digits = Array("123456789".utf8)
        #expect(digits.withUnsafeBytes { Checksum.update(0, with: $0) } == 0xcbf4_3926)
        let seeded = [0xfa, 0x2d, 0x55, 0xca] + digits
        #expect(
            digits.withUnsafeBytes { Checksum.crc32($0) } == seeded.withUnsafeBytes { Checksum.update(0, with: $0) })
        // The header's checksum, bit by bit.
        var expected: UInt32 = 0x875060
        for byte in [0x05, 0x00, 0x02] as [UInt32] {
            expected ^= byte << 16
            for _ in 0..<8 {
                expected <<= 1
                if expected & 0x1000000 != 0 { expected ^= 0x1974f0b }
            }
        }
        #expect(Checksum.crc24(0x020005, count: 3) == expected)
    }

    @Test func headers() throws {
        for compressed in [false, true] {
            for header in [
                SegmentHeader(payload: 0, isSelfContained: true),
                SegmentHeader(payload: 131_071, uncompressed: compressed ? 131_071 : 0, isSelfContained: false),
                SegmentHeader(payload: 5, uncompressed: compressed ? 9 : 0, isSelfContained: true),
            ] {
                let packed = header.packed(compressed: compressed)
                #expect(try SegmentHeader(packed: packed, compressed: compressed) == header)
                for bit in 0..<(compressed ? 64 : 48) {
                    #expect(throws: CQLError.self) {
                        try SegmentHeader(packed: packed ^ 1 << UInt64(bit), compressed: compressed)
                    }
                }
            }
        }
    }

    private func encoder(compressed: Bool, inSegments: Bool = true, _ version: ProtocolVersion = .v5) -> FrameEncoder {
        var encoder = FrameEncoder(version: version)
        encoder.isCompressed = compressed
        encoder.inSegments = inSegments
        return encoder
    }

    /// What a server would read of a request: the same decoder, once the direction is turned.
    private func read(_ request: ByteWriter, compressed: Bool, piece: Int = .max) throws -> [Envelope] {
        var request = request
        request.flatten()
        var decoder = try decoderInSegments(compressed: compressed)
        return try decoder.envelopes(request.bytes, piece: piece)
    }

    @Test(arguments: [false, true], [0, 1, 100, 20_000, 131_062, 131_063, 131_071, 300_000])
    func requestsOfAnySize(compressed: Bool, size: Int) throws {
        // Half noise, half zeros, so that some pieces compress and some do not; the first byte says "answer".
        var random = Noise(state: UInt64(size) + 1)
        let blob = (0..<size).map { $0 < size / 2 ? UInt8.random(in: 0...255, using: &random) : 0 }
        var request = try encoder(compressed: compressed).request(.query, stream: 7) { (writer) throws(CQLError) in
            writer.append(array: blob)
        }
        request.flatten()
        // Turn the envelope into an answer: a server's would have the highest bit of its version set.
        let turned = try turned(request.bytes, compressed: compressed)
        var decoder = try decoderInSegments(compressed: compressed)
        let envelopes = try decoder.envelopes(turned)
        #expect(envelopes == [Envelope(version: 5, flags: [], stream: 7, opcode: .query, body: blob)])
        var slow = try decoderInSegments(compressed: compressed)
        #expect(try slow.envelopes(turned, piece: size > 1_000 ? 997 : 1) == envelopes)
    }

    /// The same segments around an envelope that comes from a server.
    private func turned(_ bytes: [UInt8], compressed: Bool) throws -> [UInt8] {
        var payloads: [UInt8] = []
        var sizes: [Int] = []
        var offset = 0
        let headerSize = SegmentHeader.size(compressed: compressed)
        while offset < bytes.count {
            var packed: UInt64 = 0
            for index in (0..<headerSize).reversed() { packed = packed << 8 | UInt64(bytes[offset + index]) }
            let header = try SegmentHeader(packed: packed, compressed: compressed)
            let payload = Array(bytes[(offset + headerSize)..<(offset + headerSize + header.payload)])
            let plain =
                header.uncompressed == 0
                ? payload
                : try payload.withRawBytes { (raw) throws(CQLError) in
                    try LZ4.decompress(raw, count: header.uncompressed)
                }
            payloads += plain
            sizes.append(plain.count)
            #expect(plain.count <= SegmentHeader.maximumPayload)
            #expect(header.isSelfContained == (offset == 0 && offset + headerSize + header.payload + 4 == bytes.count))
            offset += headerSize + header.payload + SegmentHeader.trailerSize
        }
        payloads[0] |= 0x80
        guard compressed else {
            var result: [UInt8] = []
            for size in sizes {
                result += segment(Array(payloads.prefix(size)), isSelfContained: sizes.count == 1)
                payloads.removeFirst(size)
            }
            return result
        }
        var result: [UInt8] = []
        for size in sizes {
            let header = SegmentHeader(payload: size, isSelfContained: sizes.count == 1).packed(compressed: true)
            let payload = Array(payloads.prefix(size))
            let checksum = payload.withUnsafeBytes { Checksum.crc32($0) }
            result += (0..<8).map { UInt8(truncatingIfNeeded: header >> ($0 * 8)) } + payload
            result += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) }
            payloads.removeFirst(size)
        }
        return result
    }

    @Test func damagedPayloadsAreRefused() throws {
        let good = segment(served(.result, stream: 1, [0, 0, 0, 1]))
        for index in good.indices {
            var decoder = try decoderInSegments()
            var bad = good
            bad[index] ^= 0x40
            #expect(throws: CQLError.self) { try decoder.envelopes(bad) }
        }
    }

    @Test func nothingIsGivenBeforeItsChecksumHasCome() throws {
        let good = segment(served(.result, stream: 1, [0, 0, 0, 1]))
        var decoder = try decoderInSegments()
        #expect(try decoder.envelopes(Array(good.dropLast())).isEmpty)
        #expect(try decoder.envelopes([good[good.count - 1]]).count == 1)
    }

    @Test func severalEnvelopesInOneSegment() throws {
        let payload = served(.result, stream: 1, [0, 0, 0, 1]) + served(.result, stream: 2, [0, 0, 0, 1])
        for piece in [1, 7, 1_000] {
            var decoder = try decoderInSegments()
            #expect(try decoder.envelopes(segment(payload), piece: piece).map(\.stream) == [1, 2])
        }
    }

    @Test func wholeEnvelopesMayNotBeCut() throws {
        var decoder = try decoderInSegments()
        let cut = Array(served(.result, stream: 1, [0, 0, 0, 1]).dropLast())
        #expect(throws: CQLError.self) { try decoder.envelopes(segment(cut)) }
    }

    @Test func compressedBodiesOfV4() throws {
        let body = [UInt8](repeating: 7, count: 1_000)
        let encoder = encoder(compressed: true, inSegments: false, .v4)
        var request = try encoder.request(.query, stream: 3) { (writer) throws(CQLError) in writer.bytes += body }
        #expect(request.count < 100)
        request.bytes[0] |= 0x80
        var decoder = FrameDecoder()
        #expect(
            try decoder.envelopes(request.bytes)
                == [Envelope(version: 4, flags: [], stream: 3, opcode: .query, body: body)])
        // What does not shrink goes as it is.
        let noise = (0..<50).map { UInt8(truncatingIfNeeded: $0 &* 151) }
        let plain = try encoder.request(.query, stream: 3) { (writer) throws(CQLError) in writer.bytes += noise }
        #expect(plain.bytes[1] == 0 && Array(plain.bytes[9...]) == noise)
    }
}
