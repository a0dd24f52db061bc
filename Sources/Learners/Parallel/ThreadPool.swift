import Foundation
import Synchronization

/// A fixed set of threads for loops over numbers, apart from Swift's cooperative pool.
///
/// The threads look for the next loop for some microseconds after the last one, since the loops of a training follow each
/// other closely, and then sleep. They end with `stop()`, or with the pool.
public final class ThreadPool: Sendable {
    /// A pool without threads of its own: everything runs on the caller's.
    public static let single = ThreadPool(threadCount: 1)

    /// Threads that work on a loop, the caller's included.
    public let threadCount: Int

    private let board = LoopBoard()

    /// A pool of `threadCount` threads (at least 1), of which the caller of a loop is one; the others have this name and a number.
    public init(threadCount: Int, name: String = "martlet") {
        self.threadCount = max(1, threadCount)
        let board = board
        for index in 1..<max(1, self.threadCount) {
            let thread = Thread {
                ThreadName.set("\(name)-\(index)")
                board.work()
            }
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    deinit { board.stop() }

    /// Runs `body` for every index in `0 ..< count`, on all threads of the pool, and returns when all have ended. Calls from
    /// within a body, or while another loop runs, run on the caller's thread alone.
    public func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        guard threadCount > 1, count > 1 else {
            for index in 0..<max(0, count) { body(index) }
            return
        }
        let loop = PoolLoop(count: count, body: body)
        guard board.post(loop) else {
            for index in 0..<count { body(index) }
            return
        }
        loop.drain()
        board.finish(loop)
    }

    /// Ends the threads; loops called later run on the caller's thread.
    public func stop() { board.stop() }
}

/// One loop and how far it is.
private final class PoolLoop: Sendable {
    let count: Int
    let body: @Sendable (Int) -> Void
    private let next = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)

    init(count: Int, body: @escaping @Sendable (Int) -> Void) {
        self.count = count
        self.body = body
    }

    var hasWork: Bool { next.load(ordering: .relaxed) < count }
    var isDone: Bool { finished.load(ordering: .acquiring) >= count }

    /// Takes indices until none is left; whether the last of all to end was among them.
    @discardableResult
    func drain() -> Bool {
        var isLast = false
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if index >= count { return isLast }
            body(index)
            isLast = finished.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count
        }
    }
}

/// Where the loop in hand is posted, what the threads wait at, and all that they hold on to.
private final class LoopBoard: @unchecked Sendable {
    /// Looks at the board before a thread sleeps: about twenty microseconds.
    private static let looks = 2000

    private let condition = NSCondition()
    private var loop: PoolLoop?
    private var isStopped = false
    private var sleepers = 0
    /// Counts posts and the stop, so that a thread can look without the lock.
    private let posts = Atomic<Int>(0)

    /// Whether `new` is now the loop in hand.
    func post(_ new: PoolLoop) -> Bool {
        condition.withLock {
            guard loop == nil, !isStopped else { return false }
            loop = new
            posts.wrappingAdd(1, ordering: .releasing)
            if sleepers > 0 { condition.broadcast() }
            return true
        }
    }

    /// Waits until every index of `posted` has ended and takes it off the board.
    func finish(_ posted: PoolLoop) {
        LoopBoard.spin { posted.isDone }
        condition.withLock {
            while !posted.isDone {
                sleepers += 1
                condition.wait()
                sleepers -= 1
            }
            loop = nil
        }
    }

    func stop() {
        condition.withLock {
            isStopped = true
            posts.wrappingAdd(1, ordering: .releasing)
            condition.broadcast()
        }
    }

    /// What a thread of the pool does until the stop.
    func work() {
        var seen = 0
        while true {
            LoopBoard.spin { posts.load(ordering: .acquiring) != seen }
            let found: PoolLoop? = condition.withLock {
                while !isStopped {
                    seen = posts.load(ordering: .relaxed)
                    if let loop, loop.hasWork { return loop }
                    sleepers += 1
                    condition.wait()
                    sleepers -= 1
                }
                return nil
            }
            guard let found else { return }
            if found.drain() { wakeSleepers() }
        }
    }

    private func wakeSleepers() {
        condition.withLock {
            if sleepers > 0 { condition.broadcast() }
        }
    }

    /// Looks until `isOver`, but not for long; the fence is a moment of doing nothing that the compiler keeps.
    @inline(__always)
    private static func spin(_ isOver: () -> Bool) {
        var left = looks
        while left > 0, !isOver() {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
            left -= 1
        }
    }
}
