import CZlib
import CZstd

/// The contents of a gzip stream of one member or more.
final class GzipStream: ByteStream {
    private let source: any ByteStream
    private var state = z_stream()
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    private var sourceEnded = false
    private var memberEnded = false
    private var done = false

    init(_ source: any ByteStream) throws {
        self.source = source
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&state, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
            input.deallocate()
            throw TableError(.corruptCompression, "the gzip decoder did not start")
        }
    }

    deinit {
        inflateEnd(&state)
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if done || buffer.isEmpty { return 0 }
        state.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.avail_out = UInt32(clamping: buffer.count)
        let room = Int(state.avail_out)
        while state.avail_out == room {
            if state.avail_in == 0, !sourceEnded {
                let got = try source.read(into: input)
                state.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                state.avail_in = UInt32(got)
                sourceEnded = got == 0
            }
            if memberEnded {
                // Zero padding after a member is allowed; anything else must be another member.
                while state.avail_in > 0, let next = state.next_in, next.pointee == 0 {
                    state.next_in = next + 1
                    state.avail_in -= 1
                }
                if state.avail_in == 0 {
                    if sourceEnded {
                        done = true
                        return 0
                    }
                    continue
                }
                inflateReset(&state)
                memberEnded = false
            }
            if sourceEnded, state.avail_in == 0 {
                throw TableError(.corruptCompression, "the gzip stream ends early")
            }
            switch inflate(&state, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: memberEnded = true
            default: throw TableError(.corruptCompression, "the gzip stream is damaged")
            }
        }
        return room - Int(state.avail_out)
    }
}

/// The contents of a Zstandard stream of one frame or more.
final class ZstdStream: ByteStream {
    private let source: any ByteStream
    private let context: OpaquePointer
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    private var inBuffer: ZSTD_inBuffer
    private var sourceEnded = false
    private var frameEnded = true

    init(_ source: any ByteStream) throws {
        guard let context = ZSTD_createDCtx() else {
            throw TableError(.corruptCompression, "the Zstandard decoder did not start")
        }
        self.source = source
        self.context = context
        // A frame that asks for a larger window would take more memory than a reader may.
        _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 26)
        inBuffer = ZSTD_inBuffer(src: input.baseAddress, size: 0, pos: 0)
    }

    deinit {
        ZSTD_freeDCtx(context)
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if buffer.isEmpty { return 0 }
        var out = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while out.pos == 0 {
            if inBuffer.pos == inBuffer.size, !sourceEnded {
                inBuffer.size = try source.read(into: input)
                inBuffer.pos = 0
                sourceEnded = inBuffer.size == 0
            }
            let consumed = inBuffer.pos
            let left = ZSTD_decompressStream(context, &out, &inBuffer)
            if ZSTD_isError(left) != 0 { throw TableError(.corruptCompression, "the Zstandard stream is damaged") }
            if inBuffer.pos > consumed || out.pos > 0 { frameEnded = left == 0 }
            if sourceEnded, out.pos == 0 {
                if frameEnded { return 0 }
                throw TableError(.corruptCompression, "the Zstandard stream ends early")
            }
        }
        return out.pos
    }
}
