/// Numbers as RESP writes them.
enum RESPNumbers {
    /// A decimal integer of 64 bits, with or without a sign.
    static func integer(_ text: UnsafeRawBufferPointer) throws(RedisError) -> Int64 {
        var digits = text[...]
        let isNegative = digits.first == Ascii.minus
        if isNegative || digits.first == Ascii.plus { digits = digits.dropFirst() }
        guard !digits.isEmpty else { throw RESPParser.violation("a number without digits") }
        var value: Int64 = 0
        for byte in digits {
            guard byte >= Ascii.zero, byte <= Ascii.nine else { throw RESPParser.violation("a number that is none") }
            let digit = Int64(byte - Ascii.zero)
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isSumTooLarge) =
                isNegative
                ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !isTooLarge, !isSumTooLarge else { throw RESPParser.violation("a number beyond 64 bits") }
            value = sum
        }
        return value
    }

    /// A floating-point number, `inf`, `-inf` or `nan`.
    static func double(_ text: UnsafeRawBufferPointer) throws(RedisError) -> Double {
        let string = String(decoding: text, as: UTF8.self)
        let isPlain = text.allSatisfy { byte in
            (byte >= Ascii.zero && byte <= Ascii.nine) || byte == Ascii.plus || byte == Ascii.minus || byte == Ascii.dot
                || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
        }
        if isPlain, let value = Double(string) { return value }
        switch string.lowercased() {
        case "inf", "+inf": return .infinity
        case "-inf": return -.infinity
        case "nan", "-nan": return .nan
        default: throw RESPParser.violation("a double that is none")
        }
    }

    /// The digits of an integer of any size.
    static func digits(_ text: UnsafeRawBufferPointer) throws(RedisError) -> String {
        let digits = text.first == Ascii.minus || text.first == Ascii.plus ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= Ascii.zero && $0 <= Ascii.nine }) else {
            throw RESPParser.violation("a big number that is none")
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// The bytes that RESP is made of.
enum Ascii {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let plus = UInt8(ascii: "+")
    static let minus = UInt8(ascii: "-")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
    static let parenthesis = UInt8(ascii: "(")
    static let hash = UInt8(ascii: "#")
    static let underscore = UInt8(ascii: "_")
    static let dollar = UInt8(ascii: "$")
    static let equals = UInt8(ascii: "=")
    static let exclamation = UInt8(ascii: "!")
    static let semicolon = UInt8(ascii: ";")
    static let asterisk = UInt8(ascii: "*")
    static let tilde = UInt8(ascii: "~")
    static let greater = UInt8(ascii: ">")
    static let percent = UInt8(ascii: "%")
    static let bar = UInt8(ascii: "|")
    static let dot = UInt8(ascii: ".")
    static let question = UInt8(ascii: "?")
    static let zero = UInt8(ascii: "0")
    static let nine = UInt8(ascii: "9")
    static let t = UInt8(ascii: "t")
    static let f = UInt8(ascii: "f")
}
