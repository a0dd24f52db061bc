import Foundation

/// Numbers from bytes.
enum NumberParser {
    /// How digits may be grouped and where the fraction starts.
    enum Style: Sendable {
        /// `1234.5`, `1e5`
        case plain
        /// `1,234.5`
        case commaGroups
        /// `1.234,5`
        case dotGroups
    }

    /// A whole number with an optional sign that fits 64 bits.
    static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        var index = 0
        var isNegative = false
        guard let first = bytes.first else { return nil }
        if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        guard index < bytes.count else { return nil }
        var value: Int64 = 0
        while index < bytes.count {
            let digit = bytes[index] &- 48
            guard digit < 10 else { return nil }
            let (scaled, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, past) =
                isNegative
                ? scaled.subtractingReportingOverflow(Int64(digit)) : scaled.addingReportingOverflow(Int64(digit))
            if over || past { return nil }
            value = sum
            index += 1
        }
        return value
    }

    /// A number in plain style, correctly rounded; −0 is 0. Infinities, spelled or by size, are infinite.
    static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        var index = 0
        let count = bytes.count
        guard count > 0, count <= 400 else { return nil }
        var isNegative = false
        if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
            isNegative = bytes[0] == UInt8(ascii: "-")
            index = 1
        }
        if index < count, bytes[index] | 0x20 == UInt8(ascii: "i") {
            let word = bytes[index...].map { $0 | 0x20 }
            guard word == Array("inf".utf8) || word == Array("infinity".utf8) else { return nil }
            return isNegative ? -.infinity : .infinity
        }
        var mantissa: UInt64 = 0
        var digits = 0
        var significant = 0
        var exponent = 0
        while index < count, bytes[index] &- 48 < 10 {
            if significant > 0 || bytes[index] != 48 { significant += 1 }
            if significant <= 19 { mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 48) }
            digits += 1
            index += 1
        }
        if index < count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            while index < count, bytes[index] &- 48 < 10 {
                if significant > 0 || bytes[index] != 48 { significant += 1 }
                if significant <= 19 { mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 48) }
                digits += 1
                exponent -= 1
                index += 1
            }
        }
        guard digits > 0 else { return nil }
        if index < count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            var isDown = false
            if index < count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
                isDown = bytes[index] == UInt8(ascii: "-")
                index += 1
            }
            guard index < count else { return nil }
            var power = 0
            while index < count, bytes[index] &- 48 < 10 {
                power = min(power * 10 + Int(bytes[index] &- 48), 100_000)
                index += 1
            }
            exponent += isDown ? -power : power
        }
        guard index == count else { return nil }
        if significant <= 19, let value = exact(mantissa, exponent) { return isNegative && value != 0 ? -value : value }
        return strict(bytes)
    }

    /// `mantissa` × 10^`exponent` where one rounding gives the right answer (Clinger 1990), else nil.
    @inline(__always)
    static func exact(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        if mantissa == 0 { return 0 }
        guard mantissa <= 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
        let value = Double(mantissa)
        return exponent < 0 ? value / powersOfTen[-exponent] : value * powersOfTen[exponent]
    }

    static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The C library's answer, for text already known to be a decimal number.
    private static func strict(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { text in
            for index in 0..<bytes.count { text[index] = CChar(bitPattern: bytes[index]) }
            text[bytes.count] = 0
            guard let start = text.baseAddress else { return nil }
            let value = strtod(start, nil)
            return value == 0 ? 0 : value
        }
    }

    /// A number in a grouped style: groups of three, or no groups, before the fraction.
    static func grouped(_ bytes: UnsafeBufferPointer<UInt8>, _ style: Style) -> Double? {
        if style == .plain { return double(bytes) }
        let group = style == .commaGroups ? UInt8(ascii: ",") : UInt8(ascii: ".")
        let point = style == .commaGroups ? UInt8(ascii: ".") : UInt8(ascii: ",")
        guard bytes.count <= 400 else { return nil }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count) { plain in
            var count = 0
            var run = 0
            var groups = 0
            var inFraction = false
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case group:
                    guard !inFraction, groups == 0 ? (1...3).contains(run) : run == 3 else { return nil }
                    groups += 1
                    run = 0
                    continue
                case point:
                    guard !inFraction, groups == 0 || run == 3 else { return nil }
                    inFraction = true
                    plain[count] = UInt8(ascii: ".")
                case 48...57:
                    run += 1
                    plain[count] = byte
                case UInt8(ascii: "+"), UInt8(ascii: "-"):
                    guard index == 0 || bytes[index - 1] | 0x20 == UInt8(ascii: "e") else { return nil }
                    plain[count] = byte
                case UInt8(ascii: "e"), UInt8(ascii: "E"):
                    guard groups == 0 || run == 3 || inFraction else { return nil }
                    inFraction = true
                    plain[count] = byte
                default: return nil
                }
                count += 1
            }
            guard groups == 0 || inFraction || run == 3 else { return nil }
            return double(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(plain)[..<count]))
        }
    }
}
