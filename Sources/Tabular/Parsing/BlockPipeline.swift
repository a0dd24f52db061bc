import Foundation
import Synchronization

/// Reads blocks one after another, parses them on several threads and hands the results over in order, never holding more
/// than a few. The threads are its own; the calling thread receives the results.
final class BlockPipeline: @unchecked Sendable {
    typealias Work = @Sendable (Block, [CellKind]) throws -> ParsedBlock

    private let reader: BlockReader
    private let work: Work
    private let capacity: Int
    /// How columns are read; later blocks profit from what earlier ones found.
    private let kinds: Mutex<[CellKind]>

    /// Guards `reader`, `nextIndex` and `ended`.
    private let readLock = NSLock()
    private var nextIndex = 0
    private var ended = false

    /// Guards what follows.
    private let condition = NSCondition()
    private var results: [Int: Result<ParsedBlock?, any Error>] = [:]
    private var consumed = 0
    private var isStopped = false
    private var running = 0

    private init(_ reader: BlockReader, threads: Int, kinds: [CellKind], _ work: @escaping Work) {
        self.reader = reader
        self.work = work
        self.kinds = Mutex(kinds)
        capacity = threads + 2
    }

    /// Parses all blocks of `reader` with `work` and passes them to `consume` in order; `consume` may change how later
    /// blocks are read, which must not change what they mean.
    static func run(
        _ reader: BlockReader, threads: Int, kinds: [CellKind], _ work: @escaping Work,
        _ consume: (ParsedBlock, inout [CellKind]) throws -> Void
    ) throws {
        // The first block alone: it tells how most columns are best read.
        var kinds = kinds
        guard let first = try reader.next() else { return }
        try consume(try work(first, kinds), &kinds)
        guard threads > 1 else {
            while let block = try reader.next() { try consume(try work(block, kinds), &kinds) }
            return
        }
        let pipeline = BlockPipeline(reader, threads: threads, kinds: kinds, work)
        pipeline.start(threads)
        defer { pipeline.stop() }
        while let parsed = try pipeline.take() {
            let before = kinds
            try consume(parsed, &kinds)
            if kinds != before { pipeline.kinds.withLock { $0 = kinds } }
        }
    }

    private func start(_ threads: Int) {
        running = threads
        for index in 0..<threads {
            let thread = Thread { self.loop() }
            thread.name = "martlet-read-\(index)"
            thread.stackSize = 2 << 20
            thread.start()
        }
    }

    private func stop() {
        condition.lock()
        isStopped = true
        condition.broadcast()
        while running > 0 { condition.wait() }
        condition.unlock()
    }

    /// The next block in order; nil at the end.
    private func take() throws -> ParsedBlock? {
        condition.lock()
        while results[consumed] == nil { condition.wait() }
        let result = results.removeValue(forKey: consumed)
        consumed += 1
        condition.broadcast()
        condition.unlock()
        return try result?.get()
    }

    private func loop() {
        while let (index, block) = next() {
            let result: Result<ParsedBlock?, any Error> = block.flatMap { block in
                guard let block else { return .success(nil) }
                let current = kinds.withLock { $0 }
                return Result { try work(block, current) }
            }
            condition.lock()
            results[index] = result
            condition.broadcast()
            condition.unlock()
        }
        condition.lock()
        running -= 1
        condition.broadcast()
        condition.unlock()
    }

    /// The next block to parse, once there is room for its result; nil when there is nothing more to do.
    private func next() -> (Int, Result<Block?, any Error>)? {
        readLock.lock()
        defer { readLock.unlock() }
        if ended { return nil }
        condition.lock()
        while !isStopped, nextIndex - consumed >= capacity { condition.wait() }
        let mustStop = isStopped
        condition.unlock()
        if mustStop { return nil }
        let index = nextIndex
        nextIndex += 1
        let block = Result { try reader.next() }
        if case .success(.some) = block { return (index, block) }
        ended = true
        return (index, block)
    }
}

/// Runs `body` for every index below `count` on up to `threads` threads, the caller's included.
func forEachInParallel(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    guard threads > 1, count > 1 else {
        for index in 0..<count { body(index) }
        return
    }
    let next = ParallelCounter()
    let group = DispatchGroup()
    for _ in 1..<min(threads, count) {
        group.enter()
        let thread = Thread {
            while let index = next.take(below: count) { body(index) }
            group.leave()
        }
        thread.stackSize = 2 << 20
        thread.start()
    }
    while let index = next.take(below: count) { body(index) }
    group.wait()
}

private final class ParallelCounter: Sendable {
    private let value = Atomic<Int>(0)

    func take(below limit: Int) -> Int? {
        let index = value.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < limit ? index : nil
    }
}
