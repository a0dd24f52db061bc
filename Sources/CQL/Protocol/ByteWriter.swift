/// What requests are written into, big-endian. Large arrays are held as they are, to be sent from where they lie.
struct ByteWriter {
    /// A large array, and the place among the flat bytes where it belongs.
    struct Attachment {
        let place: Int
        let bytes: [UInt8]
    }

    /// Arrays of at least so many bytes are held instead of copied.
    static let attachmentThreshold = 16 << 10

    /// The flat bytes.
    var bytes: [UInt8] = []
    /// The large arrays, in the order of their places.
    private(set) var attachments: [Attachment] = []
    private var attachedCount = 0

    /// All bytes, those of large arrays included.
    var count: Int { bytes.count + attachedCount }

    /// Appends the bytes; those of a large array are not copied.
    @inline(__always)
    mutating func append(array: [UInt8]) {
        if array.count >= Self.attachmentThreshold {
            attachments.append(Attachment(place: bytes.count, bytes: array))
            attachedCount += array.count
        } else {
            bytes.append(contentsOf: array)
        }
    }

    /// A stretch of flat bytes, or a large array.
    enum Part {
        case flat(UnsafeRawBufferPointer)
        case array([UInt8])
    }

    /// Calls `body` with the parts in order, from the flat place `start` on.
    func forEachPart(from start: Int = 0, _ body: (Part) -> Void) {
        bytes.withUnsafeBytes { flat in
            var place = start
            for attachment in attachments {
                if attachment.place > place {
                    body(.flat(UnsafeRawBufferPointer(rebasing: flat[place..<attachment.place])))
                    place = attachment.place
                }
                body(.array(attachment.bytes))
            }
            if place < flat.count { body(.flat(UnsafeRawBufferPointer(rebasing: flat[place...]))) }
        }
    }

    /// The same with the bytes of large arrays.
    func forEachPiece(from start: Int = 0, _ body: (UnsafeRawBufferPointer) -> Void) {
        forEachPart(from: start) { part in
            switch part {
            case .flat(let bytes): body(bytes)
            case .array(let array): array.withUnsafeBytes(body)
            }
        }
    }

    /// Copies the large arrays to their places, so that all bytes are flat.
    mutating func flatten() {
        guard !attachments.isEmpty else { return }
        var all: [UInt8] = []
        all.reserveCapacity(count + 64)
        forEachPiece { all.append(contentsOf: $0) }
        bytes = all
        attachments = []
        attachedCount = 0
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    @inline(__always)
    mutating func append<T: FixedWidthInteger>(integer value: T) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(short count: Int) throws(CQLError) {
        guard let value = UInt16(exactly: count) else {
            throw CQLError(.typeMismatch, "\(count) elements or bytes do not fit 16 bits")
        }
        append(integer: value)
    }

    mutating func append(int count: Int) throws(CQLError) {
        guard let value = Int32(exactly: count) else {
            throw CQLError(.typeMismatch, "\(count) elements or bytes do not fit 31 bits")
        }
        append(integer: value)
    }

    /// The text's UTF-8 bytes without a length.
    @inline(__always)
    mutating func append(utf8 text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    mutating func append(string text: String) throws(CQLError) {
        try append(short: text.utf8.count)
        append(utf8: text)
    }

    mutating func append(longString text: String) throws(CQLError) {
        try append(int: text.utf8.count)
        append(utf8: text)
    }

    mutating func append(shortBytes value: [UInt8]) throws(CQLError) {
        try append(short: value.count)
        bytes.append(contentsOf: value)
    }

    mutating func append(bytes value: [UInt8]) throws(CQLError) {
        try append(int: value.count)
        append(array: value)
    }

    mutating func append(stringMap map: [(String, String)]) throws(CQLError) {
        try append(short: map.count)
        for (key, value) in map {
            try append(string: key)
            try append(string: value)
        }
    }

    /// Puts an integer over what stands at `offset`, which the caller wrote before.
    @inline(__always)
    mutating func overwrite<T: FixedWidthInteger>(at offset: Int, with value: T) {
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self) }
    }
}
