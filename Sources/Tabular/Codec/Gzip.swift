import CZlib

/// Whole byte strings in the gzip format (RFC 1952).
public enum Gzip {
    /// `bytes` as one member, compressed as far as zlib can and without a time, so that the same bytes give the same; nil
    /// where zlib has no memory.
    public static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var state = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard
            deflateInit2_(
                &state, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else { return nil }
        defer { deflateEnd(&state) }
        guard let length = UInt32(exactly: bytes.count),
            let bound = UInt32(exactly: deflateBound(&state, UInt(bytes.count)))
        else { return nil }
        var output = [UInt8](repeating: 0, count: Int(bound))
        let outcome = bytes.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                state.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                state.avail_in = length
                state.next_out = output.baseAddress
                state.avail_out = bound
                return deflate(&state, Z_FINISH)
            }
        }
        guard outcome == Z_STREAM_END else { return nil }
        output.removeLast(Int(state.avail_out))
        return output
    }
}
