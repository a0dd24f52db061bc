internal import CLibrdkafka
internal import Dispatch
internal import Glibc
internal import Synchronization

/// A librdkafka instance with a thread of its own that polls its events and runs what others ask of that thread, and a
/// second one (`lane`) for calls that block until a broker answers. Nothing of it runs on Swift's cooperative pool.
final class Client: @unchecked Sendable {
    /// What the owner of a client does on its polling thread.
    protocol Delegate: AnyObject, Sendable {
        /// An event other than log, statistics and errors; the client frees it afterwards.
        func handle(_ event: OpaquePointer, of kind: Int32)
        /// An error of the client as a whole.
        func handle(_ error: KafkaError)
        /// Called between events; false ends the loop, after which the instance is destroyed.
        func tick() -> Bool
        /// Whether there is room for another message; asked before each is taken.
        var wantsMessages: Bool { get }
        /// The instance is gone, and no call comes any more.
        func ended()
    }

    /// The instance; used on the polling thread, on the lane, or under the owner's lock while it is open.
    let handle: OpaquePointer
    private let log: (@Sendable (KafkaConfiguration.LogLine) -> Void)?
    private let lane = DispatchQueue(label: "kafka.lane")

    private struct State: @unchecked Sendable {
        var commands: [@Sendable () -> Void] = []
        var isOpen = true
        var destroyFlags: Int32 = 0
    }
    private let state = Mutex(State())
    private let bell: Int32
    /// Fetched messages, apart from all other events, so that only they wait when nobody takes them.
    let messages: OpaquePointer?
    // Of the polling thread alone, once it runs.
    private var queue: OpaquePointer?
    private let latest = Mutex<Statistics?>(nil)

    /// Takes over `handle`; `queue` and `messages` are polled and belong to the client from now on.
    init(
        handle: OpaquePointer, queue: OpaquePointer, messages: OpaquePointer? = nil,
        log: (@Sendable (KafkaConfiguration.LogLine) -> Void)?
    ) {
        self.handle = handle
        self.queue = queue
        self.messages = messages
        self.log = log
        bell = martlet_kafka_bell_create()
        martlet_kafka_bell_attach(bell, queue)
        if let messages { martlet_kafka_bell_attach(bell, messages) }
        // Without this librdkafka writes to standard error.
        rd_kafka_set_log_queue(handle, nil)
    }

    /// The statistics of the last interval.
    var statistics: Statistics? { latest.withLock { $0 } }

    /// Starts the polling thread, which keeps the client and its owner until the loop ends.
    func start(_ delegate: any Delegate) throws {
        guard PollThread.start({ self.poll(delegate) }) else {
            destroy()
            throw KafkaError(.invalidArgument, "the system has no thread left")
        }
    }

    /// Runs `command` on the polling thread, soon; false when the client has ended.
    @discardableResult
    func perform(_ command: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.isOpen else { return false }
            state.commands.append(command)
            martlet_kafka_bell_ring(bell)
            return true
        }
    }

    /// Runs `body` on the polling thread and gives what it gives.
    func onPollThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            if !perform({ continuation.resume(with: Result { try body() }) }) {
                continuation.resume(throwing: KafkaError.closed)
            }
        }
    }

    /// Runs a call that blocks on the lane, one at a time.
    func blocking<Value: Sendable>(_ body: @escaping @Sendable (OpaquePointer) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            lane.async {
                // The instance is destroyed on the lane too, after the flag has fallen.
                guard self.state.withLock({ $0.isOpen }) else {
                    return continuation.resume(throwing: KafkaError.closed)
                }
                continuation.resume(with: Result { try body(self.handle) })
            }
        }
    }

    /// Polls `queue` from now on and gives the one before back to librdkafka; on the polling thread only.
    func replaceQueue(_ new: OpaquePointer) {
        martlet_kafka_bell_attach(bell, new)
        giveBack(queue)
        queue = new
    }

    private func giveBack(_ queue: OpaquePointer?) {
        guard let queue else { return }
        martlet_kafka_bell_detach(queue)
        rd_kafka_queue_destroy(queue)
    }

    /// Sends a commit of `offsets`, whose outcome comes as an event with `token`; on the polling thread only.
    func commit(_ offsets: [TopicPartition: Int64], token: UInt) throws {
        let status = PartitionList.with(offsets) {
            rd_kafka_commit_queue(handle, $0, queue, nil, UnsafeMutableRawPointer(bitPattern: token))
        }
        try KafkaError.check(status)
    }

    /// The instance will end without leaving its group.
    func abandonOnDestroy() { state.withLock { $0.destroyFlags = RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE } }

    private func poll(_ delegate: any Delegate) {
        while true {
            runCommands()
            guard delegate.tick() else { break }
            let hadEvent = takeEvent(from: queue, for: delegate)
            let hadMessage = delegate.wantsMessages && takeEvent(from: messages, for: delegate)
            // The time-out is for what only time brings about, such as the end of a delivery's time.
            if !hadEvent, !hadMessage { martlet_kafka_bell_wait(bell, 100) }
        }
        state.withLock { $0.isOpen = false }
        // Commands that came in before the flag fell still get their run.
        runCommands()
        lane.async {
            self.destroy()
            delegate.ended()
        }
    }

    private func takeEvent(from queue: OpaquePointer?, for delegate: any Delegate) -> Bool {
        guard let queue, let event = rd_kafka_queue_poll(queue, 0) else { return false }
        dispatch(event, to: delegate)
        rd_kafka_event_destroy(event)
        return true
    }

    private func runCommands() {
        let commands = state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
        for command in commands { command() }
    }

    private func destroy() {
        let flags = state.withLock { state in
            state.isOpen = false
            return state.destroyFlags
        }
        // Messages hold on to their partitions: left in the queue they would keep the instance from ending.
        while let messages, let event = rd_kafka_queue_poll(messages, 0) { rd_kafka_event_destroy(event) }
        giveBack(messages)
        giveBack(queue)
        rd_kafka_destroy_flags(handle, flags)
        close(bell)
    }

    private func dispatch(_ event: OpaquePointer, to delegate: any Delegate) {
        let kind = rd_kafka_event_type(event)
        switch kind {
        case RD_KAFKA_EVENT_LOG:
            guard let log else { return }
            var facility: UnsafePointer<CChar>?
            var text: UnsafePointer<CChar>?
            var level: Int32 = 0
            guard rd_kafka_event_log(event, &facility, &text, &level) == 0, let facility, let text else { return }
            log(.init(level: Int(level), facility: String(cString: facility), message: String(cString: text)))
        case RD_KAFKA_EVENT_STATS:
            guard let text = rd_kafka_event_stats(event) else { return }
            if let statistics = Statistics(json: String(cString: text)) { latest.withLock { $0 = statistics } }
        case RD_KAFKA_EVENT_ERROR:
            delegate.handle(error(of: event))
        default:
            delegate.handle(event, of: kind)
        }
    }

    private func error(of event: OpaquePointer) -> KafkaError {
        let code = rd_kafka_event_error(event)
        if code == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_event_error_is_fatal(event) != 0, let fatal = fatalError {
            return fatal
        }
        return KafkaError(code, rd_kafka_event_error_string(event).map { String(cString: $0) })
    }

    /// What has made the instance useless, if anything has; while it is open.
    var fatalError: KafkaError? {
        var text = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(handle, &text, text.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(code, String(nullTerminated: text), isFatal: true)
    }
}
