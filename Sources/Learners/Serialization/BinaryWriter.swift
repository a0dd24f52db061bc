/// Appends values to bytes: little-endian, lengths as 64-bit counts.
public struct BinaryWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// A writer of no bytes.
    public init() {}

    /// Appends a number's bytes.
    public mutating func write<Value: BitwiseCopyable>(_ value: Value) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    /// Appends a count and the elements' bytes.
    public mutating func write<Element: BitwiseCopyable>(_ values: [Element]) {
        write(UInt64(values.count))
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// Appends a count of UTF-8 bytes and the bytes.
    public mutating func write(_ string: String) { write(Array(string.utf8)) }

    /// Appends a count and the strings.
    public mutating func write(_ strings: [String]) {
        write(UInt64(strings.count))
        for string in strings { write(string) }
    }
}
