internal import Dispatch
internal import Glibc
public import Learners
internal import Synchronization

/// The right of a piece of long work to compute, and how it hears that nobody wants it any more.
public final class Turn: Sendable {
    /// How long a piece computes while others wait, in nanoseconds.
    private static let length: UInt64 = 5_000_000

    /// Raised when the caller's task is cancelled.
    public let cancellation = Cancellation()
    private let work: LongWork
    private let semaphore = DispatchSemaphore(value: 0)
    /// The thread that the work runs on.
    private let owner = Atomic<UInt>(0)
    private let began = Atomic<UInt64>(0)

    init(of work: LongWork) { self.work = work }

    /// Computes on the work's own thread and stops when nobody wants it any more.
    public var context: TrainingContext { TrainingContext(cancellation: cancellation) }

    /// To be called every few milliseconds: makes way for other work that waits, after a while. On other threads than the
    /// work's own it only looks whether the work is still wanted.
    /// - Throws: `CancellationError` when it is not.
    public func checkpoint() throws {
        if cancellation.isCancelled { throw CancellationError() }
        guard UInt(pthread_self()) == owner.load(ordering: .relaxed),
            DispatchTime.now().uptimeNanoseconds &- began.load(ordering: .relaxed) >= Turn.length
        else { return }
        work.pass(self)
        if cancellation.isCancelled { throw CancellationError() }
    }

    /// Runs `body`, which waits for something rather than computes, while others have the turn.
    func waiting<Value>(_ body: () throws -> Value) rethrows -> Value {
        work.give()
        defer { work.take(self) }
        return try body()
    }

    /// Begins a turn on the calling thread, once another has called `wake` where it has to wait.
    func begin(waiting: Bool) {
        if waiting { semaphore.wait() }
        owner.store(UInt(pthread_self()), ordering: .relaxed)
        began.store(DispatchTime.now().uptimeNanoseconds, ordering: .relaxed)
    }

    func wake() { semaphore.signal() }
}
