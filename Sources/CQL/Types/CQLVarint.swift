/// An integer of any length.
public struct CQLVarint: Sendable, Hashable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// Two's complement, the highest byte first, no byte more than needed, at least one.
    public let bytes: [UInt8]

    /// The integer of these bytes in two's complement, the highest first; none mean zero.
    public init(bytes: [UInt8]) {
        var start = 0
        while start + 1 < bytes.count {
            let isSign = bytes[start] == (bytes[start + 1] & 0x80 == 0 ? 0x00 : 0xff)
            guard isSign else { break }
            start += 1
        }
        self.bytes = bytes.isEmpty ? [0] : Array(bytes[start...])
    }

    /// The integer of this value.
    public init<T: BinaryInteger>(_ value: T) {
        let sign: T = value < 0 ? ~0 : 0
        var bytes: [UInt8] = []
        var rest = value
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        } while rest != sign
        // The sign may need a byte of its own.
        bytes.append(value < 0 ? 0xff : 0)
        self.init(bytes: bytes.reversed())
    }

    /// The integer of a literal.
    public init(integerLiteral value: Int64) { self.init(value) }

    /// The integer of decimal digits with or without a sign; nil where the text is something else.
    public init?(_ text: String) {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        guard !digits.isEmpty else { return nil }
        var magnitude: [UInt8] = [0]  // the lowest byte first
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            var carry = UInt(digit - UInt8(ascii: "0"))
            for index in magnitude.indices {
                carry += UInt(magnitude[index]) * 10
                magnitude[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            if carry > 0 { magnitude.append(UInt8(carry)) }
        }
        magnitude.append(0)
        if isNegative { Self.negate(&magnitude) }
        self.init(bytes: magnitude.reversed())
    }

    /// Whether the integer is below zero.
    public var isNegative: Bool { (bytes.first ?? 0) & 0x80 != 0 }

    /// Decimal digits.
    public var description: String {
        var magnitude = Array(bytes.reversed())
        if isNegative { Self.negate(&magnitude) }
        var groups: [UInt64] = []
        repeat {
            var remainder: UInt64 = 0
            for index in magnitude.indices.reversed() {
                remainder = remainder << 8 | UInt64(magnitude[index])
                magnitude[index] = UInt8(truncatingIfNeeded: remainder / 1_000_000_000)
                remainder %= 1_000_000_000
            }
            groups.append(remainder)
            while magnitude.last == 0 { magnitude.removeLast() }
        } while !magnitude.isEmpty
        var text = isNegative ? "-" : ""
        for (index, group) in groups.reversed().enumerated() {
            let digits = String(group)
            if index > 0 { text += String(repeating: "0", count: 9 - digits.utf8.count) }
            text += digits
        }
        return text
    }

    /// Two's complement of bytes with the lowest first.
    private static func negate(_ bytes: inout [UInt8]) {
        var carry: UInt16 = 1
        for index in bytes.indices {
            carry += UInt16(~bytes[index])
            bytes[index] = UInt8(truncatingIfNeeded: carry)
            carry >>= 8
        }
    }
}

extension FixedWidthInteger {
    /// The integer; nil where it is too long for the type.
    public init?(exactly value: CQLVarint) {
        guard value.bytes.count <= 16 else { return nil }
        var number: Int128 = value.isNegative ? -1 : 0
        for byte in value.bytes { number = number << 8 | Int128(byte) }
        self.init(exactly: number)
    }
}

/// `unscaled` · 10^−`scale`.
public struct CQLDecimal: Sendable, Hashable, CustomStringConvertible {
    /// The digits.
    public var unscaled: CQLVarint
    /// How many of the digits are behind the point; negative for zeros before it.
    public var scale: Int32

    /// The number of these parts.
    public init(unscaled: CQLVarint, scale: Int32) {
        self.unscaled = unscaled
        self.scale = scale
    }

    /// The number that a text like `-12.50` or `3e-5` spells; nil where it is something else.
    public init?(_ text: String) {
        let parts = text.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false).flatMap {
            $0.split(separator: "E", maxSplits: 1, omittingEmptySubsequences: false)
        }
        guard let first = parts.first, parts.count <= 2 else { return nil }
        var exponent: Int32 = 0
        if parts.count == 2 {
            guard let value = Int32(parts[1]) else { return nil }
            exponent = value
        }
        let halves = first.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = halves.count == 2 ? halves[1] : ""
        guard let digits = CQLVarint(String(halves[0] + fraction)), let places = Int32(exactly: fraction.utf8.count)
        else { return nil }
        let (scale, overflow) = places.subtractingReportingOverflow(exponent)
        guard !overflow else { return nil }
        self.init(unscaled: digits, scale: scale)
    }

    /// Digits with a point, or with an exponent where zeros would be many.
    public var description: String {
        let text = unscaled.description
        if scale == 0 { return text }
        guard scale > 0, scale <= 100 else { return text + "e" + String(-Int64(scale)) }
        let sign = text.hasPrefix("-") ? "-" : ""
        var digits = String(text.dropFirst(sign.count))
        let places = Int(scale)
        if digits.count <= places { digits = String(repeating: "0", count: places - digits.count + 1) + digits }
        return sign + digits.dropLast(places) + "." + digits.suffix(places)
    }

    /// The nearest floating-point number.
    public var doubleValue: Double { Double(unscaled.description + "e" + String(-Int64(scale))) ?? .nan }
}
