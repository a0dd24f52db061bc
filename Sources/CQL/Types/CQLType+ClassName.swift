extension CQLType {
    /// The type behind the name of a Java class, as servers announce types that the protocol has no number for: vectors,
    /// and durations in v4. A class that is not known becomes `.custom`.
    init(className: String) throws(CQLError) {
        var parser = ClassNameParser(className)
        self = try parser.type(depth: 0)
        if !parser.isAtEnd { self = .custom(className) }
    }
}

/// Reads `package.Name(argument, argument, …)`.
private struct ClassNameParser {
    private let text: Substring.UTF8View
    private var position: Substring.UTF8View.Index

    init(_ text: String) {
        self.text = text[...].utf8
        position = self.text.startIndex
    }

    var isAtEnd: Bool { position == text.endIndex }

    private mutating func skipBlanks() {
        while position < text.endIndex, text[position] == UInt8(ascii: " ") { position = text.index(after: position) }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard position < text.endIndex, text[position] == UInt8(ascii: character) else { return false }
        position = text.index(after: position)
        skipBlanks()
        return true
    }

    private mutating func word() -> String {
        skipBlanks()
        let start = position
        while position < text.endIndex, !"(),: ".utf8.contains(text[position]) {
            position = text.index(after: position)
        }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private func malformed() -> CQLError {
        CQLError(.protocolViolation, "'\(String(decoding: text, as: UTF8.self))' names no type")
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(CQLError) {
        guard accept(character) else { throw malformed() }
    }

    mutating func type(depth: Int) throws(CQLError) -> CQLType {
        guard depth < CQLType.maximumDepth else {
            throw CQLError(.protocolViolation, "types are nested more than \(CQLType.maximumDepth) deep")
        }
        let start = position
        let name = word()
        let short = name.split(separator: ".").last.map(String.init) ?? name
        if let simple = Self.simple[short] { return simple }
        switch short {
        case "ListType": return .list(try argument(depth))
        case "SetType": return .set(try argument(depth))
        case "FrozenType", "ReversedType": return try argument(depth)
        case "MapType":
            try expect("(")
            let key = try type(depth: depth + 1)
            try expect(",")
            let value = try type(depth: depth + 1)
            try expect(")")
            return .map(key, value)
        case "TupleType":
            try expect("(")
            var elements: [CQLType] = []
            repeat { elements.append(try type(depth: depth + 1)) } while accept(",")
            try expect(")")
            return .tuple(elements)
        case "VectorType":
            try expect("(")
            let element = try type(depth: depth + 1)
            try expect(",")
            guard let dimension = Int(word()), (1...65_536).contains(dimension) else { throw malformed() }
            try expect(")")
            return .vector(element, dimension: dimension)
        case "UserType":
            try expect("(")
            let keyspace = word()
            try expect(",")
            var user = UserDefinedType(keyspace: keyspace, name: try hexadecimal(word()), fields: [])
            while accept(",") {
                let field = try hexadecimal(word())
                try expect(":")
                user.fields.append(.init(name: field, type: try type(depth: depth + 1)))
            }
            try expect(")")
            return .userDefined(user)
        default:
            try skipArguments(depth)
            return .custom(String(decoding: text[start..<position], as: UTF8.self))
        }
    }

    private mutating func argument(_ depth: Int) throws(CQLError) -> CQLType {
        try expect("(")
        let element = try type(depth: depth + 1)
        try expect(")")
        return element
    }

    private mutating func skipArguments(_ depth: Int) throws(CQLError) {
        guard accept("(") else { return }
        if accept(")") { return }
        repeat {
            _ = try type(depth: depth + 1)
            while accept(":") { _ = try type(depth: depth + 1) }
        } while accept(",")
        try expect(")")
    }

    private func hexadecimal(_ digits: String) throws(CQLError) -> String {
        let digits = Array(digits.utf8)
        guard digits.count.isMultiple(of: 2) else { throw malformed() }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16) else {
                throw malformed()
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let simple: [String: CQLType] = [
        "AsciiType": .ascii, "LongType": .bigint, "BytesType": .blob, "BooleanType": .boolean,
        "CounterColumnType": .counter, "SimpleDateType": .date, "DecimalType": .decimal, "DoubleType": .double,
        "DurationType": .duration, "FloatType": .float, "InetAddressType": .inet, "Int32Type": .int,
        "ShortType": .smallint, "UTF8Type": .text, "TimeType": .time, "TimestampType": .timestamp,
        "DateType": .timestamp, "TimeUUIDType": .timeuuid, "ByteType": .tinyint, "UUIDType": .uuid,
        "IntegerType": .varint,
    ]
}
