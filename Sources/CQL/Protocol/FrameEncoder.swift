/// Writes requests as the server wants them at this moment: plain envelopes at first and in v4, in segments of v5 later.
struct FrameEncoder: Sendable {
    let version: ProtocolVersion
    /// Whether LZ4 was agreed upon; the start-up itself is never compressed.
    var isCompressed = false
    /// Whether envelopes go into segments.
    var inSegments = false

    init(version: ProtocolVersion) { self.version = version }

    /// One request, ready to be sent, with the body that `body` writes.
    func request(
        _ opcode: Opcode, stream: Int16, reserving capacity: Int = 256,
        body: (inout ByteWriter) throws(CQLError) -> Void
    ) throws(CQLError) -> ByteWriter {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(capacity)
        let direct = inSegments && !isCompressed
        let envelope = direct ? SegmentHeader.size(compressed: false) : 0
        if direct { writer.bytes.append(contentsOf: repeatElement(0, count: envelope)) }
        writer.append(version.rawValue)
        writer.append(0)
        writer.append(integer: stream)
        writer.append(opcode.rawValue)
        writer.append(integer: Int32(0))
        try body(&writer)
        let length = writer.count - envelope - Envelope.headerSize
        guard length <= Envelope.maximumBody else {
            throw CQLError(.typeMismatch, "a request of \(length) bytes is over the protocol's limit of 256 MiB")
        }
        writer.overwrite(at: envelope + 5, with: Int32(length))
        if direct {
            if length + Envelope.headerSize <= SegmentHeader.maximumPayload {
                finishSegment(in: &writer)
            } else {
                writer.flatten()
                finishSegments(in: &writer)
            }
        } else if inSegments {
            writer.flatten()
            compressSegments(in: &writer)
        } else if isCompressed, opcode != .startup, opcode != .options, length > 0 {
            writer.flatten()
            compressBody(in: &writer)
        }
        return writer
    }

    /// Fills in the header's room at the start and appends the checksum.
    private func finishSegment(in writer: inout ByteWriter) {
        let headerSize = SegmentHeader.size(compressed: false)
        let header = SegmentHeader(payload: writer.count - headerSize, isSelfContained: true)
        var checksum = Checksum.payloadStart
        writer.forEachPiece(from: headerSize) { checksum = Checksum.update(checksum, with: $0) }
        writer.bytes.withUnsafeMutableBytes {
            Self.store(header.packed(compressed: false), count: headerSize, to: $0, at: 0)
        }
        withUnsafeBytes(of: checksum.littleEndian) { writer.bytes.append(contentsOf: $0) }
    }

    /// Makes the bytes behind the first header's room as many segments as they need.
    private func finishSegments(in writer: inout ByteWriter) {
        let headerSize = SegmentHeader.size(compressed: false)
        let length = writer.count - headerSize
        let maximum = SegmentHeader.maximumPayload
        let segments = (length + maximum - 1) / maximum
        let overhead = headerSize + SegmentHeader.trailerSize
        writer.bytes.append(contentsOf: repeatElement(0, count: overhead * segments - headerSize))
        writer.bytes.withUnsafeMutableBytes { raw in
            // From the last one on, so that no payload is written over before it has moved.
            for segment in (0..<segments).reversed() {
                let count = min(maximum, length - segment * maximum)
                let source = headerSize + segment * maximum
                let target = source + segment * overhead
                if segment > 0 {
                    UnsafeMutableRawBufferPointer(rebasing: raw[target..<(target + count)])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[source..<(source + count)]))
                }
                let header = SegmentHeader(payload: count, isSelfContained: segments == 1)
                Self.store(header.packed(compressed: false), count: headerSize, to: raw, at: target - headerSize)
                let checksum = Checksum.crc32(UnsafeRawBufferPointer(rebasing: raw[target..<(target + count)]))
                Self.store(UInt64(checksum), count: SegmentHeader.trailerSize, to: raw, at: target + count)
            }
        }
    }

    private func compressSegments(in writer: inout ByteWriter) {
        let envelope = writer.bytes
        writer.bytes = []
        let maximum = SegmentHeader.maximumPayload
        let headerSize = SegmentHeader.size(compressed: true)
        envelope.withUnsafeBytes { raw in
            for first in stride(from: 0, to: raw.count, by: maximum) {
                let piece = UnsafeRawBufferPointer(rebasing: raw[first..<min(first + maximum, raw.count)])
                let place = writer.count
                writer.bytes.append(contentsOf: repeatElement(0, count: headerSize))
                var header = SegmentHeader(payload: piece.count, isSelfContained: raw.count <= maximum)
                if let written = LZ4.compress(piece, into: &writer.bytes) {
                    header.payload = written
                    header.uncompressed = piece.count
                } else {
                    writer.bytes.append(contentsOf: piece)
                }
                writer.bytes.append(contentsOf: repeatElement(0, count: SegmentHeader.trailerSize))
                writer.bytes.withUnsafeMutableBytes { raw in
                    Self.store(header.packed(compressed: true), count: headerSize, to: raw, at: place)
                    let payload = place + headerSize
                    let checksum = Checksum.crc32(
                        UnsafeRawBufferPointer(rebasing: raw[payload..<(payload + header.payload)]))
                    Self.store(
                        UInt64(checksum), count: SegmentHeader.trailerSize, to: raw, at: payload + header.payload)
                }
            }
        }
    }

    /// Compresses the body of a plain envelope, where that saves more than the length it needs.
    private func compressBody(in writer: inout ByteWriter) {
        let body = Envelope.headerSize
        let length = writer.count - body
        var compressed: [UInt8] = []
        let written = writer.bytes.withUnsafeBytes { raw in
            LZ4.compress(UnsafeRawBufferPointer(rebasing: raw[body...]), into: &compressed)
        }
        guard let written, written + 4 < length else { return }
        writer.bytes.removeLast(length)
        writer.append(integer: Int32(length))
        writer.bytes.append(contentsOf: compressed)
        writer.overwrite(at: 5, with: Int32(written + 4))
        writer.overwrite(at: 1, with: EnvelopeFlags.compressed.rawValue)
    }

    /// Segments are little-endian, unlike everything inside them.
    private static func store(_ value: UInt64, count: Int, to raw: UnsafeMutableRawBufferPointer, at offset: Int) {
        for index in 0..<count {
            raw[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
        }
    }
}
