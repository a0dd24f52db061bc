internal import Glibc

/// Splits the bytes of a multipart body (RFC 2046, section 5.1) into parts without holding more than a chunk.
struct MultipartParser {
    enum Event {
        /// More bytes have to be fed.
        case needsBytes
        /// A part begins.
        case part(Headers)
        /// Bytes of the part.
        case data([UInt8])
        /// The part is over.
        case partEnd
        /// The closing delimiter has been read; what follows does not count.
        case end
    }

    private enum State {
        case preamble, delimiter, headers, data, end
    }

    /// Longest header of a part, in bytes.
    static let headerLimit = 16 * 1024

    private let delimiter: [UInt8]
    private var state = State.preamble
    private var buffer: [UInt8]
    private var start = 0

    init(boundary: String) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter may stand at the very beginning, without its line break.
        buffer = [13, 10]
    }

    mutating func feed(_ bytes: [UInt8]) {
        if start == buffer.count {
            buffer = bytes
        } else {
            buffer.removeFirst(start)
            buffer += bytes
        }
        start = 0
    }

    mutating func next() throws -> Event {
        while true {
            switch state {
            case .preamble:
                guard let found = findDelimiter() else {
                    keepTail()
                    return .needsBytes
                }
                start = found + delimiter.count
                state = .delimiter
            case .data:
                if let found = findDelimiter() {
                    if found > start {
                        defer { start = found }
                        return .data(Array(buffer[start..<found]))
                    }
                    start += delimiter.count
                    state = .delimiter
                    return .partEnd
                }
                let sure = buffer.count - (delimiter.count - 1)
                guard sure > start else { return .needsBytes }
                defer { start = sure }
                return .data(Array(buffer[start..<sure]))
            case .delimiter:
                guard let next = try afterDelimiter() else { return .needsBytes }
                state = next
            case .headers:
                guard let headers = try readHeaders() else { return .needsBytes }
                state = .data
                return .part(headers)
            case .end:
                start = buffer.count
                return .end
            }
        }
    }

    static func failure(_ message: String) -> HTTPError {
        HTTPError(.badMultipart, status: .badRequest, message: "multipart body: \(message)")
    }

    private mutating func keepTail() {
        start = max(start, buffer.count - (delimiter.count - 1))
    }

    private func findDelimiter() -> Int? {
        buffer.withUnsafeBytes { bytes in
            delimiter.withUnsafeBytes { wanted -> Int? in
                guard let base = bytes.baseAddress, let wantedBase = wanted.baseAddress else { return nil }
                var from = start
                let last = bytes.count - wanted.count
                while from <= last {
                    guard let hit = memchr(base + from, 13, last - from + 1) else { return nil }
                    let position = base.distance(to: UnsafeRawPointer(hit))
                    if memcmp(base + position, wantedBase, wanted.count) == 0 { return position }
                    from = position + 1
                }
                return nil
            }
        }
    }

    /// What follows a delimiter: `--` closes the body, a line break opens a part; blanks before it are allowed.
    private mutating func afterDelimiter() throws -> State? {
        guard buffer.count - start >= 2 else { return nil }
        if buffer[start] == UInt8(ascii: "-"), buffer[start + 1] == UInt8(ascii: "-") {
            start += 2
            return .end
        }
        var index = start
        while index < buffer.count, buffer[index] == 32 || buffer[index] == 9 { index += 1 }
        guard index - start <= 256 else { throw MultipartParser.failure("a delimiter is followed by too many blanks") }
        guard index + 1 < buffer.count else { return nil }
        guard buffer[index] == 13, buffer[index + 1] == 10 else {
            throw MultipartParser.failure("a delimiter is not followed by a line break")
        }
        // The line break stays, so that a header without fields ends with two of them too.
        start = index
        return .headers
    }

    private mutating func readHeaders() throws -> Headers? {
        var end = start
        while true {
            guard end + 3 < buffer.count else {
                if buffer.count - start > MultipartParser.headerLimit {
                    throw MultipartParser.failure(
                        "the header of a part is longer than \(MultipartParser.headerLimit) bytes")
                }
                return nil
            }
            if buffer[end] == 13, buffer[end + 1] == 10, buffer[end + 2] == 13, buffer[end + 3] == 10 { break }
            end += 1
        }
        var headers = Headers()
        let text = buffer[start..<end]
        start = end + 4
        guard let header = String(validating: text, as: UTF8.self) else {
            throw MultipartParser.failure("the header of a part is not UTF-8")
        }
        for line in header.split(separator: "\r\n", omittingEmptySubsequences: true) {
            guard let colon = line.firstIndex(of: ":") else {
                throw MultipartParser.failure("a line of a part's header has no colon")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headers.add(String(line[..<colon]), String(value))
        }
        return headers
    }
}
