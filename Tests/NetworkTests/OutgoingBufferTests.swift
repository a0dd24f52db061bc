import Glibc
import Testing

@testable import Network

@Suite("The outgoing buffer")
struct OutgoingBufferTests {
    /// The bytes that would be sent next, in at most `limit` pieces.
    private func next(_ buffer: borrowing OutgoingBuffer, limit: Int = 64) -> [UInt8] {
        var memory: [iovec] = []
        return buffer.withPieces(&memory, limit: limit) { pieces in
            #expect(pieces.count <= limit)
            return pieces.flatMap { Array(UnsafeRawBufferPointer(start: $0.iov_base, count: $0.iov_len)) }
        }
    }

    @Test("numbers, texts and bytes lie one after another, and can be filled in later")
    func appending() {
        var buffer = OutgoingBuffer()
        buffer.append(UInt8(7))
        let place = buffer.position
        buffer.append(bigEndian: UInt32(0))
        buffer.append("äb")
        buffer.append(littleEndian: UInt16(0x0102))
        buffer.withUnsafeMutableBytes(from: place) { bytes in
            #expect(bytes.count == 9)
            bytes[3] = UInt8(bytes.count - 4)
        }
        #expect(next(buffer) == [7, 0, 0, 0, 5, 0xc3, 0xa4, 0x62, 2, 1])
        let (count, wasDrained) = (buffer.count, buffer.isDrained)
        #expect(count == 10 && !wasDrained)
        buffer.advance(10)
        let isDrained = buffer.isDrained
        #expect(isDrained)
    }

    @Test("large arrays keep their places among small ones, in whatever steps all is sent")
    func order() {
        var state: UInt64 = 3
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<60 {
            var buffer = OutgoingBuffer()
            var expected: [UInt8] = []
            for _ in 0..<random(12) {
                let isLarge = random(3) == 0
                let bytes = pattern(
                    isLarge ? OutgoingBuffer.attachmentThreshold + random(5000) : random(3000), seed: random(99))
                buffer.append(bytes)
                expected += bytes
            }
            let count = buffer.count
            #expect(count == expected.count)
            var sent: [UInt8] = []
            while !buffer.isDrained {
                let bytes = next(buffer, limit: 1 + random(4))
                let step = 1 + random(bytes.count)
                sent += bytes.prefix(step)
                buffer.advance(step)
            }
            #expect(sent == expected)
            buffer.removeAll()
            let isEmpty = buffer.isDrained && buffer.count == 0
            #expect(isEmpty)
        }
    }

    @Test("an empty buffer keeps as much memory as it is told")
    func memory() {
        var buffer = OutgoingBuffer()
        for _ in 0..<1000 { buffer.append([UInt8](repeating: 1, count: 100)) }
        buffer.removeAll()
        #expect(buffer.memory.count >= 100_000)
        buffer.append([1])
        buffer.removeAll(keeping: 8 << 10)
        #expect(buffer.memory.isEmpty)
        buffer.append([1])
        buffer.removeAll(keeping: 8 << 10)
        #expect(buffer.memory.count == 4096)
    }
}
