internal import CNetwork
internal import Dispatch
internal import Glibc
internal import Synchronization

/// The loop itself: what its thread runs and what other threads leave for it.
final class LoopCore: @unchecked Sendable {
    // Sendable by hand: `poller`, the buffers and the lists below are used on the loop's thread alone (`poller.wake` apart).
    let poller: Poller
    /// Where sockets are read into; shared by all connections, one at a time.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: LoopCore.bufferSize, alignment: 64)
    /// Where TLS is decrypted into.
    let plainBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: LoopCore.bufferSize, alignment: 64)
    private let name: String
    /// What a send is made of.
    var pieces: [iovec] = []

    private var connections: [Connection] = []
    private var tasks: [@Sendable () -> Void] = []
    private var jobs: [UnownedJob] = []
    private var actions: [TimerWheel.Action] = []

    static let bufferSize = 256 << 10
    private static let millisecondsPerTick: Int64 = 4

    /// What other threads leave for the loop.
    private struct Inbox {
        var connections: [Connection] = []
        var tasks: [@Sendable () -> Void] = []
        var jobs: [UnownedJob] = []
        /// Whether the loop will look here again before it sleeps, so that it need not be woken.
        var isAwake = true
        var mustLookAgain = false
        var isStopping = false
        var isEnded = false
        var stopWaiters: [@Sendable () -> Void] = []
        var thread: pthread_t?
    }

    private struct Timers {
        var wheel: TimerWheel
        /// The tick until which the loop sleeps at most.
        var sleepsUntil = Int64.max
    }

    private let inbox = Mutex(Inbox())
    private let timers: Mutex<Timers>

    init(name: String) throws(NetworkError) {
        self.name = name
        poller = try Poller()
        timers = Mutex(Timers(wheel: TimerWheel(tick: LoopCore.tick)))
    }

    deinit {
        readBuffer.deallocate()
        plainBuffer.deallocate()
    }

    func start() throws(NetworkError) {
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<LoopCore>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            }, retained.toOpaque())
        guard status == 0 else {
            retained.release()
            throw .system("pthread_create", status)
        }
        pthread_detach(thread)
    }

    var isCurrent: Bool {
        let thread = inbox.withLock { $0.isEnded ? nil : $0.thread }
        return thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
    }

    /// Has `service()` called on the connection soon; false where the loop has ended.
    @discardableResult
    func enqueue(_ connection: Connection) -> Bool {
        leave { $0.connections.append(connection) }
    }

    @discardableResult
    func execute(_ task: @escaping @Sendable () -> Void) -> Bool {
        leave { $0.tasks.append(task) }
    }

    private func leave(_ change: (inout Inbox) -> Void) -> Bool {
        let (isTaken, mustWake) = inbox.withLock { inbox in
            guard !inbox.isEnded else { return (false, false) }
            change(&inbox)
            defer { inbox.isAwake = true }
            return (true, !inbox.isAwake)
        }
        if mustWake { poller.wake() }
        return isTaken
    }

    /// Ends the thread as soon as it can, then calls `done`.
    func requestStop(_ done: (@Sendable () -> Void)? = nil) {
        let isTaken = leave { inbox in
            inbox.isStopping = true
            if let done { inbox.stopWaiters.append(done) }
        }
        if !isTaken { done?() }
    }

    func schedule(after delay: Duration, _ action: @escaping TimerWheel.Action) -> TimerToken {
        // The coarse clock may be a tick behind, hence the tick more.
        let ticks = LoopCore.ticks(delay) + 1
        let (token, mustWake) = timers.withLock { timers in
            let deadline = LoopCore.tick + ticks
            return (timers.wheel.insert(deadline: deadline, action), deadline < timers.sleepsUntil)
        }
        if mustWake { _ = leave { $0.mustLookAgain = true } }
        return token
    }

    func cancel(_ timer: TimerToken) -> Bool { timers.withLock { $0.wheel.cancel(timer) } != nil }

    private static var tick: Int64 { network_milliseconds() / millisecondsPerTick }

    private static func ticks(_ delay: Duration) -> Int64 {
        let (seconds, attoseconds) = delay.components
        guard seconds < 1 << 32 else { return 1 << 40 }
        let milliseconds = max(0, seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
        return (milliseconds + millisecondsPerTick - 1) / millisecondsPerTick
    }

    private func run() {
        network_name_thread(name)
        let thread = pthread_self()
        inbox.withLock { $0.thread = thread }
        while true {
            let timeout = prepareToSleep()
            poller.wait(milliseconds: timeout) { inbox.withLock { $0.isAwake = true } }
            if takeInbox() { break }
            for task in tasks { task() }
            tasks.removeAll(keepingCapacity: true)
            runJobs()
            // What they want sent goes out before more is read.
            inbox.withLock { inbox in
                connections += inbox.connections
                inbox.connections.removeAll(keepingCapacity: true)
            }
            for connection in connections { connection.service() }
            connections.removeAll(keepingCapacity: true)
            fireTimers()
        }
        end()
    }

    /// Milliseconds the loop may sleep: 0 where something was left meanwhile, -1 for ever.
    private func prepareToSleep() -> Int32 {
        let timeout: Int32 = timers.withLock { timers in
            guard let next = timers.wheel.nextTick else {
                timers.sleepsUntil = Int64.max
                return -1
            }
            timers.sleepsUntil = next
            let wait = (next - LoopCore.tick) * LoopCore.millisecondsPerTick
            return Int32(clamping: max(0, wait))
        }
        return inbox.withLock { inbox in
            if inbox.mustLookAgain || inbox.isStopping || !inbox.connections.isEmpty || !inbox.tasks.isEmpty
                || !inbox.jobs.isEmpty
            {
                inbox.mustLookAgain = false
                return 0
            }
            inbox.isAwake = false
            return timeout
        }
    }

    /// Whether the loop is to end.
    private func takeInbox() -> Bool {
        inbox.withLock { inbox in
            swap(&inbox.connections, &connections)
            swap(&inbox.tasks, &tasks)
            swap(&inbox.jobs, &jobs)
            return inbox.isStopping
        }
    }

    private func runJobs() {
        let executor = asUnownedTaskExecutor()
        for job in jobs { job.runSynchronously(on: executor) }
        jobs.removeAll(keepingCapacity: true)
    }

    private func fireTimers() {
        let now = LoopCore.tick
        timers.withLock { $0.wheel.expire(now: now, into: &actions) }
        guard !actions.isEmpty else { return }
        for action in actions { action() }
        actions.removeAll(keepingCapacity: true)
    }

    private func end() {
        for task in tasks { task() }
        tasks = []
        runJobs()
        connections = []
        for target in poller.targets { target.loopStopped() }
        // What was left until now still runs; from here on nothing is taken.
        let (rest, waiters) = inbox.withLock { inbox in
            inbox.isEnded = true
            inbox.connections = []
            swap(&inbox.jobs, &jobs)
            defer {
                inbox.tasks = []
                inbox.stopWaiters = []
            }
            return (inbox.tasks, inbox.stopWaiters)
        }
        for task in rest { task() }
        runJobs()
        for target in poller.targets { target.loopStopped() }
        // The actions are let go after the lock is.
        var wheel = TimerWheel(tick: LoopCore.tick)
        timers.withLock { swap(&$0.wheel, &wheel) }
        for waiter in waiters { waiter() }
    }
}

extension LoopCore: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if leave({ $0.jobs.append(job) }) { return }
        // The loop has ended; the task has not.
        let executor = asUnownedTaskExecutor()
        DispatchQueue.global().async { job.runSynchronously(on: executor) }
    }
}
