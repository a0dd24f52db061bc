/// Reads a peer's big-endian bytes; whatever they are, it throws rather than traps.
///
/// The bytes are borrowed: a reader must not outlive the closure that lent them.
struct ByteReader {
    private let base: UnsafeRawBufferPointer
    private(set) var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
        base = bytes
        self.offset = Swift.min(Swift.max(offset, 0), bytes.count)
    }

    var remaining: Int { base.count - offset }

    private func short(of count: Int) -> CQLError {
        CQLError(.protocolViolation, "\(count) bytes wanted at byte \(offset), \(remaining) are left")
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(CQLError) -> T {
        guard remaining >= MemoryLayout<T>.size else { throw short(of: MemoryLayout<T>.size) }
        let value = base.loadUnaligned(fromByteOffset: offset, as: T.self)
        offset += MemoryLayout<T>.size
        return T(bigEndian: value)
    }

    mutating func take(_ count: Int) throws(CQLError) -> UnsafeRawBufferPointer {
        guard count >= 0, remaining >= count else { throw short(of: count) }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: base[offset..<(offset + count)])
    }

    mutating func skip(_ count: Int) throws(CQLError) { _ = try take(count) }

    mutating func string() throws(CQLError) -> String {
        let count = Int(try integer(UInt16.self))
        return String(decoding: try take(count), as: UTF8.self)
    }

    mutating func shortBytes() throws(CQLError) -> [UInt8] {
        let count = Int(try integer(UInt16.self))
        return Array(try take(count))
    }

    /// Bytes behind a length of four bytes; nothing for a negative one.
    mutating func value() throws(CQLError) -> UnsafeRawBufferPointer? {
        let count = try integer(Int32.self)
        return count < 0 ? nil : try take(Int(count))
    }

    mutating func skipValue() throws(CQLError) {
        let count = try integer(Int32.self)
        if count > 0 { try skip(Int(count)) }
    }

    mutating func bytes() throws(CQLError) -> [UInt8]? { try value().map { Array($0) } }

    mutating func stringList() throws(CQLError) -> [String] {
        let count = try integer(UInt16.self)
        var list: [String] = []
        for _ in 0..<count { list.append(try string()) }
        return list
    }

    mutating func stringMultimap() throws(CQLError) -> [String: [String]] {
        let count = try integer(UInt16.self)
        var map: [String: [String]] = [:]
        for _ in 0..<count {
            let key = try string()
            map[key] = try stringList()
        }
        return map
    }

    /// The address alone, of 4 or 16 bytes.
    mutating func address() throws(CQLError) -> CQLInet {
        let count = Int(try integer(UInt8.self))
        return try CQLInet(bytes: try take(count))
    }

    /// Lengths of collections come before their elements: one that the bytes left cannot hold is refused before anything
    /// is reserved for it.
    mutating func count(elementSize: Int) throws(CQLError) -> Int {
        let count = Int(try integer(Int32.self))
        guard count >= 0, count <= remaining / Swift.max(elementSize, 1) else {
            throw CQLError(.protocolViolation, "\(count) elements announced, \(remaining) bytes are left")
        }
        return count
    }

    /// The variable-length unsigned integer of durations and vectors.
    mutating func unsignedVariable() throws(CQLError) -> UInt64 {
        let first = try integer(UInt8.self)
        let extra = (~first).leadingZeroBitCount
        var value = extra >= 8 ? 0 : UInt64(first & (0xff >> UInt8(extra)))
        for _ in 0..<extra { value = value << 8 | UInt64(try integer(UInt8.self)) }
        return value
    }

    /// The variable-length signed integer, zig-zag.
    mutating func signedVariable() throws(CQLError) -> Int64 {
        let value = try unsignedVariable()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}

extension [UInt8] {
    /// The array's bytes, with the error that `body` throws kept by its type.
    @inline(__always)
    func withRawBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try withUnsafeBufferPointer { (buffer) throws(Failure) in try body(UnsafeRawBufferPointer(buffer)) }
    }
}
