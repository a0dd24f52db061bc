internal import Synchronization

/// Memory for the long bodies of a connection, used again and again. The allocator would give the pages of freed bodies back to
/// the system, which would clear each again for the next body: that costs more than copying the body does.
final class BodyPool: Sendable {
    struct Memory: @unchecked Sendable {
        // Sendable by hand: whoever took it has it alone.
        let bytes: UnsafeMutableRawBufferPointer
    }

    /// Larger memory is given back at once.
    private static let largest = 1 << 20
    /// Bytes that lie ready at most.
    private static let kept = 2 << 20
    /// Sizes are multiples of this, so that bodies of about the same size use the same memory.
    private static let step = 16 << 10

    private struct Free {
        var memory: [Memory] = []
        var bytes = 0
    }

    private let free = Mutex(Free())

    deinit { free.withLock { for memory in $0.memory { memory.bytes.deallocate() } } }

    /// Memory of at least so many bytes, but not of many more; what was used last comes first, as caches may still know it.
    func take(_ count: Int) -> Memory {
        let size = (count + Self.step - 1) / Self.step * Self.step
        let known = free.withLock { free -> Memory? in
            guard
                let place = free.memory.lastIndex(where: { $0.bytes.count >= size && $0.bytes.count / 2 <= size })
            else { return nil }
            let memory = free.memory.remove(at: place)
            free.bytes -= memory.bytes.count
            return memory
        }
        return known ?? Memory(bytes: .allocate(byteCount: size, alignment: 16))
    }

    /// Keeps the memory for the next bodies, unless it is too much.
    func giveBack(_ memory: Memory) {
        let isKept = free.withLock { free in
            guard memory.bytes.count <= Self.largest, free.bytes + memory.bytes.count <= Self.kept else { return false }
            free.memory.append(memory)
            free.bytes += memory.bytes.count
            return true
        }
        if !isKept { memory.bytes.deallocate() }
    }
}
