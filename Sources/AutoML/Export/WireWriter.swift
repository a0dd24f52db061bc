/// Appends fields of the protocol-buffers wire format (protobuf.dev, "Encoding"): what ONNX files are made of.
///
/// Only what `onnx.proto` needs: varints, length-delimited fields and packed integers.
struct WireWriter {
    /// What was written so far.
    private(set) var bytes: [UInt8] = []

    /// A field of a whole number; negative ones take ten bytes, as the format has it.
    mutating func integer(_ field: Int, _ value: Int64) {
        key(field, wireType: 0)
        varint(UInt64(bitPattern: value))
    }

    /// A field of text.
    mutating func string(_ field: Int, _ value: String) {
        key(field, wireType: 2)
        varint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// A field of bytes, or of a message that is encoded already.
    mutating func data(_ field: Int, _ value: [UInt8]) {
        key(field, wireType: 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A field of a message.
    mutating func message(_ field: Int, _ body: (inout WireWriter) -> Void) {
        var inner = WireWriter()
        body(&inner)
        data(field, inner.bytes)
    }

    /// A repeated field of whole numbers in its packed form; nothing where there are none.
    mutating func packed(_ field: Int, _ values: [Int64]) {
        if values.isEmpty { return }
        var inner = WireWriter()
        inner.bytes.reserveCapacity(values.count * 2)
        for value in values { inner.varint(UInt64(bitPattern: value)) }
        data(field, inner.bytes)
    }

    private mutating func key(_ field: Int, wireType: UInt64) { varint(UInt64(field) << 3 | wireType) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
