internal import Glibc

/// Makes replies of bytes as they come, in whatever pieces: a state machine without input or output. What was read of a
/// reply is never read again, and a string is copied once, to where it stays.
public struct RESPParser: Sendable {
    /// What a reply may be at most, so that a server gone wrong cannot take all memory.
    public struct Limits: Sendable, Hashable {
        /// Aggregates within aggregates.
        public var depth = 32
        /// Bytes of a string; Redis's own limit is 512 MiB.
        public var stringLength = 512 << 20
        /// Bytes of a line: a number, an error, a short text.
        public var lineLength = 64 << 10
        /// Values within a reply, all aggregates together.
        public var elements = 16 << 20

        /// The defaults.
        public init() {}
    }

    /// What is being put together.
    private struct Frame {
        enum Kind {
            case array, set, push, map, attribute
        }

        var kind: Kind
        /// Values still to come; negative where an end mark tells.
        var remaining: Int
        var values: [RESPValue] = []
    }

    private enum State {
        /// A line begins or goes on; its start is in `line`.
        case line
        /// A string's bytes come; what they become is told by `stringKind`.
        case string(remaining: Int)
        /// The line end after a string; the value tells how many of its two bytes have come.
        case stringEnd(seen: Int)
    }

    private enum StringKind {
        case bulk, verbatim, error
        /// A part of a string of unknown length.
        case chunk
    }

    private let limits: Limits
    private var state = State.line
    private var line: [UInt8] = []
    private var string: [UInt8] = []
    private var stringKind = StringKind.bulk
    /// Whether the parts of a string of unknown length are coming.
    private var isInChunks = false
    private var frames: [Frame] = []
    private var elements = 0
    private var failure: RedisError?

    /// Most memory set aside for what a length promises and has not come yet.
    private static let trustedLength = 64 << 20

    /// A parser at the start of a reply.
    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Whether the next byte begins a reply.
    public var isBetweenReplies: Bool {
        guard case .line = state else { return false }
        return line.isEmpty && frames.isEmpty && !isInChunks && failure == nil
    }

    /// Reads all of `bytes` and calls `reply` with each reply that is whole. Throws an error of code `protocolViolation` where
    /// they are not RESP or exceed the limits, and again at every later call: there is no way to go on.
    public mutating func parse(_ bytes: UnsafeRawBufferPointer, _ reply: (RESPValue) -> Void) throws(RedisError) {
        if let failure { throw failure }
        var rest = bytes[...]
        do throws(RedisError) {
            while let first = rest.first {
                switch state {
                case .line: try readLine(&rest, reply)
                case .string(let remaining):
                    let taken = min(remaining, rest.count)
                    string.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest.prefix(taken)))
                    rest = rest.dropFirst(taken)
                    state = taken == remaining ? .stringEnd(seen: 0) : .string(remaining: remaining - taken)
                case .stringEnd(let seen):
                    guard first == (seen == 0 ? Ascii.carriageReturn : Ascii.lineFeed) else {
                        throw RESPParser.violation("a string is longer than its length says")
                    }
                    rest = rest.dropFirst()
                    if seen == 0 {
                        state = .stringEnd(seen: 1)
                    } else {
                        state = .line
                        try endString(reply)
                    }
                }
            }
        } catch {
            failure = error
            (line, string, frames) = ([], [], [])
            throw error
        }
    }

    private mutating func readLine(_ rest: inout Slice<UnsafeRawBufferPointer>, _ reply: (RESPValue) -> Void)
        throws(RedisError)
    {
        let whole = UnsafeRawBufferPointer(rebasing: rest)
        guard let base = whole.baseAddress else { return }
        guard let found = memchr(base, Int32(Ascii.lineFeed), whole.count) else {
            guard line.count + whole.count <= limits.lineLength else {
                throw RESPParser.violation("a line is too long")
            }
            line.append(contentsOf: whole)
            rest = rest[rest.endIndex...]
            return
        }
        let length = UnsafeRawPointer(found) - base
        guard line.count + length <= limits.lineLength else { throw RESPParser.violation("a line is too long") }
        rest = rest.dropFirst(length + 1)
        if line.isEmpty {
            try interpret(UnsafeRawBufferPointer(rebasing: whole[..<length]), reply)
        } else {
            line.append(contentsOf: UnsafeRawBufferPointer(rebasing: whole[..<length]))
            let started = line
            line.removeAll(keepingCapacity: true)
            try started.withUnsafeBufferPointer { (bytes) throws(RedisError) in
                try interpret(UnsafeRawBufferPointer(bytes), reply)
            }
        }
        // Most strings are whole in what has come: they need no state.
        if case .string(let remaining) = state, rest.count >= remaining + 2, stringKind == .bulk {
            let text = UnsafeRawBufferPointer(rebasing: rest.prefix(remaining))
            let end = rest.startIndex + remaining
            guard rest[end] == Ascii.carriageReturn, rest[end + 1] == Ascii.lineFeed else {
                throw RESPParser.violation("a string is longer than its length says")
            }
            rest = rest.dropFirst(remaining + 2)
            state = .line
            try take(.bulkString(Array(text)), reply)
        }
    }

    /// Understands a line, which is given without its line feed.
    private mutating func interpret(_ line: UnsafeRawBufferPointer, _ reply: (RESPValue) -> Void) throws(RedisError) {
        guard line.count >= 2, line[line.count - 1] == Ascii.carriageReturn else {
            throw RESPParser.violation("a line has no type or does not end as it should")
        }
        let type = line[0]
        let text = UnsafeRawBufferPointer(rebasing: line[1..<line.count - 1])
        if isInChunks && type != Ascii.semicolon { throw RESPParser.violation("a string's parts are interrupted") }
        switch type {
        case Ascii.plus: try take(.simpleString(String(decoding: text, as: UTF8.self)), reply)
        case Ascii.minus: try take(.error(String(decoding: text, as: UTF8.self)), reply)
        case Ascii.colon: try take(.number(try RESPNumbers.integer(text)), reply)
        case Ascii.comma: try take(.double(try RESPNumbers.double(text)), reply)
        case Ascii.parenthesis: try take(.bigNumber(try RESPNumbers.digits(text)), reply)
        case Ascii.hash:
            guard text.count == 1, text[0] == Ascii.t || text[0] == Ascii.f else {
                throw RESPParser.violation("a boolean is neither true nor false")
            }
            try take(.boolean(text[0] == Ascii.t), reply)
        case Ascii.underscore:
            guard text.isEmpty else { throw RESPParser.violation("a null has a value") }
            try take(.null, reply)
        case Ascii.dollar: try beginString(text, .bulk, reply)
        case Ascii.equals: try beginString(text, .verbatim, reply)
        case Ascii.exclamation: try beginString(text, .error, reply)
        case Ascii.semicolon: try beginString(text, .chunk, reply)
        case Ascii.asterisk: try beginAggregate(text, .array, reply)
        case Ascii.tilde: try beginAggregate(text, .set, reply)
        case Ascii.greater: try beginAggregate(text, .push, reply)
        case Ascii.percent: try beginAggregate(text, .map, reply)
        case Ascii.bar: try beginAggregate(text, .attribute, reply)
        case Ascii.dot:
            guard text.isEmpty, let frame = frames.last, frame.remaining < 0 else {
                throw RESPParser.violation("an end mark where nothing of unknown length began")
            }
            try closeFrame(reply)
        default: throw RESPParser.violation("a value of the unknown type 0x\(String(type, radix: 16))")
        }
    }

    private mutating func beginString(_ text: UnsafeRawBufferPointer, _ kind: StringKind, _ reply: (RESPValue) -> Void)
        throws(RedisError)
    {
        if kind == .bulk, text.count == 1, text[0] == Ascii.question {
            guard !isInChunks else { throw RESPParser.violation("a string's parts are interrupted") }
            isInChunks = true
            string = []
            return
        }
        let length = try RESPNumbers.integer(text)
        if length == -1, kind == .bulk { return try take(.null, reply) }
        let present = kind == .chunk ? string.count : 0
        guard length >= 0, length <= limits.stringLength - present else {
            throw RESPParser.violation("a string of the length \(length)")
        }
        if kind == .chunk {
            guard isInChunks else { throw RESPParser.violation("a part of a string that has not begun") }
            if length == 0 {
                isInChunks = false
                defer { string = [] }
                return try take(.bulkString(string), reply)
            }
        } else {
            string = []
            string.reserveCapacity(min(Int(length), RESPParser.trustedLength))
        }
        stringKind = kind
        state = length == 0 ? .stringEnd(seen: 0) : .string(remaining: Int(length))
    }

    private mutating func endString(_ reply: (RESPValue) -> Void) throws(RedisError) {
        if stringKind == .chunk { return }
        let bytes = string
        string = []
        switch stringKind {
        case .bulk, .chunk: try take(.bulkString(bytes), reply)
        case .error: try take(.error(String(decoding: bytes, as: UTF8.self)), reply)
        case .verbatim:
            guard bytes.count >= 4, bytes[3] == Ascii.colon else {
                throw RESPParser.violation("a verbatim string without its format")
            }
            let format = String(decoding: bytes[..<3], as: UTF8.self)
            try take(.verbatimString(format: format, text: Array(bytes[4...])), reply)
        }
    }

    private mutating func beginAggregate(
        _ text: UnsafeRawBufferPointer, _ kind: Frame.Kind, _ reply: (RESPValue) -> Void
    ) throws(RedisError) {
        guard frames.count < limits.depth else { throw RESPParser.violation("a reply is nested too deeply") }
        if text.count == 1, text[0] == Ascii.question {
            frames.append(Frame(kind: kind, remaining: -1))
            return
        }
        let count = try RESPNumbers.integer(text)
        if count == -1, kind == .array { return try take(.null, reply) }
        let perEntry = kind == .map || kind == .attribute ? 2 : 1
        guard count >= 0, count <= (limits.elements - elements) / perEntry else {
            throw RESPParser.violation("an aggregate of \(count) values")
        }
        var frame = Frame(kind: kind, remaining: Int(count) * perEntry)
        frame.values.reserveCapacity(min(frame.remaining, 4096))
        frames.append(frame)
        if count == 0 { try closeFrame(reply) }
    }

    /// Puts a whole value where it belongs.
    private mutating func take(_ value: RESPValue, _ reply: (RESPValue) -> Void) throws(RedisError) {
        guard !frames.isEmpty else {
            elements = 0
            return reply(value)
        }
        elements += 1
        guard elements <= limits.elements else { throw RESPParser.violation("a reply has too many values") }
        let last = frames.count - 1
        frames[last].values.append(value)
        guard frames[last].remaining > 0 else { return }
        frames[last].remaining -= 1
        if frames[last].remaining == 0 { try closeFrame(reply) }
    }

    private mutating func closeFrame(_ reply: (RESPValue) -> Void) throws(RedisError) {
        guard let frame = frames.popLast() else { return }
        let values = frame.values
        switch frame.kind {
        case .array: try take(.array(values), reply)
        case .set: try take(.set(values), reply)
        case .push: try take(.push(values), reply)
        case .map, .attribute:
            guard values.count.isMultiple(of: 2) else { throw RESPParser.violation("a key has no value") }
            // Attributes tell about the value after them what no caller here asks for.
            if frame.kind == .attribute { return }
            let pairs = stride(from: 0, to: values.count, by: 2).map {
                RESPValue.Pair(key: values[$0], value: values[$0 + 1])
            }
            try take(.map(pairs), reply)
        }
    }

    static func violation(_ message: String) -> RedisError {
        RedisError(code: .protocolViolation, message: "not a reply of Redis: \(message)")
    }
}
