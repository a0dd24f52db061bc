internal import Foundation
internal import Learners

/// A thread that wakes tasks for threads that give way.
///
/// Dispatch begins the threads of Swift's pool from whichever thread has work for it, and a new thread is as nice as the one that
/// began it. A thread that gives way must not wake a task itself: the pool's thread would give way ever after.
final class Herald: @unchecked Sendable {
    // Sendable by hand: all that varies is guarded by `condition`.
    static let shared = Herald()

    private let condition = NSCondition()
    private var calls: [@Sendable () -> Void] = []

    private init() {
        let thread = Thread { [self] in
            ThreadName.set("herald")
            work()
        }
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Calls `body`, which must not take long, on the thread.
    func call(_ body: @escaping @Sendable () -> Void) {
        condition.withLock {
            calls.append(body)
            condition.signal()
        }
    }

    private func work() {
        while true {
            let ready = condition.withLock {
                while calls.isEmpty { condition.wait() }
                defer { calls = [] }
                return calls
            }
            for call in ready { call() }
        }
    }
}
