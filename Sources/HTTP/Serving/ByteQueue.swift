/// Chunks in the order they came, taken whole or copied out.
struct ByteQueue {
    private var chunks: [[UInt8]] = []
    private var head = 0
    private var offset = 0
    /// Bytes held.
    private(set) var count = 0

    mutating func append(_ chunk: [UInt8]) {
        if chunk.isEmpty { return }
        chunks.append(chunk)
        count += chunk.count
    }

    /// The next chunk, or what is left of it.
    mutating func takeChunk() -> [UInt8]? {
        guard head < chunks.count else { return nil }
        let chunk = offset == 0 ? chunks[head] : Array(chunks[head][offset...])
        count -= chunk.count
        dropHead()
        return chunk
    }

    /// Fills as much of `target` as there is; returns how many bytes that is.
    mutating func copy(into target: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while filled < target.count, head < chunks.count {
            let length = min(target.count - filled, chunks[head].count - offset)
            chunks[head].withUnsafeBytes { source in
                let part = UnsafeRawBufferPointer(rebasing: source[offset..<offset + length])
                UnsafeMutableRawBufferPointer(rebasing: target[filled..<filled + length]).copyMemory(from: part)
            }
            filled += length
            offset += length
            if offset == chunks[head].count { dropHead() }
        }
        count -= filled
        return filled
    }

    mutating func removeAll() { self = ByteQueue() }

    private mutating func dropHead() {
        chunks[head] = []
        head += 1
        offset = 0
        if head == chunks.count {
            chunks.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 64 {
            chunks.removeFirst(head)
            head = 0
        }
    }
}
