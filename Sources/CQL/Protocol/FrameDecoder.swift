/// Turns what a server sends into envelopes: plain ones at first and in v4, segments of them in v5 once the server has
/// accepted the start-up.
struct FrameDecoder {
    private enum Stage {
        case header
        case payload(SegmentHeader)
    }

    private var version = ProtocolVersion.v4
    private var isCompressed = false
    private var inSegments = false
    private var assembler = EnvelopeAssembler()
    private var stage = Stage.header
    /// Bytes of a header, or of a payload with its trailer, of which the rest has not come yet.
    private var partial: [UInt8] = []
    /// For a payload that is taken as it comes: how much of it is still to come, and its checksum so far.
    private var remainingPayload = 0
    private var checksum: UInt32 = 0
    /// Envelopes of a payload whose checksum has not come yet.
    private var unverified: [Envelope] = []

    /// Says what the start-up asks for; to be called before it is sent.
    mutating func expect(_ version: ProtocolVersion, compressed: Bool) {
        self.version = version
        isCompressed = compressed
    }

    /// Takes all bytes and appends the envelopes that are whole now.
    mutating func consume(
        _ bytes: UnsafeRawBufferPointer, into envelopes: inout [Envelope]
    ) throws(CQLError) {
        var reader = ByteReader(bytes)
        while !inSegments, reader.remaining > 0 {
            guard let envelope = try assembler.next(from: &reader) else { return }
            if version >= .v5, envelope.opcode == .ready || envelope.opcode == .authenticate { inSegments = true }
            envelopes.append(envelope)
        }
        while reader.remaining > 0 {
            switch stage {
            case .header: try takeHeader(&reader)
            case .payload(let header):
                if isCompressed {
                    try takeCompressed(header, &reader, into: &envelopes)
                } else {
                    try takePlain(header, &reader, into: &envelopes)
                }
            }
        }
    }

    /// Where the next bytes may be put instead of being handed to `consume`: the rest of a long body, which need not be copied
    /// then. Nothing where the next bytes are others, or are compressed.
    var room: UnsafeMutableRawBufferPointer? {
        guard inSegments else { return assembler.room }
        guard !isCompressed, remainingPayload > 0, let room = assembler.room else { return nil }
        return UnsafeMutableRawBufferPointer(rebasing: room.prefix(remainingPayload))
    }

    /// Takes the first `count` bytes of `room`, which have been put there, as `consume` takes others.
    mutating func filled(_ count: Int, into envelopes: inout [Envelope]) throws(CQLError) {
        guard let room, count > 0, count <= room.count else { return }
        if inSegments {
            checksum = Checksum.update(checksum, with: UnsafeRawBufferPointer(rebasing: room[..<count]))
            remainingPayload -= count
            if let envelope = try assembler.filled(count) { unverified.append(envelope) }
        } else if let envelope = try assembler.filled(count) {
            envelopes.append(envelope)
        }
    }

    private mutating func takeHeader(_ reader: inout ByteReader) throws(CQLError) {
        let size = SegmentHeader.size(compressed: isCompressed)
        partial.append(contentsOf: try reader.take(min(size - partial.count, reader.remaining)))
        guard partial.count == size else { return }
        var packed: UInt64 = 0
        for byte in partial.reversed() { packed = packed << 8 | UInt64(byte) }
        partial.removeAll(keepingCapacity: true)
        let header = try SegmentHeader(packed: packed, compressed: isCompressed)
        stage = .payload(header)
        remainingPayload = header.payload
        checksum = Checksum.payloadStart
    }

    /// An uncompressed payload goes to the assembler as it comes, so that a long body is copied once at most; its envelopes
    /// are kept back until the checksum is known to be right.
    private mutating func takePlain(
        _ header: SegmentHeader, _ reader: inout ByteReader, into envelopes: inout [Envelope]
    ) throws(CQLError) {
        if remainingPayload > 0 {
            let piece = try reader.take(min(remainingPayload, reader.remaining))
            remainingPayload -= piece.count
            checksum = Checksum.update(checksum, with: piece)
            try assemble(piece)
        }
        guard remainingPayload == 0 else { return }
        partial.append(contentsOf: try reader.take(min(SegmentHeader.trailerSize - partial.count, reader.remaining)))
        guard partial.count == SegmentHeader.trailerSize else { return }
        try verify(partial[...])
        try finish(header, into: &envelopes)
    }

    private mutating func takeCompressed(
        _ header: SegmentHeader, _ reader: inout ByteReader, into envelopes: inout [Envelope]
    ) throws(CQLError) {
        let whole = header.payload + SegmentHeader.trailerSize
        partial.append(contentsOf: try reader.take(min(whole - partial.count, reader.remaining)))
        guard partial.count == whole else { return }
        let segment = partial
        try segment.withRawBytes { (raw) throws(CQLError) in
            let payload = UnsafeRawBufferPointer(rebasing: raw[..<header.payload])
            checksum = Checksum.update(checksum, with: payload)
            try verify(segment[header.payload...])
            if header.uncompressed == 0 {
                try assemble(payload)
            } else {
                let bytes = try LZ4.decompress(payload, count: header.uncompressed)
                try bytes.withRawBytes { (raw) throws(CQLError) in try assemble(raw) }
            }
        }
        try finish(header, into: &envelopes)
    }

    private mutating func assemble(_ payload: UnsafeRawBufferPointer) throws(CQLError) {
        var reader = ByteReader(payload)
        while reader.remaining > 0 {
            if let envelope = try assembler.next(from: &reader) { unverified.append(envelope) }
        }
    }

    private func verify(_ trailer: ArraySlice<UInt8>) throws(CQLError) {
        var announced: UInt32 = 0
        for byte in trailer.reversed() { announced = announced << 8 | UInt32(byte) }
        guard announced == checksum else {
            throw CQLError(.protocolViolation, "a segment's payload is damaged: its checksum is wrong")
        }
    }

    private mutating func finish(_ header: SegmentHeader, into envelopes: inout [Envelope]) throws(CQLError) {
        guard !header.isSelfContained || assembler.isBetweenEnvelopes else {
            throw CQLError(.protocolViolation, "a segment of whole envelopes ends inside one")
        }
        envelopes.append(contentsOf: unverified)
        unverified.removeAll(keepingCapacity: true)
        partial.removeAll(keepingCapacity: true)
        stage = .header
    }
}
