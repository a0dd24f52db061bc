/// What is wrong with a text that should be JSON.
struct JSONError: Error, Hashable, CustomStringConvertible {
    let message: String
    /// Line, from 1.
    let line: Int
    /// Byte in the line, from 1.
    let column: Int

    var description: String { "\(message) at line \(line), column \(column)" }
}

/// Reads JSON as RFC 8259 has it, with a limit on its depth; a name that comes twice in an object is an error.
struct JSONParser {
    /// Arrays and objects inside one another, at most.
    static let depthLimit = 32

    private let bytes: [UInt8]
    private var position = 0

    /// The value that `bytes` hold, all of them.
    static func parse(_ bytes: [UInt8]) throws -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(depth: 0)
        try parser.end()
        return value
    }

    /// A parser at the start of `bytes`, for what is taken part by part.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Throws where something follows.
    mutating func end() throws {
        skipBlanks()
        if position < bytes.count { throw failure("there is something after the value") }
    }

    /// The next value, inside of `depth` arrays and objects.
    mutating func value(depth: Int) throws -> JSONValue {
        skipBlanks()
        guard let byte = peek else { throw failure("the text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw failure("there is no JSON value")
        }
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        try enter(depth)
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        while let name = try nextName(isFirst: members.isEmpty) {
            guard names.insert(name).inserted else { throw isTwice(name) }
            members.append(.init(name: name, value: try value(depth: depth + 1)))
        }
        return .object(members)
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        while try hasElement(isFirst: elements.isEmpty) { elements.append(try value(depth: depth + 1)) }
        return .array(elements)
    }

    // MARK: Part by part

    /// Goes into an object inside of `depth` arrays and objects; false, and nothing is taken, where there is none.
    mutating func enterObject(depth: Int) throws -> Bool {
        skipBlanks()
        guard peek == UInt8(ascii: "{") else { return false }
        try enter(depth)
        return true
    }

    /// The same for an array.
    mutating func enterArray(depth: Int) throws -> Bool {
        skipBlanks()
        guard peek == UInt8(ascii: "[") else { return false }
        try enter(depth)
        return true
    }

    /// Inside of an object: the next member's name, its value being next; nil at the object's end.
    mutating func nextName(isFirst: Bool) throws -> String? {
        skipBlanks()
        if take(UInt8(ascii: "}")) { return nil }
        if !isFirst {
            guard take(UInt8(ascii: ",")) else { throw failure("a comma or a closing brace should be here") }
            skipBlanks()
        }
        guard peek == UInt8(ascii: "\"") else { throw failure("a member's name should be here") }
        let name = try string()
        skipBlanks()
        guard take(UInt8(ascii: ":")) else { throw failure("a colon should be here") }
        return name
    }

    /// Inside of an array: whether there is a next element; false at the array's end.
    mutating func hasElement(isFirst: Bool) throws -> Bool {
        skipBlanks()
        if take(UInt8(ascii: "]")) { return false }
        guard isFirst || take(UInt8(ascii: ",")) else {
            throw failure("a comma or a closing bracket should be here")
        }
        return true
    }

    /// The error of an object with two members of one name.
    func isTwice(_ name: String) -> JSONError { failure("the name \"\(name)\" comes twice") }

    // MARK: Values

    private mutating func enter(_ depth: Int) throws {
        if depth >= JSONParser.depthLimit { throw failure("it is deeper than \(JSONParser.depthLimit) levels") }
        position += 1
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let length = word.utf8CodeUnitCount
        let isThere = word.withUTF8Buffer { letters in
            position + length <= bytes.count && letters.elementsEqual(bytes[position..<position + length])
        }
        guard isThere else { throw failure("there is no JSON value") }
        position += length
        return value
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        var isWhole = true
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if digit { throw failure("a number cannot begin with 0") }
        } else {
            guard digit else { throw failure("a digit should be here") }
            skipDigits()
        }
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard digit else { throw failure("a digit should be here") }
            skipDigits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digit else { throw failure("a digit should be here") }
            skipDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let whole = Int64(text) { return .integer(whole) }
        guard let value = Double(text), value.isFinite else { throw failure("the number is too large") }
        return .number(value)
    }

    private mutating func string() throws -> String {
        position += 1
        let start = position
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 32 { position += 1 }
        if peek == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes[start..<position])
        }
        var unescaped = Array(bytes[start..<position])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return try text(unescaped)
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &unescaped)
            case 0..<32: throw failure("a control character must be escaped")
            default:
                unescaped.append(byte)
                position += 1
            }
        }
        throw failure("the text ends inside a string")
    }

    private func text(_ bytes: some Sequence<UInt8>) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("a string is not UTF-8") }
        return text
    }

    private mutating func escape(into bytes: inout [UInt8]) throws {
        guard let byte = peek else { throw failure("the text ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(8)
        case UInt8(ascii: "f"): bytes.append(12)
        case UInt8(ascii: "n"): bytes.append(10)
        case UInt8(ascii: "r"): bytes.append(13)
        case UInt8(ascii: "t"): bytes.append(9)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure("half a surrogate pair") }
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
            bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw failure("there is no such escape")
        }
    }

    private mutating func hexadecimal() throws -> UInt32 {
        guard position + 4 <= bytes.count, bytes[position..<position + 4].allSatisfy({ $0 < 128 }),
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
            bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-")
        else { throw failure("four hexadecimal digits should be here") }
        position += 4
        return code
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var digit: Bool { peek.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }

    private mutating func skipDigits() { while digit { position += 1 } }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        if peek != byte { return false }
        position += 1
        return true
    }

    private func failure(_ message: String) -> JSONError {
        let before = bytes[..<min(position, bytes.count)]
        let lineStart = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        return JSONError(
            message: message, line: before.count { $0 == 10 } + 1, column: before.count - lineStart + 1)
    }
}
