/// The header of protocol v5's segments: lengths, whether whole envelopes are inside, and a checksum of these.
struct SegmentHeader: Equatable {
    /// A segment's payload has at most so many bytes.
    static let maximumPayload = (1 << 17) - 1
    static let trailerSize = 4

    /// The payload's bytes as they are sent.
    var payload: Int
    /// The payload's bytes before compression; 0 where the payload is sent as it is.
    var uncompressed: Int
    /// Whether the payload is one or more whole envelopes, not a part of a long one.
    var isSelfContained: Bool

    static func size(compressed: Bool) -> Int { compressed ? 8 : 6 }

    /// The header's bytes, the first one lowest.
    func packed(compressed: Bool) -> UInt64 {
        let size = compressed ? 5 : 3
        var fields = UInt64(payload)
        if compressed { fields |= UInt64(uncompressed) << 17 }
        if isSelfContained { fields |= 1 << (compressed ? 34 : 17) }
        return fields | UInt64(Checksum.crc24(fields, count: size)) << UInt64(size * 8)
    }

    init(payload: Int, uncompressed: Int = 0, isSelfContained: Bool) {
        self.payload = payload
        self.uncompressed = uncompressed
        self.isSelfContained = isSelfContained
    }

    /// The header in `packed`, whose first byte is the lowest; its checksum has to be right.
    init(packed: UInt64, compressed: Bool) throws(CQLError) {
        let size = compressed ? 5 : 3
        let fields = packed & (1 << UInt64(size * 8) - 1)
        guard UInt64(Checksum.crc24(fields, count: size)) == packed >> UInt64(size * 8) else {
            throw CQLError(.protocolViolation, "a segment's header is damaged: its checksum is wrong")
        }
        payload = Int(fields & 0x1ffff)
        uncompressed = compressed ? Int(fields >> 17 & 0x1ffff) : 0
        isSelfContained = fields >> (compressed ? 34 : 17) & 1 != 0
    }
}
