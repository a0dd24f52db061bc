@testable import CQL

/// Bytes of hexadecimal digits; blanks are for the reader.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { $0 != " " && $0 != "\n" }
    var bytes: [UInt8] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
        bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
    }
    return bytes
}

/// What a value is bound as, its length of four bytes included.
func encoded(_ value: some CQLEncodable, as type: CQLType) throws(CQLError) -> [UInt8] {
    var encoder = CQLEncoder()
    try value.encode(as: type, into: &encoder)
    encoder.writer.flatten()
    return encoder.writer.bytes
}

/// A cell of these bytes; nil for null.
func cell(_ bytes: [UInt8]?, _ type: CQLType) -> CQLCell {
    CQLCell(type: type, storage: .array(bytes ?? []), range: bytes.map { 0..<$0.count })
}

/// The frames of an envelope as a server would send it.
func served(_ opcode: Opcode, stream: Int16, _ body: [UInt8], flags: EnvelopeFlags = []) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(0x85)
    writer.append(flags.rawValue)
    writer.append(integer: stream)
    writer.append(opcode.rawValue)
    writer.append(integer: Int32(body.count))
    writer.bytes += body
    return writer.bytes
}

/// One uncompressed segment of v5 around the payload.
func segment(_ payload: [UInt8], isSelfContained: Bool = true) -> [UInt8] {
    let header = SegmentHeader(payload: payload.count, isSelfContained: isSelfContained).packed(compressed: false)
    let checksum = payload.withUnsafeBytes { Checksum.crc32($0) }
    return (0..<6).map { UInt8(truncatingIfNeeded: header >> ($0 * 8)) } + payload
        + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) }
}

/// A decoder that is past the start-up of v5, and with it what it has given so far.
func decoderInSegments(compressed: Bool = false) throws -> FrameDecoder {
    var decoder = FrameDecoder()
    decoder.expect(.v5, compressed: compressed)
    var envelopes: [Envelope] = []
    try served(.ready, stream: 0, []).withRawBytes { (raw) throws(CQLError) in
        try decoder.consume(raw, into: &envelopes)
    }
    return decoder
}

extension Envelope {
    init(version: UInt8, flags: EnvelopeFlags, stream: Int16, opcode: Opcode, body: [UInt8]) {
        self.init(version: version, flags: flags, stream: stream, opcode: opcode, body: .array(body))
    }
}

extension FrameDecoder {
    /// What comes of the bytes where those that there is room for are put there, `size` of them at a time at most, and those
    /// behind them are cut into pieces of `rest`.
    mutating func envelopes(_ bytes: [UInt8], intoRoom size: Int, rest: Int) throws(CQLError) -> [Envelope] {
        var envelopes: [Envelope] = []
        try bytes.withRawBytes { (raw) throws(CQLError) in
            var left = raw[...]
            while !left.isEmpty {
                if let room, room.count > 0 {
                    let piece = left.prefix(min(size, room.count))
                    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece))
                    left = left.dropFirst(piece.count)
                    try filled(piece.count, into: &envelopes)
                }
                let piece = left.prefix(rest)
                left = left.dropFirst(piece.count)
                try consume(UnsafeRawBufferPointer(rebasing: piece), into: &envelopes)
            }
        }
        return envelopes
    }

    /// What comes of the bytes, cut into pieces of `size`.
    mutating func envelopes(_ bytes: [UInt8], piece size: Int = .max) throws(CQLError) -> [Envelope] {
        var envelopes: [Envelope] = []
        var start = 0
        while start < bytes.count {
            let end = size >= bytes.count - start ? bytes.count : start + size
            try Array(bytes[start..<end]).withRawBytes { (raw) throws(CQLError) in
                try consume(raw, into: &envelopes)
            }
            start = end
        }
        return envelopes
    }
}
