/// One message with its header: what protocol v5 calls an envelope and v4 a frame.
struct Envelope: Sendable, Equatable {
    static let headerSize = 9
    /// The protocol's limit of a body.
    static let maximumBody = 256 << 20
    /// Events and other messages that no request asked for have this stream.
    static let eventStream: Int16 = -1

    var version: UInt8
    var flags: EnvelopeFlags
    var stream: Int16
    var opcode: Opcode
    var body: Body
}

/// Cuts a stream of bytes into envelopes, wherever the pieces begin and end.
struct EnvelopeAssembler {
    private struct Header {
        let version: UInt8
        let flags: EnvelopeFlags
        let stream: Int16
        let opcode: Opcode
        let length: Int

        init(_ reader: inout ByteReader) throws(CQLError) {
            let direction = try reader.integer(UInt8.self)
            guard direction & 0x80 != 0 else {
                throw CQLError(.protocolViolation, "a request came where an answer has to come")
            }
            version = direction & 0x7f
            flags = EnvelopeFlags(rawValue: try reader.integer(UInt8.self))
            stream = try reader.integer(Int16.self)
            let code = try reader.integer(UInt8.self)
            guard let opcode = Opcode(rawValue: code) else {
                throw CQLError(.protocolViolation, "there is no message of opcode \(code)")
            }
            self.opcode = opcode
            length = Int(try reader.integer(Int32.self))
            guard (0...Envelope.maximumBody).contains(length) else {
                throw CQLError(.protocolViolation, "a body cannot have \(length) bytes")
            }
        }
    }

    private var partialHeader: [UInt8] = []
    private var header: Header?
    private var body: [UInt8] = []
    /// In place of `body` where the message is long.
    private var long: LongBody?
    private let pool = BodyPool()

    /// Whether the last byte that came was the last one of an envelope.
    var isBetweenEnvelopes: Bool { header == nil && partialHeader.isEmpty }

    /// Takes bytes up to the end of one envelope, which is returned, or all of them.
    mutating func next(from reader: inout ByteReader) throws(CQLError) -> Envelope? {
        if header == nil {
            if partialHeader.isEmpty, reader.remaining >= Envelope.headerSize {
                let whole = try Header(&reader)
                if reader.remaining >= whole.length, whole.length < LongBody.threshold {
                    return try envelope(whole, .array(Array(try reader.take(whole.length))))
                }
                start(whole)
            } else {
                let wanted = Envelope.headerSize - partialHeader.count
                partialHeader.append(contentsOf: try reader.take(min(wanted, reader.remaining)))
                guard partialHeader.count == Envelope.headerSize else { return nil }
                let bytes = partialHeader
                partialHeader.removeAll(keepingCapacity: true)
                start(
                    try bytes.withRawBytes { (raw) throws(CQLError) in
                        var inner = ByteReader(raw)
                        return try Header(&inner)
                    })
            }
        }
        guard let header else { return nil }
        if let long {
            long.append(try reader.take(min(long.remaining, reader.remaining)))
            return try finishLong()
        }
        body.append(contentsOf: try reader.take(min(header.length - body.count, reader.remaining)))
        guard body.count == header.length else { return nil }
        self.header = nil
        let whole = body
        body = []
        return try envelope(header, .array(whole))
    }

    /// Where the rest of a long body belongs, or some of the rest; nothing between such bodies.
    var room: UnsafeMutableRawBufferPointer? { long?.room }

    /// Counts bytes that were put into `room`; the envelope where they were its last ones.
    mutating func filled(_ count: Int) throws(CQLError) -> Envelope? {
        long?.filled(count)
        return try finishLong()
    }

    private mutating func finishLong() throws(CQLError) -> Envelope? {
        guard let header, let long, long.remaining == 0 else { return nil }
        self.header = nil
        self.long = nil
        return try envelope(header, .long(long))
    }

    private mutating func start(_ header: Header) {
        self.header = header
        if header.length < LongBody.threshold {
            body.reserveCapacity(header.length)
        } else {
            long = LongBody(length: header.length, pool: pool)
        }
    }

    private func envelope(_ header: Header, _ body: Body) throws(CQLError) -> Envelope {
        var flags = header.flags
        var body = body
        if flags.contains(.compressed) {
            let whole = try body.withRawBytes { (raw) throws(CQLError) in
                var reader = ByteReader(raw)
                let count = Int(try reader.integer(Int32.self))
                guard (0...Envelope.maximumBody).contains(count), count / 255 <= raw.count else {
                    throw CQLError(.protocolViolation, "a compressed body cannot have \(count) bytes")
                }
                return try LZ4.decompress(try reader.take(reader.remaining), count: count)
            }
            body = .array(whole)
            flags.remove(.compressed)
        }
        return Envelope(
            version: header.version, flags: flags, stream: header.stream, opcode: header.opcode, body: body)
    }
}
