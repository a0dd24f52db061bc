internal import Network

/// An argument of a command: bytes, written as a text, an integer or an array of bytes.
public struct RedisArgument: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral
{
    /// What is sent.
    public let bytes: [UInt8]

    /// An argument of these bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The UTF-8 bytes of a text.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The decimal digits of a number.
    public init(_ number: Int) { bytes = Array(String(number).utf8) }

    /// The UTF-8 bytes of a text.
    public init(stringLiteral value: String) { self.init(value) }

    /// The decimal digits of a number.
    public init(integerLiteral value: Int) { self.init(value) }

    /// These bytes.
    public init(arrayLiteral elements: UInt8...) { self.init(elements) }
}

/// Writes commands as RESP wants them, an array of strings, straight into a connection's buffer.
enum CommandWriter {
    /// Begins a command of `count` parts, its name included.
    static func begin(_ count: Int, _ buffer: inout OutgoingBuffer) { header(Ascii.asterisk, count, &buffer) }

    static func part(_ text: String, _ buffer: inout OutgoingBuffer) {
        header(Ascii.dollar, text.utf8.count, &buffer)
        buffer.append(text)
        lineEnd(&buffer)
    }

    /// A part that is held, not copied, where it is large.
    static func part(_ bytes: [UInt8], _ buffer: inout OutgoingBuffer) {
        header(Ascii.dollar, bytes.count, &buffer)
        buffer.append(bytes)
        lineEnd(&buffer)
    }

    /// A whole command.
    static func command(_ parts: [RedisArgument], _ buffer: inout OutgoingBuffer) {
        begin(parts.count, &buffer)
        for argument in parts { part(argument.bytes, &buffer) }
    }

    private static func header(_ type: UInt8, _ count: Int, _ buffer: inout OutgoingBuffer) {
        // Type, at most 19 digits, line end: written from the back.
        withUnsafeTemporaryAllocation(byteCount: 24, alignment: 1) { scratch in
            var place = 24
            func put(_ byte: UInt8) {
                place -= 1
                scratch[place] = byte
            }
            put(Ascii.lineFeed)
            put(Ascii.carriageReturn)
            var rest = UInt(count)
            repeat {
                put(Ascii.zero + UInt8(rest % 10))
                rest /= 10
            } while rest > 0
            put(type)
            buffer.append(copying: UnsafeRawBufferPointer(rebasing: scratch[place...]))
        }
    }

    private static func lineEnd(_ buffer: inout OutgoingBuffer) {
        buffer.append(Ascii.carriageReturn)
        buffer.append(Ascii.lineFeed)
    }
}
