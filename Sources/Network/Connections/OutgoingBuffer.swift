internal import CNetwork
internal import Glibc

/// Bytes on their way out: small pieces lie one after another in memory that is used again and again, large arrays are held
/// as they are and sent from where they lie.
public struct OutgoingBuffer: ~Copyable {
    /// A large array and the place among the flat bytes where it belongs.
    struct Attachment {
        var place: Int
        var bytes: [UInt8]
    }

    /// Arrays of at least so many bytes are held instead of copied.
    static let attachmentThreshold = 16 << 10
    /// Memory of an empty buffer beyond this is given back, where nothing else is said.
    static let keptCapacity = 512 << 10

    private(set) var memory: UnsafeMutableRawBufferPointer
    private(set) var flatCount = 0
    private(set) var attachments: [Attachment] = []
    private var attachedCount = 0

    // How far sending has come.
    private var sentFlat = 0
    private var sentAttachments = 0
    private var sentOfAttachment = 0

    init() { memory = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

    deinit { memory.deallocate() }

    /// Bytes in the buffer, other callers' before this one's included.
    public var count: Int { flatCount + attachedCount }

    /// Where the next byte will lie, for `withUnsafeMutableBytes(from:)`; it holds until the end of the writing closure.
    public var position: Int { flatCount }

    /// Appends a copy of the bytes.
    public mutating func append(copying bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        reserve(bytes.count)
        (memory.baseAddress.unsafelyUnwrapped + flatCount).copyMemory(from: base, byteCount: bytes.count)
        flatCount += bytes.count
    }

    /// Appends the bytes; those of a large array (16 KiB and more) are not copied but held until they are sent.
    public mutating func append(_ bytes: [UInt8]) {
        if bytes.count >= OutgoingBuffer.attachmentThreshold {
            attachments.append(Attachment(place: flatCount, bytes: bytes))
            attachedCount += bytes.count
        } else {
            bytes.withUnsafeBytes { append(copying: $0) }
        }
    }

    /// Appends one byte.
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        memory[flatCount] = byte
        flatCount += 1
    }

    /// Appends the UTF-8 bytes of a text.
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(copying: UnsafeRawBufferPointer($0)) }
    }

    /// Appends the bytes of an integer, the highest first.
    public mutating func append<Integer: FixedWidthInteger>(bigEndian value: Integer) {
        withUnsafeBytes(of: value.bigEndian) { append(copying: $0) }
    }

    /// Appends the bytes of an integer, the lowest first.
    public mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
        withUnsafeBytes(of: value.littleEndian) { append(copying: $0) }
    }

    /// Makes room for so many bytes, so that appending them moves nothing.
    public mutating func reserve(_ count: Int) {
        guard memory.count - flatCount < count else { return }
        let capacity = max(4096, memory.count * 2, flatCount + count)
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        if let base = memory.baseAddress, let target = larger.baseAddress {
            target.copyMemory(from: base, byteCount: flatCount)
        }
        memory.deallocate()
        memory = larger
    }

    /// Calls `body` with the flat bytes written since `position`, to fill in a length or to take a checksum; arrays that are
    /// held and not copied are not among them.
    public mutating func withUnsafeMutableBytes<Value>(
        from position: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        precondition(position >= sentFlat && position <= flatCount, "a position of another buffer")
        return try body(UnsafeMutableRawBufferPointer(rebasing: memory[position..<flatCount]))
    }

    /// Whether nothing is left to be sent.
    var isDrained: Bool { sentFlat == flatCount && sentAttachments == attachments.count }

    /// Calls `body` with at most `limit` pieces that come next, in order; `pieces` is their memory.
    func withPieces<Value>(
        _ pieces: inout [iovec], limit: Int, _ body: (inout [iovec]) -> Value
    ) -> Value {
        pieces.removeAll(keepingCapacity: true)
        return gather(&pieces, limit, flat: sentFlat, attachment: sentAttachments, offset: sentOfAttachment, body)
    }

    /// Arrays may be looked into from within a closure alone, so each is a call deeper than the one before it.
    private func gather<Value>(
        _ pieces: inout [iovec], _ limit: Int, flat: Int, attachment: Int, offset: Int,
        _ body: (inout [iovec]) -> Value
    ) -> Value {
        let flatEnd = attachment < attachments.count ? attachments[attachment].place : flatCount
        if flat < flatEnd, pieces.count < limit, let base = memory.baseAddress {
            pieces.append(iovec(iov_base: base + flat, iov_len: flatEnd - flat))
        }
        guard attachment < attachments.count, pieces.count < limit else { return body(&pieces) }
        return attachments[attachment].bytes.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress {
                let start = UnsafeMutableRawPointer(mutating: base + offset)
                pieces.append(iovec(iov_base: start, iov_len: bytes.count - offset))
            }
            return gather(&pieces, limit, flat: flatEnd, attachment: attachment + 1, offset: 0, body)
        }
    }

    /// Counts the next `count` bytes as sent.
    mutating func advance(_ count: Int) {
        var left = count
        while left > 0 {
            let hasAttachment = sentAttachments < attachments.count
            let flat = min(left, (hasAttachment ? attachments[sentAttachments].place : flatCount) - sentFlat)
            sentFlat += flat
            left -= flat
            guard left > 0, hasAttachment else { return }
            let rest = attachments[sentAttachments].bytes.count - sentOfAttachment
            if left < rest {
                sentOfAttachment += left
                return
            }
            left -= rest
            // Let go of the array: its memory may be wanted.
            attachments[sentAttachments].bytes = []
            sentAttachments += 1
            sentOfAttachment = 0
        }
    }

    /// Empties the buffer and keeps its memory, unless it is much.
    mutating func removeAll(keeping capacity: Int = OutgoingBuffer.keptCapacity) {
        flatCount = 0
        attachedCount = 0
        attachments.removeAll(keepingCapacity: attachments.count <= 64)
        (sentFlat, sentAttachments, sentOfAttachment) = (0, 0, 0)
        if memory.count > capacity {
            memory.deallocate()
            memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        }
    }
}
