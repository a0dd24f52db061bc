import Network
import Synchronization

/// A handler that has room for what it is sent: blocks behind their length, of four bytes.
final class BlockReader: ConnectionHandler, @unchecked Sendable {
    // Sendable by hand: the loop's thread alone uses `header` and `block`.
    private struct Results {
        var blocks: [[UInt8]] = []
        var filled = 0
        var isClosed = false
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let results = Mutex(Results())
    private let mostRoom: Int
    private var header: [UInt8] = []
    private var block: UnsafeMutableRawBufferPointer?
    private var count = 0

    /// Never offers more room than `mostRoom`.
    init(mostRoom: Int = .max) { self.mostRoom = mostRoom }

    deinit { block?.deallocate() }

    /// Bytes that were put into room.
    var filledCount: Int { results.withLock { $0.filled } }

    /// The blocks when there are `wanted`, or when the connection has closed.
    func blocks(_ wanted: Int) async -> [[UInt8]] {
        await withCheckedContinuation { continuation in
            let isReady = results.withLock { results in
                if results.isClosed || results.blocks.count >= wanted { return true }
                results.waiter = (wanted, continuation)
                return false
            }
            if isReady { continuation.resume() }
        }
        return results.withLock { $0.blocks }
    }

    func room() -> UnsafeMutableRawBufferPointer? {
        block.map { UnsafeMutableRawBufferPointer(rebasing: $0[count...].prefix(mostRoom)) }
    }

    func filled(_ bytes: Int) {
        results.withLock { $0.filled += bytes }
        count += bytes
        finish()
    }

    func received(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            if let block {
                block[count] = byte
                count += 1
                finish()
                continue
            }
            header.append(byte)
            guard header.count == 4 else { continue }
            let length = header.reduce(0) { $0 << 8 | Int($1) }
            header = []
            block = .allocate(byteCount: length, alignment: 1)
            finish()
        }
    }

    private func finish() {
        guard let block, count == block.count else { return }
        let waiter = results.withLock { results -> CheckedContinuation<Void, Never>? in
            results.blocks.append(Array(block))
            guard let waiter = results.waiter, results.blocks.count >= waiter.count else { return nil }
            results.waiter = nil
            return waiter.continuation
        }
        block.deallocate()
        self.block = nil
        count = 0
        waiter?.resume()
    }

    func closed(_ error: NetworkError?) {
        let waiter = results.withLock { results in
            results.isClosed = true
            defer { results.waiter = nil }
            return results.waiter?.continuation
        }
        waiter?.resume()
    }
}

/// The bytes that `BlockReader` takes for the block.
func framed(_ block: [UInt8]) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: block.count >> (24 - 8 * $0)) } + block
}
