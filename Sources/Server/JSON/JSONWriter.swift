/// Writes compact JSON into bytes; the caller places commas with `separate`.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    /// Adds bytes that are JSON already.
    mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }

    /// Adds text that is JSON already.
    mutating func raw(_ json: StaticString) {
        json.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Adds a comma unless `isFirst`, and clears that.
    mutating func separate(_ isFirst: inout Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    /// Adds a member's name and the colon.
    mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 10: raw("\\n")
            case 13: raw("\\r")
            case 9: raw("\\t")
            case 0..<32, 127:
                raw("\\u00")
                bytes.append(JSONWriter.digits[Int(byte >> 4)])
                bytes.append(JSONWriter.digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Adds a number that reads back the same; null where JSON has none.
    mutating func number(_ value: Double) {
        if !value.isFinite {
            raw("null")
        } else if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 {
            integer(whole)
        } else {
            bytes.append(contentsOf: value.description.utf8)
        }
    }

    mutating func integer(_ value: Int64) { bytes.append(contentsOf: String(value).utf8) }

    mutating func bool(_ value: Bool) {
        if value { raw("true") } else { raw("false") }
    }

    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .string(let text): string(text)
        case .array(let elements):
            raw("[")
            var isFirst = true
            for element in elements {
                separate(&isFirst)
                self.value(element)
            }
            raw("]")
        case .object(let members):
            raw("{")
            var isFirst = true
            for member in members {
                separate(&isFirst)
                name(member.name)
                self.value(member.value)
            }
            raw("}")
        }
    }

    /// Takes what was written and starts anew.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
