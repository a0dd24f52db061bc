internal import CLZ4

/// LZ4's block format, as segments of v5 and envelopes of v4 carry it.
enum LZ4 {
    /// Appends the compressed bytes and returns their number; nothing is appended and the result is nil where compression
    /// saves nothing.
    static func compress(_ source: UnsafeRawBufferPointer, into target: inout [UInt8]) -> Int? {
        guard let size = Int32(exactly: source.count), size > 0 else { return nil }
        let start = target.count
        target.append(contentsOf: repeatElement(0, count: source.count - 1))
        let written = target.withUnsafeMutableBytes { buffer in
            LZ4_compress_default(
                source.baseAddress?.assumingMemoryBound(to: CChar.self),
                buffer.baseAddress.map { $0.advanced(by: start).assumingMemoryBound(to: CChar.self) }, size, size - 1)
        }
        target.removeLast(target.count - start - Int(max(written, 0)))
        return written > 0 ? Int(written) : nil
    }

    /// The bytes that `source` stands for, which have to be exactly `count`.
    static func decompress(_ source: UnsafeRawBufferPointer, count: Int) throws(CQLError) -> [UInt8] {
        guard let size = Int32(exactly: source.count), let room = Int32(exactly: count), room >= 0 else {
            throw CQLError(.protocolViolation, "compressed bytes announce \(count) bytes")
        }
        var written: Int32 = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let target = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var nothing: CChar = 0
            written =
                if let target {
                    LZ4_decompress_safe(source.baseAddress?.assumingMemoryBound(to: CChar.self), target, size, room)
                } else {
                    LZ4_decompress_safe(source.baseAddress?.assumingMemoryBound(to: CChar.self), &nothing, size, 0)
                }
            initialized = Int(max(written, 0))
        }
        guard Int(written) == count else {
            throw CQLError(.protocolViolation, "compressed bytes are damaged: \(written) of \(count) bytes came out")
        }
        return bytes
    }
}
