/// Takes chunked framing off a body (RFC 9112, section 7.1); bytes go in as they come. Extensions and trailers are checked and
/// dropped.
struct ChunkedDecoder {
    enum Step: Equatable {
        /// The first so many bytes of the input are the body's.
        case data(Int)
        /// The first so many bytes belong to the framing.
        case framing(Int)
        /// The body ended after so many bytes.
        case end(Int)
    }

    private enum State {
        case size(digits: Int)
        case sizeExtension
        case sizeEnd
        case data(left: Int)
        case dataEnd
        case dataNewline
        case trailer
    }

    private var state = State.size(digits: 0)
    private var size = 0
    /// Bytes of extensions or of the trailer so far.
    private var extra = 0
    /// The trailer's present line.
    private var line: [UInt8] = []
    private let limit: Int

    /// Extensions of one chunk, and the trailer, are at most `limit` bytes.
    init(limit: Int) { self.limit = limit }

    /// What the front of `input`, which is not empty, is. Throws `HTTPError` where it is no chunked body.
    mutating func next(_ input: UnsafeRawBufferPointer) throws(HTTPError) -> Step {
        if case .data(let left) = state {
            let count = min(left, input.count)
            state = count == left ? .dataEnd : .data(left: left - count)
            return .data(count)
        }
        var used = 0
        while used < input.count {
            let byte = input[used]
            used += 1
            if try take(byte) { return .end(used) }
            if case .data = state { return .framing(used) }
        }
        return .framing(used)
    }

    /// Takes a byte of the framing; whether it was the last.
    private mutating func take(_ byte: UInt8) throws(HTTPError) -> Bool {
        switch state {
        case .size(let digits):
            if let value = Grammar.hexadecimal(byte) {
                // Fifteen digits are more than anybody sends, and no integer overflows.
                guard digits < 15 else { throw HTTPError.malformed("a chunk is too long") }
                size = size << 4 | Int(value)
                state = .size(digits: digits + 1)
            } else {
                guard digits > 0 else { throw HTTPError.malformed("a chunk does not begin with its size") }
                extra = 0
                if byte == Grammar.carriageReturn {
                    state = .sizeEnd
                } else {
                    guard byte == UInt8(ascii: ";") else { throw HTTPError.malformed("a chunk's size is no number") }
                    state = .sizeExtension
                }
            }
        case .sizeExtension:
            if byte == Grammar.carriageReturn {
                state = .sizeEnd
            } else {
                guard Grammar.isValue(byte) else { throw HTTPError.malformed("a chunk's extension cannot be read") }
                try count()
            }
        case .sizeEnd:
            guard byte == Grammar.newline else {
                throw HTTPError.malformed("a chunk's size does not end with CR and LF")
            }
            extra = 0
            state = size == 0 ? .trailer : .data(left: size)
            size = 0
        case .dataEnd:
            guard byte == Grammar.carriageReturn else { throw HTTPError.malformed("a chunk is not as long as it says") }
            state = .dataNewline
        case .dataNewline:
            guard byte == Grammar.newline else { throw HTTPError.malformed("a chunk is not as long as it says") }
            state = .size(digits: 0)
        case .trailer: return try takeTrailer(byte)
        case .data: break
        }
        return false
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPError) -> Bool {
        try count()
        if line.last == Grammar.carriageReturn {
            guard byte == Grammar.newline else { throw HTTPError.malformed("a line does not end with CR and LF") }
            line.removeLast()
            if line.isEmpty { return true }
            _ = try RequestHead.field(line[...])
            line = []
            return false
        }
        guard byte != Grammar.newline else { throw HTTPError.malformed("a line does not end with CR and LF") }
        line.append(byte)
        return false
    }

    private mutating func count() throws(HTTPError) {
        extra += 1
        guard extra <= limit else {
            throw HTTPError(
                .headerTooLarge, status: .requestHeaderFieldsTooLarge,
                message: "what stands between the chunks is longer than the limit of \(limit) bytes")
        }
    }
}
