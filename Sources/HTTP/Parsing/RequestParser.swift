/// Takes the bytes of a connection apart into requests, one after another. It does no input or output: it is given what has
/// come and says what the front of it is.
struct RequestParser {
    enum Step {
        /// All that was given has been taken.
        case needsMore
        case head(RequestHead)
        /// Bytes of the body; they lie in what was given.
        case body(UnsafeRawBufferPointer)
        /// The request is whole; the next one begins.
        case end
    }

    private enum State {
        case head
        case length(left: Int)
        case chunked(ChunkedDecoder)
        case broken
    }

    private let limits: RequestLimits
    private var state = State.head
    /// What has come of a head that is not whole.
    private var head: [UInt8] = []
    /// Bytes of `head` that are known not to hold its end.
    private var searched = 0

    init(limits: RequestLimits) { self.limits = limits }

    /// Whether a head has begun and is not whole.
    var isWithinHead: Bool {
        if case .head = state { return !head.isEmpty }
        return false
    }

    /// Whether a request has begun and is not whole.
    var isWithinRequest: Bool {
        if case .head = state { return !head.isEmpty }
        return true
    }

    /// Takes some of `input` off its front. Throws `HTTPError` where it is no request; nothing more is to be read then, as
    /// nobody knows where the next request begins.
    mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HTTPError) -> Step {
        do throws(HTTPError) {
            return try step(&input)
        } catch {
            state = .broken
            throw error
        }
    }

    private mutating func step(_ input: inout UnsafeRawBufferPointer) throws(HTTPError) -> Step {
        switch state {
        case .head: return try readHead(&input)
        case .length(let left):
            if left == 0 {
                state = .head
                return .end
            }
            guard !input.isEmpty else { return .needsMore }
            let count = min(left, input.count)
            state = .length(left: left - count)
            return .body(take(count, &input))
        case .chunked(var decoder):
            while !input.isEmpty {
                let step = try decoder.next(input)
                switch step {
                case .data(let count):
                    state = .chunked(decoder)
                    return .body(take(count, &input))
                case .framing(let count): _ = take(count, &input)
                case .end(let count):
                    _ = take(count, &input)
                    state = .head
                    return .end
                }
            }
            state = .chunked(decoder)
            return .needsMore
        case .broken:
            _ = take(input.count, &input)
            return .needsMore
        }
    }

    private func take(_ count: Int, _ input: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let taken = UnsafeRawBufferPointer(rebasing: input[..<count])
        input = UnsafeRawBufferPointer(rebasing: input[count...])
        return taken
    }

    private mutating func readHead(_ input: inout UnsafeRawBufferPointer) throws(HTTPError) -> Step {
        if head.isEmpty {
            // Empty lines before a request are left over from bodies of old clients (RFC 9112, section 2.2).
            while input.count >= 2, input[0] == Grammar.carriageReturn, input[1] == Grammar.newline {
                _ = take(2, &input)
            }
        }
        guard !input.isEmpty else { return .needsMore }
        let room = limits.header + 4 - head.count
        let before = head.count
        head.append(contentsOf: input.prefix(max(0, room)))
        if before == 1, head.starts(with: [Grammar.carriageReturn, Grammar.newline]) {
            head = []
            _ = take(1, &input)
            return try readHead(&input)
        }
        guard let end = findEnd() else {
            guard head.count < limits.header + 4 else { throw tooLong }
            // Nonsense is refused before it has filled the header's limit.
            try checkStart(from: before)
            _ = take(input.count, &input)
            return .needsMore
        }
        _ = take(end + 4 - before, &input)
        let parsed = try RequestHead(parsing: head[..<end], limits: limits)
        head.removeAll(keepingCapacity: true)
        searched = 0
        switch parsed.framing {
        case .none: state = .length(left: 0)
        case .length(let length): state = .length(left: length)
        case .chunked: state = .chunked(ChunkedDecoder(limit: limits.header))
        }
        return .head(parsed)
    }

    /// Where the empty line is that ends the head.
    private mutating func findEnd() -> Int? {
        var place = searched
        while place + 3 < head.count {
            if head[place + 3] > Grammar.carriageReturn {
                place += 4
            } else if head[place] == Grammar.carriageReturn, head[place + 1] == Grammar.newline,
                head[place + 2] == Grammar.carriageReturn, head[place + 3] == Grammar.newline
            {
                return place
            } else {
                place += 1
            }
        }
        searched = place
        return nil
    }

    /// A first byte that no method begins with, or a line that ends wrongly.
    private func checkStart(from start: Int) throws(HTTPError) {
        if let first = head.first, first != Grammar.carriageReturn, !Grammar.isToken(first) {
            throw HTTPError.malformed("this is no HTTP request")
        }
        for place in start..<head.count where head[place] == Grammar.newline {
            guard place > 0, head[place - 1] == Grammar.carriageReturn else {
                throw HTTPError.malformed("a line does not end with CR and LF")
            }
        }
    }

    private var tooLong: HTTPError {
        guard head.contains(Grammar.newline) else {
            return HTTPError(
                .headerTooLarge, status: .uriTooLong,
                message: "the target is longer than the limit of \(limits.header) bytes")
        }
        return HTTPError(
            .headerTooLarge, status: .requestHeaderFieldsTooLarge,
            message: "the header is longer than the limit of \(limits.header) bytes")
    }
}
