import Testing

@testable import CQL

/// Long bodies, which lie in memory of their connection and may be received straight into it.
struct LongBodyTests {
    private static let threshold = LongBody.threshold

    /// The envelope in as many segments as it needs, or none in v4.
    private func framed(_ envelope: [UInt8], _ version: ProtocolVersion, payload maximum: Int) -> [UInt8] {
        guard version >= .v5 else { return envelope }
        let isWhole = envelope.count <= maximum
        return stride(from: 0, to: envelope.count, by: maximum).reduce(into: []) { bytes, start in
            let payload = Array(envelope[start..<min(start + maximum, envelope.count)])
            bytes += segment(payload, isSelfContained: isWhole)
        }
    }

    private func decoder(_ version: ProtocolVersion) throws -> FrameDecoder {
        version >= .v5 ? try decoderInSegments() : FrameDecoder()
    }

    @Test(
        arguments: [ProtocolVersion.v4, .v5],
        [threshold - 1, threshold, threshold + 1, 65_536, 131_062, 131_063, 200_000, 2_500_000])
    func arriveInPiecesOfEverySize(version: ProtocolVersion, size: Int) throws {
        var noise = Noise(state: UInt64(size))
        let long = noise.bytes(size)
        let bytes =
            framed(served(.result, stream: 1, [1, 2, 3]), version, payload: 131_071)
            + framed(served(.result, stream: 2, long), version, payload: 131_071)
            + framed(served(.result, stream: 3, Array(long.reversed())), version, payload: 40_000)
            + framed(served(.result, stream: 4, []), version, payload: 131_071)
        let bodies: [[UInt8]] = [[1, 2, 3], long, long.reversed(), []]
        let pieces = [(0, 997), (1, 65_536), (7, 7), (1_000, 1), (65_536, 4_096), (Int.max, 20), (Int.max, Int.max)]
        for (room, rest) in pieces {
            // Small pieces of much would take long.
            if size > 300_000, min(room, rest) < 500, room != 0 { continue }
            var decoder = try decoder(version)
            let envelopes =
                room == 0
                ? try decoder.envelopes(bytes, piece: rest) : try decoder.envelopes(bytes, intoRoom: room, rest: rest)
            #expect(envelopes.map(\.stream) == [1, 2, 3, 4])
            #expect(envelopes.map { $0.body.withRawBytes { Array($0) } } == bodies)
        }
    }

    @Test(arguments: [ProtocolVersion.v4, .v5]) func roomIsForTheRestOfABody(version: ProtocolVersion) throws {
        let bytes = framed(served(.result, stream: 1, .init(repeating: 7, count: 50_000)), version, payload: 40_000)
        let before = version >= .v5 ? 15 : 9
        var decoder = try decoder(version)
        #expect(decoder.room == nil)
        #expect(try decoder.envelopes(Array(bytes[..<before])).isEmpty)
        #expect(decoder.room?.count == (version >= .v5 ? 40_000 - 9 : 50_000))
        #expect(try decoder.envelopes(Array(bytes[before..<30_000])).isEmpty)
        #expect(decoder.room?.count == (version >= .v5 ? 40_000 + 6 : 50_000 + 9) - 30_000)
        #expect(try decoder.envelopes(Array(bytes[30_000...]), intoRoom: .max, rest: .max).count == 1)
        #expect(decoder.room == nil)
    }

    @Test func damagedBodiesAreRefused() throws {
        var noise = Noise(state: 9)
        let good = segment(served(.result, stream: 1, noise.bytes(70_000)))
        for _ in 0..<200 {
            var bad = good
            bad[Int.random(in: bad.indices, using: &noise)] ^= 1 << UInt8.random(in: 0...7, using: &noise)
            var decoder = try decoderInSegments()
            #expect(throws: CQLError.self) {
                try decoder.envelopes(bad, intoRoom: Int.random(in: 1...70_000, using: &noise), rest: 4_096)
            }
        }
        // Nothing is given before its checksum has come.
        var decoder = try decoderInSegments()
        #expect(try decoder.envelopes(Array(good.dropLast()), intoRoom: .max, rest: 4_096).isEmpty)
        #expect(try decoder.envelopes([good[good.count - 1]]).count == 1)
    }

    @Test func damagedStreamsNeverTrap() throws {
        var noise = Noise(state: 10)
        let body = noise.bytes(20_000)
        for version in [ProtocolVersion.v4, .v5] {
            let good =
                framed(served(.result, stream: 1, body), version, payload: 9_000)
                + framed(served(.result, stream: 2, body), version, payload: 131_071)
            for _ in 0..<500 {
                var bytes = good
                // Mostly where headers are.
                let place = Bool.random(using: &noise) ? Int.random(in: 0..<15, using: &noise) : bytes.count - 1
                bytes[Int.random(in: 0...place, using: &noise)] ^= 1 << UInt8.random(in: 0...7, using: &noise)
                var decoder = try decoder(version)
                _ = try? decoder.envelopes(
                    bytes, intoRoom: Int.random(in: 1...20_000, using: &noise),
                    rest: Int.random(in: 1...5_000, using: &noise))
            }
        }
    }

    @Test func memoryIsUsedAgainWhenNobodyHoldsIt() throws {
        func address(_ body: Body) -> UInt { body.withRawBytes { UInt(bitPattern: $0.baseAddress) } }
        var decoder = FrameDecoder()
        var places: Set<UInt> = []
        for round in 0..<20 as Range<UInt8> {
            let bytes = served(.result, stream: 1, .init(repeating: round, count: 66_000 + Int(round)))
            let envelope = try #require(try decoder.envelopes(bytes, intoRoom: .max, rest: 4_096).first)
            #expect(envelope.body.withRawBytes { $0.allSatisfy { $0 == round } })
            places.insert(address(envelope.body))
        }
        #expect(places.count == 1)
        // What is held stays as it is, whatever comes meanwhile, and when the connection is gone.
        var held: [Body] = []
        for round in 0..<60 as Range<UInt8> {
            let bytes = served(.result, stream: 1, .init(repeating: round, count: 65_536))
            held += try decoder.envelopes(bytes, intoRoom: .max, rest: 4_096).map(\.body)
        }
        decoder = FrameDecoder()
        for (round, body) in held.enumerated() {
            #expect(body.withRawBytes { $0.count == 65_536 && $0.allSatisfy { $0 == UInt8(round) } })
            #expect(body[10..<20] == ArraySlice(repeating: UInt8(round), count: 10))
        }
        #expect(Set(held.map(address)).count == 60)
    }

    @Test func compressedLongBodiesOfV4() throws {
        var noise = Noise(state: 11)
        let body = noise.bytes(40_000) + [UInt8](repeating: 0, count: 60_000)
        var encoder = FrameEncoder(version: .v4)
        encoder.isCompressed = true
        var request = try encoder.request(.query, stream: 3) { (writer) throws(CQLError) in writer.bytes += body }
        request.bytes[0] |= 0x80
        var decoder = FrameDecoder()
        let envelopes = try decoder.envelopes(request.bytes, intoRoom: 10_000, rest: 100)
        #expect(envelopes == [Envelope(version: 4, flags: [], stream: 3, opcode: .query, body: body)])
    }
}
