/// The characters of HTTP/1.1 (RFC 9110, section 5.6; RFC 9112; RFC 3986).
enum Grammar {
    static let tab = UInt8(ascii: "\t")
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")

    private static let tokenBytes: [Bool] = table { byte in
        isLetter(byte) || isDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    private static let targetBytes: [Bool] = table { byte in
        // What a browser sends as it is, though RFC 3986 would have it encoded, means one thing only.
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")
    }

    private static let hostBytes: [Bool] = table { byte in
        isLetter(byte) || isDigit(byte) || "-._~%!$&'()*+,;=".utf8.contains(byte)
    }

    /// Whether the byte may be in a method's or a field's name.
    static func isToken(_ byte: UInt8) -> Bool { tokenBytes[Int(byte)] }

    /// Whether the bytes are a name of a method or field.
    static func isToken(_ bytes: some Collection<UInt8>) -> Bool { !bytes.isEmpty && bytes.allSatisfy(isToken) }

    /// Whether the byte may be in a request's target.
    static func isTarget(_ byte: UInt8) -> Bool { targetBytes[Int(byte)] }

    /// Whether the byte may be in a field's value: what is visible, blanks, and bytes beyond ASCII.
    static func isValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == tab }

    /// Whether the text is a host (a name, or an address; that of IPv6 stands in brackets) and perhaps a colon and a port
    /// (RFC 9110, section 7.2).
    static func isAuthority(_ text: some StringProtocol) -> Bool {
        var text = String(text)
        return text.withUTF8 { bytes in
            var end = 0
            if bytes.first == UInt8(ascii: "[") {
                guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close > 1,
                    bytes[1..<close].allSatisfy({ hexadecimal($0) != nil || ":.".utf8.contains($0) })
                else { return false }
                end = close + 1
            } else {
                while end < bytes.count, hostBytes[Int(bytes[end])] {
                    if bytes[end] == UInt8(ascii: "%") {
                        guard end + 2 < bytes.count, hexadecimal(bytes[end + 1]) != nil,
                            hexadecimal(bytes[end + 2]) != nil
                        else { return false }
                    }
                    end += 1
                }
                guard end > 0 else { return false }
            }
            guard end < bytes.count else { return true }
            return bytes[end] == UInt8(ascii: ":") && bytes[(end + 1)...].allSatisfy(isDigit)
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

    /// The value of a hexadecimal digit.
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Without blanks at either end.
    static func trimmed<Bytes: BidirectionalCollection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence
    where Bytes.SubSequence: BidirectionalCollection<UInt8> {
        var rest = bytes[...]
        while let first = rest.first, isBlank(first) { rest = rest.dropFirst() }
        while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
        return rest
    }

    private static func table(_ holds: (UInt8) -> Bool) -> [Bool] { (0...255).map { holds(UInt8($0)) } }
}
