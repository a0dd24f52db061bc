import Testing

@testable import CQL

/// Whatever bytes a peer sends, decoders throw or give something, and never trap.
struct FuzzTests {
    private static let columns = hex("0001 6b 0001 74 0001 61 0009 0001 62 0022 000d")
    private static let rows =
        hex("00000002 00000001 00000002") + columns
        + hex("00000002 00000004 00000001 00000009 00000001 00000001 78 00000004 00000002 ffffffff")
    private static let prepared =
        hex("00000004 0002 aabb 0001 cc 00000001 00000002 00000001 0001") + columns + hex("00000001 00000002") + columns
    private static let bodies: [(Opcode, [UInt8])] = [
        (.result, rows), (.result, prepared),
        (.result, hex("00000005 0007 43524541544544 0005 5441424c45 0001 6b 0001 74")),
        (.error, hex("00001100 0000 0001 00000000 00000001 0006 53494d504c45")),
        (.error, hex("00002500 0000 0002 aabb")),
        (.supported, hex("0001 0001 61 0001 0001 62")), (.authenticate, hex("0001 61")),
        (.event, hex("000d 5354415455535f4348414e4745 0002 5550 04 7f000001 00002352")),
    ]

    private func look(_ envelope: Envelope) {
        if envelope.opcode == .event { _ = try? Event(envelope) }
        guard let response = try? Response(envelope, version: .v5) else { return }
        if case .rows(let rows) = response {
            _ = rows.isApplied
            for row in rows.prefix(50) { _ = try? row.values() }
        }
    }

    @Test func damagedAndTruncatedMessages() {
        var noise = Noise(state: 1)
        for (opcode, body) in Self.bodies {
            for count in 0...body.count {
                look(Envelope(version: 5, flags: [], stream: 0, opcode: opcode, body: Array(body.prefix(count))))
            }
            for _ in 0..<3_000 {
                var bad = body
                for _ in 0..<Int.random(in: 1...4, using: &noise) {
                    bad[Int.random(in: bad.indices, using: &noise)] = UInt8.random(in: 0...255, using: &noise)
                }
                let flags = EnvelopeFlags(rawValue: UInt8.random(in: 0...15, using: &noise) & 0x0e)
                look(
                    Envelope(
                        version: 5, flags: Bool.random(using: &noise) ? [] : flags, stream: 0, opcode: opcode, body: bad
                    ))
            }
        }
    }

    @Test func randomMessages() {
        var noise = Noise(state: 2)
        for _ in 0..<20_000 {
            let opcode = Opcode(rawValue: UInt8.random(in: 0...16, using: &noise)) ?? .result
            let body = noise.bytes(Int.random(in: 0...64, using: &noise))
            look(Envelope(version: 5, flags: [], stream: 0, opcode: opcode, body: body))
        }
    }

    @Test func randomValuesOfEveryType() {
        var noise = Noise(state: 3)
        var types: [CQLType] = CodecTests.cases.map(\.type)
        types += [
            .custom("x"), .map(.list(.text), .tuple([.int, .varint])),
            .vector(.vector(.int, dimension: 2), dimension: 2),
        ]
        for type in types {
            for _ in 0..<2_000 {
                var bytes = noise.bytes(Int.random(in: 0...40, using: &noise))
                // Counts that could be true get further.
                if bytes.count >= 4, Bool.random(using: &noise) {
                    (bytes[0], bytes[1], bytes[2]) = (0, 0, 0)
                    bytes[3] &= 3
                }
                if let value = try? CQLValue(from: cell(bytes, type)) { _ = "\(value)" }
            }
        }
    }

    @Test(arguments: [false, true]) func streamsOfFrames(compressed: Bool) throws {
        var noise = Noise(state: 4)
        let good = segment(served(.result, stream: 1, Self.rows)) + segment(served(.error, stream: 2, Self.bodies[3].1))
        for _ in 0..<3_000 {
            var bytes = good
            if Bool.random(using: &noise) { bytes = noise.bytes(Int.random(in: 0...200, using: &noise)) }
            for _ in 0..<Int.random(in: 0...2, using: &noise) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &noise)] ^= 1 << UInt8.random(in: 0...7, using: &noise)
            }
            var decoder = try decoderInSegments(compressed: compressed)
            _ = try? decoder.envelopes(bytes, piece: Int.random(in: 1...50, using: &noise))
            var plain = FrameDecoder()
            _ = try? plain.envelopes(Array(bytes.dropFirst(6)), piece: Int.random(in: 1...50, using: &noise))
        }
    }

    @Test func compressedBytesThatAreNone() {
        var noise = Noise(state: 5)
        for _ in 0..<5_000 {
            let bytes = noise.bytes(Int.random(in: 0...60, using: &noise))
            _ = try? bytes.withRawBytes { (raw) throws(CQLError) in
                try LZ4.decompress(raw, count: Int.random(in: 0...300, using: &noise))
            }
        }
    }
}
