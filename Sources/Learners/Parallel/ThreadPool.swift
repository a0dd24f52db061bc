import Foundation
import Synchronization

/// A fixed set of threads for loops over numbers, apart from Swift's cooperative pool.
public final class ThreadPool: @unchecked Sendable {
    /// A pool without threads of its own: everything runs on the caller's.
    public static let single = ThreadPool(threadCount: 1)

    /// Threads that work on a loop, the caller's included.
    public let threadCount: Int

    private final class Loop: @unchecked Sendable {
        let count: Int
        let body: @Sendable (Int) -> Void
        let next = Atomic<Int>(0)
        let finished = Atomic<Int>(0)
        init(count: Int, body: @escaping @Sendable (Int) -> Void) {
            self.count = count
            self.body = body
        }
    }

    private let condition = NSCondition()
    private var loop: Loop?
    private var isStopped = false

    /// A pool of `threadCount` threads (at least 1), of which the caller of a loop is one.
    public init(threadCount: Int) {
        self.threadCount = max(1, threadCount)
        for index in 1..<max(1, self.threadCount) {
            let thread = Thread { [weak self] in ThreadPool.work(for: { self }) }
            thread.name = "martlet-\(index)"
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// Runs `body` for every index in `0 ..< count`, on all threads of the pool, and returns when all have ended. Calls from
    /// within a body, or while another loop runs, run on the caller's thread alone.
    public func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        guard threadCount > 1, count > 1 else {
            for index in 0..<count { body(index) }
            return
        }
        let mine = Loop(count: count, body: body)
        condition.lock()
        if loop != nil {
            condition.unlock()
            for index in 0..<count { body(index) }
            return
        }
        loop = mine
        condition.broadcast()
        condition.unlock()
        ThreadPool.drain(mine)
        condition.lock()
        while mine.finished.load(ordering: .acquiring) < count { condition.wait() }
        loop = nil
        condition.unlock()
    }

    /// Ends the threads; loops called later run on the caller's thread.
    public func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    private static func drain(_ loop: Loop) {
        while true {
            let index = loop.next.wrappingAdd(1, ordering: .relaxed).oldValue
            if index >= loop.count { return }
            loop.body(index)
            loop.finished.wrappingAdd(1, ordering: .releasing)
        }
    }

    private static func work(for owner: () -> ThreadPool?) {
        while true {
            guard let pool = owner() else { return }
            pool.condition.lock()
            while !pool.isStopped {
                if let loop = pool.loop, loop.next.load(ordering: .relaxed) < loop.count { break }
                pool.condition.wait()
            }
            let loop = pool.loop
            let stop = pool.isStopped
            pool.condition.unlock()
            if stop { return }
            if let loop {
                drain(loop)
                pool.condition.withLock { pool.condition.broadcast() }
            }
        }
    }
}
