/// Takes one bound value and writes its bytes into the request.
///
/// A value writes exactly once: null, unset, bytes, or a collection of elements that each write once.
public struct CQLEncoder {
    var writer: ByteWriter

    init(_ writer: ByteWriter = ByteWriter()) { self.writer = writer }

    /// Writes null.
    public mutating func encodeNull() { writer.append(integer: Int32(-1)) }

    /// Writes "unset", which leaves a column as it is; not allowed inside collections.
    public mutating func encodeUnset() { writer.append(integer: Int32(-2)) }

    /// Writes an integer of the size of its Swift type.
    @inline(__always)
    public mutating func encode(integer value: some FixedWidthInteger) {
        writer.append(integer: Int32(value.bitWidth / 8))
        writer.append(integer: value)
    }

    /// Writes these bytes as the value.
    public mutating func encode(bytes: UnsafeRawBufferPointer) throws(CQLError) {
        try writer.append(int: bytes.count)
        writer.bytes.append(contentsOf: bytes)
    }

    /// Writes these bytes as the value.
    @inline(__always)
    public mutating func encode(bytes: [UInt8]) throws(CQLError) { try writer.append(bytes: bytes) }

    /// Writes the text's UTF-8 as the value.
    @inline(__always)
    public mutating func encode(text: String) throws(CQLError) { try writer.append(longString: text) }

    /// Writes a list, set or map of `count` elements (twice as many values for a map), which `elements` writes.
    public mutating func encodeCollection(
        count: Int, _ elements: (inout CQLEncoder) throws(CQLError) -> Void
    ) throws(CQLError) {
        try sized { (encoder) throws(CQLError) in
            try encoder.writer.append(int: count)
            try elements(&encoder)
        }
    }

    /// Writes a tuple or a user-defined type: the elements that `elements` writes, without a count.
    public mutating func encodeTuple(
        _ elements: (inout CQLEncoder) throws(CQLError) -> Void
    ) throws(CQLError) { try sized(elements) }

    mutating func sized(_ body: (inout CQLEncoder) throws(CQLError) -> Void) throws(CQLError) {
        let place = writer.bytes.count
        writer.append(integer: Int32(0))
        let start = writer.count
        try body(&self)
        guard let size = Int32(exactly: writer.count - start) else {
            throw CQLError(.typeMismatch, "a value of \(writer.count - start) bytes does not fit 31 bits")
        }
        writer.overwrite(at: place, with: size)
    }

    /// Writes a vector: its elements one after another, with lengths only where their sizes differ.
    mutating func encodeVector<C: Collection>(
        _ elements: C, of type: CQLType, dimension: Int
    ) throws(CQLError) where C.Element: CQLEncodable {
        guard elements.count == dimension else {
            throw CQLError(.typeMismatch, "a vector of \(dimension) cannot hold \(elements.count) elements")
        }
        try sized { (encoder) throws(CQLError) in
            for element in elements {
                var single = CQLEncoder()
                try element.encode(as: type, into: &single)
                single.writer.flatten()
                let bytes = single.writer.bytes.dropFirst(4)
                if let fixed = type.fixedSizeInVector {
                    guard bytes.count == fixed else { throw CQLError(.typeMismatch, "null inside a vector") }
                } else {
                    guard single.writer.bytes.first.map({ $0 < 0x80 }) == true else {
                        throw CQLError(.typeMismatch, "null inside a vector")
                    }
                    encoder.writer.append(unsignedVariable: UInt64(bytes.count))
                }
                encoder.writer.bytes.append(contentsOf: bytes)
            }
        }
    }
}

extension ByteWriter {
    /// The variable-length unsigned integer of durations and vectors.
    mutating func append(unsignedVariable value: UInt64) {
        let bits = 64 - value.leadingZeroBitCount
        // Each byte more costs one bit of the first; eight more take all of it.
        let extra = bits > 56 ? 8 : max(0, (bits - 1) / 7)
        var first: UInt8 = extra >= 8 ? 0xff : ~(0xff >> UInt8(extra))
        if extra < 8 { first |= UInt8(truncatingIfNeeded: value >> UInt64(extra * 8)) }
        append(first)
        for index in (0..<extra).reversed() { append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
    }

    /// The variable-length signed integer, zig-zag.
    mutating func append(signedVariable value: Int64) {
        append(unsignedVariable: UInt64(bitPattern: value >> 63 ^ value << 1))
    }
}
