/// Reads what `BinaryWriter` wrote, checking every length against the bytes that are there.
public struct BinaryReader: Sendable {
    /// Bytes that cannot be what was asked for.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// What is wrong.
        public let message: String
        /// Where, in bytes from the start.
        public let offset: Int
        /// One line for people.
        public var description: String { "\(message) at byte \(offset)" }

        /// A failure of these parts.
        public init(message: String, offset: Int) {
            self.message = message
            self.offset = offset
        }
    }

    private let bytes: [UInt8]
    private let end: Int
    /// Where the next value is read, in bytes from the start.
    public private(set) var offset = 0

    /// A reader at the start of `bytes`.
    public init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

    /// A reader of a part of `bytes`, which is not copied.
    public init(_ bytes: [UInt8], _ part: Range<Int>) {
        self.bytes = bytes
        let part = part.clamped(to: 0..<bytes.count)
        (offset, end) = (part.lowerBound, part.upperBound)
    }

    /// Bytes not yet read.
    public var remaining: Int { end - offset }

    /// A failure at the place reached.
    public func failure(_ message: String) -> Failure { Failure(message: message, offset: offset) }

    /// Reads a number.
    public mutating func read<Value: BitwiseCopyable>(_ type: Value.Type = Value.self) throws -> Value {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else { throw failure("the data ends early") }
        defer { offset += size }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }

    /// Reads an array of numbers.
    public mutating func readArray<Element: BitwiseCopyable>(_ type: Element.Type = Element.self) throws -> [Element] {
        let count = try readCount(elementSize: MemoryLayout<Element>.stride)
        let start = offset
        offset += count * MemoryLayout<Element>.stride
        return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[start..<offset]))
            }
            initialized = count
        }
    }

    /// Reads a string; bytes that are not UTF-8 throw.
    public mutating func readString() throws -> String {
        let place = offset
        guard let string = String(validating: try readArray(UInt8.self), as: UTF8.self) else {
            throw Failure(message: "a string is not UTF-8", offset: place)
        }
        return string
    }

    /// Reads strings.
    public mutating func readStrings() throws -> [String] {
        let count = try readCount(elementSize: 8)
        return try (0..<count).map { _ in try readString() }
    }

    /// Reads a count of elements that take at least `elementSize` bytes each; one that cannot fit throws.
    public mutating func readCount(elementSize: Int) throws -> Int {
        let raw = try read(UInt64.self)
        guard let count = Int(exactly: raw), count <= remaining / max(1, elementSize) else {
            throw failure("a count of \(raw) does not fit the data")
        }
        return count
    }
}
