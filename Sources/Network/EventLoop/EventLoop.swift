internal import Glibc

/// One thread that moves the bytes of many connections and fires timers. Nothing that runs on it may block.
///
/// The thread ends with `stop()`, or when neither the loop nor a connection on it is held any more.
public final class EventLoop: Sendable {
    let core: LoopCore

    /// Starts the thread; `name` is what debuggers show of it (15 bytes at most are kept).
    public init(name: String) throws {
        core = try LoopCore(name: name)
        try core.start()
    }

    deinit { core.requestStop() }

    /// Closes every connection with an error of code `loopStopped`, drops the timers and ends the thread.
    public func stop() async {
        await withCheckedContinuation { continuation in
            core.requestStop { continuation.resume() }
        }
    }

    /// Runs `body` on the loop's thread, soon; false where the loop has ended and it will never run.
    @discardableResult
    public func execute(_ body: @escaping @Sendable () -> Void) -> Bool { core.execute(body) }

    /// Runs tasks on the loop's thread, for `withTaskExecutorPreference`: tasks that mostly wait for its connections then go on
    /// where their answers come in, without another thread being woken for each. They must not block or compute for long:
    /// every connection of the loop waits meanwhile. What still has to run when the loop has ended runs elsewhere.
    public var executor: any TaskExecutor { core }

    /// Calls `action` on the loop's thread after `delay`, never before it and some milliseconds late (the wheel's tick is
    /// 4 ms). It costs a fraction of a microsecond, so a timer per request is well; one that is set anew for the oldest
    /// request costs even less. A loop that has ended never calls it.
    public func schedule(after delay: Duration, _ action: @escaping @Sendable () -> Void) -> TimerToken {
        core.schedule(after: delay, action)
    }

    /// Takes the timer back; one that is just firing may still fire. False where it had fired or was cancelled.
    @discardableResult
    public func cancel(_ timer: TimerToken) -> Bool { core.cancel(timer) }

    /// Whether the caller is on the loop's thread.
    public var isCurrent: Bool { core.isCurrent }
}
