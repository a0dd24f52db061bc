internal import Foundation
internal import Learners

/// A thread of its own for work that computes or blocks for long, so that Swift's cooperative pool stays free. Jobs run one
/// by one in the order they came. Where processors are scarce, threads that answer requests go first.
public final class WorkThread: @unchecked Sendable {
    // Sendable by hand: all that varies is guarded by `condition`.
    private let name: String
    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var isStarted = false
    private var isStopped = false

    /// A thread of that name; it starts with its first job.
    public init(name: String) { self.name = name }

    /// Runs `body` on the thread and waits for it; after `stop` it throws `PlatformError.unavailable`.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            condition.lock()
            defer { condition.unlock() }
            guard !isStopped else {
                continuation.resume(throwing: PlatformError(.unavailable, "the service has been shut down"))
                return
            }
            jobs.append {
                let result = Result { try body() }
                Herald.shared.call { continuation.resume(with: result) }
            }
            if isStarted {
                condition.signal()
            } else {
                isStarted = true
                let thread = Thread { [self] in
                    ThreadName.set(name)
                    work()
                }
                thread.stackSize = 8 << 20
                thread.start()
            }
        }
    }

    /// Ends the thread after the jobs it has.
    public func stop() {
        condition.lock()
        isStopped = true
        condition.signal()
        condition.unlock()
    }

    private func work() {
        ThreadPriority.giveWay()
        // A stack that is used up leaves no room for a signal's handler.
        var spare = stack_t()
        spare.ss_size = 64 << 10
        spare.ss_sp = .allocate(byteCount: spare.ss_size, alignment: 16)
        sigaltstack(&spare, nil)
        defer {
            var none = stack_t()
            none.ss_flags = Int32(SS_DISABLE)
            sigaltstack(&none, nil)
            spare.ss_sp.deallocate()
        }
        while true {
            condition.lock()
            while jobs.isEmpty, !isStopped { condition.wait() }
            let job = jobs.isEmpty ? nil : jobs.removeFirst()
            condition.unlock()
            guard let job else { return }
            job()
        }
    }
}
