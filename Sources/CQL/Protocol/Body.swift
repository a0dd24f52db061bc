/// The bytes of a message, shared by all that is decoded from them: an array, or memory of the connection for a long one.
enum Body: Sendable {
    case array([UInt8])
    case long(LongBody)

    @inline(__always)
    func withRawBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        switch self {
        case .array(let bytes): return try bytes.withRawBytes(body)
        case .long(let long): return try long.withRawBytes(body)
        }
    }

    /// Some of the bytes; a copy of them where they are a long body's.
    subscript(range: Range<Int>) -> ArraySlice<UInt8> {
        switch self {
        case .array(let bytes): bytes[range]
        case .long(let long): long.withRawBytes { [UInt8]($0[range])[...] }
        }
    }
}

extension Body: Equatable {
    static func == (left: Body, right: Body) -> Bool {
        left.withRawBytes { left in right.withRawBytes { left.elementsEqual($0) } }
    }
}

/// A body of many bytes, in memory that goes back to its pool with the last who holds the body.
final class LongBody: @unchecked Sendable {
    // Sendable by hand: it changes only while the assembler fills it, which holds it alone.

    /// Bodies of at least so many bytes are long.
    static let threshold = 16 << 10
    /// What is announced may never come: no more than this is set aside at once.
    private static let setAside = 1 << 20

    private let pool: BodyPool
    private let length: Int
    private var memory: BodyPool.Memory
    private var count = 0

    /// An empty body that will have `length` bytes.
    init(length: Int, pool: BodyPool) {
        self.pool = pool
        self.length = length
        memory = pool.take(min(length, Self.setAside))
    }

    deinit { pool.giveBack(memory) }

    var remaining: Int { length - count }

    /// Where the next bytes belong: the rest of the body, or as much of it as there is memory for.
    var room: UnsafeMutableRawBufferPointer {
        if count == memory.bytes.count, remaining > 0 {
            let larger = pool.take(min(length, count * 2))
            larger.bytes.copyMemory(from: UnsafeRawBufferPointer(memory.bytes))
            pool.giveBack(memory)
            memory = larger
        }
        return UnsafeMutableRawBufferPointer(rebasing: memory.bytes[count..<min(length, memory.bytes.count)])
    }

    /// Counts bytes that were put into `room`.
    func filled(_ bytes: Int) { count += bytes }

    func append(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty, remaining > 0 {
            let room = room
            let piece = rest.prefix(room.count)
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece))
            filled(piece.count)
            rest = rest.dropFirst(piece.count)
        }
    }

    @inline(__always)
    func withRawBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try withExtendedLifetime(self) { () throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: memory.bytes[..<count]))
        }
    }
}
