/// A reply of the server, of RESP2 or RESP3. Strings are bytes: what they mean is the caller's business.
public enum RESPValue: Sendable, Hashable {
    /// Nothing: RESP3's null, and the null string and null array of RESP2.
    case null
    /// A short text such as `OK`.
    case simpleString(String)
    /// A string of bytes, whatever way it came in.
    case bulkString([UInt8])
    /// A text with its format, such as `txt` or `mkd`.
    case verbatimString(format: String, text: [UInt8])
    /// What the server refused; the first word is the error's code.
    case error(String)
    /// An integer.
    case number(Int64)
    /// A floating-point number; may be infinite or NaN.
    case double(Double)
    /// True or false.
    case boolean(Bool)
    /// An integer of any size, in decimal digits.
    case bigNumber(String)
    /// Values in order.
    case array([RESPValue])
    /// Keys and their values, in the order of the server.
    case map([Pair])
    /// Values whose order means nothing.
    case set([RESPValue])
    /// A message that no command asked for; the first value is its kind.
    case push([RESPValue])

    /// A key and its value.
    public struct Pair: Sendable, Hashable {
        /// The key.
        public var key: RESPValue
        /// The value.
        public var value: RESPValue

        /// A pair of these.
        public init(key: RESPValue, value: RESPValue) {
            self.key = key
            self.value = value
        }
    }

    /// The bytes of any kind of string; nil of other values.
    public var bytes: [UInt8]? {
        switch self {
        case .bulkString(let bytes): bytes
        case .verbatimString(_, let text): text
        case .simpleString(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of any kind of string, bytes that are not UTF-8 replaced; nil of other values.
    public var text: String? {
        if case .simpleString(let text) = self { return text }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What is wrong, where the value is an error.
    public var errorText: String? {
        if case .error(let text) = self { return text }
        return nil
    }
}
