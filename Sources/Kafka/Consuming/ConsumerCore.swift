internal import CLibrdkafka
internal import Synchronization

/// A consumer's client: fetched messages to a bounded buffer, rebalances to a handler, commits to those who wait for them.
///
/// The polling thread never waits for the application, so the membership lasts however long a message takes.
final class ConsumerCore: Client.Delegate, @unchecked Sendable {
    /// Where its partitions come from.
    enum Source {
        case group(topics: [String])
        case offsets([TopicPartition: Int64])
    }

    private enum Ending {
        case close
        case abandon
    }

    /// How long the end waits for the group's first answer.
    private static let joining = Duration.seconds(10)

    let client: Client
    let state: Mutex<ConsumerState>
    let rebalances: RebalanceQueue
    private let closeTimeout: Duration
    private let isInGroup: Bool
    // Of the polling thread alone.
    private var ending: (kind: Ending, latest: ContinuousClock.Instant)?
    private var hasBeenAssigned = false
    private var closeDeadline: ContinuousClock.Instant?
    private var isAbandoned = false
    private var forwarded: Set<TopicPartition> = []

    init(
        _ configuration: KafkaConfiguration, _ properties: [String: String], source: Source, buffer: (Int, Int),
        rebalanceTimeout: Duration, closeTimeout: Duration, onRebalance: (@Sendable (RebalanceEvent) async -> Void)?
    ) throws {
        self.closeTimeout = closeTimeout
        let own = [
            "enable.auto.commit": "false", "enable.auto.offset.store": "false", "enable.partition.eof": "false",
            "auto.offset.reset": "earliest",
            // News end a wait at once; without any, each consumer's question costs the broker a millisecond.
            "fetch.wait.max.ms": "1000",
        ]
        let handle = try configuration.makeHandle(
            RD_KAFKA_CONSUMER, own.merging(properties) { $1 },
            events: RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_OFFSET_COMMIT)
        rd_kafka_poll_set_consumer(handle)
        client = Client(
            handle: handle, queue: rd_kafka_queue_get_consumer(handle), messages: rd_kafka_queue_new(handle),
            log: configuration.log)
        rebalances = RebalanceQueue(timeout: rebalanceTimeout, handler: onRebalance)
        state = Mutex(ConsumerState(messages: buffer.0, bytes: buffer.1))
        switch source {
        case .group: isInGroup = true
        case .offsets: isInGroup = false
        }
        do {
            try begin(source)
        } catch {
            client.abandonOnDestroy()
            isAbandoned = true
            try client.start(self)
            throw error
        }
        try client.start(self)
    }

    private func begin(_ source: Source) throws {
        switch source {
        case .group(let topics):
            let places = topics.map { TopicPartition(topic: $0, partition: RD_KAFKA_PARTITION_UA) }
            try KafkaError.check(PartitionList.with(places) { rd_kafka_subscribe(client.handle, $0) })
        case .offsets(let offsets):
            state.withLock { $0.assign(Array(offsets.keys)) }
            forward(Array(offsets.keys), to: client.messages)
            try KafkaError.check(PartitionList.with(offsets) { rd_kafka_assign(client.handle, $0) })
        }
    }

    // MARK: The polling thread

    func handle(_ event: OpaquePointer, of kind: Int32) {
        switch kind {
        case RD_KAFKA_EVENT_FETCH:
            while let message = rd_kafka_event_message_next(event) { fetched(message) }
        case RD_KAFKA_EVENT_REBALANCE: rebalance(event)
        case RD_KAFKA_EVENT_OFFSET_COMMIT:
            let token = UInt(bitPattern: rd_kafka_event_opaque(event))
            let committer = state.withLock { $0.commits.removeValue(forKey: token) }
            let code = rd_kafka_event_error(event)
            let list = rd_kafka_event_topic_partition_list(event)
            let failure =
                PartitionList.error(list) ?? (code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code))
            if let failure { committer?.resume(throwing: failure) } else { committer?.resume() }
        default: break
        }
    }

    private func fetched(_ raw: UnsafePointer<rd_kafka_message_t>) {
        guard raw.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return handle(KafkaError(raw.pointee.err, rd_kafka_message_errstr(raw).map { String(cString: $0) }))
        }
        let message = Message(raw)
        let receiver = state.withLock { $0.deliver(message) }
        receiver?.resume(returning: message)
    }

    var wantsMessages: Bool { state.withLock { $0.wantsMessages() } }

    /// Sends the messages of partitions to a queue of their own, or back to the queue of all events.
    private func forward(_ partitions: [TopicPartition], to queue: OpaquePointer?) {
        if queue == nil { forwarded.subtract(partitions) } else { forwarded.formUnion(partitions) }
        for place in partitions {
            guard let own = rd_kafka_queue_get_partition(client.handle, place.topic, place.partition) else { continue }
            rd_kafka_queue_forward(own, queue)
            rd_kafka_queue_destroy(own)
        }
    }

    /// Stops or continues fetching in librdkafka; on the polling thread, so that it falls between two messages.
    func setFetching(_ isOn: Bool, _ partitions: Set<TopicPartition>) {
        guard !partitions.isEmpty else { return }
        PartitionList.with(partitions) { list in
            _ = isOn ? rd_kafka_resume_partitions(client.handle, list) : rd_kafka_pause_partitions(client.handle, list)
        }
    }

    func handle(_ error: KafkaError) {
        // Connections come back by themselves and librdkafka logs them; what stays wrong is told to who asks for messages.
        let lasting: Set<KafkaError.Code> = [
            .topicAuthorizationFailed, .groupAuthorizationFailed, .authenticationFailed, .fenced, .tls,
            .invalidArgument,
        ]
        guard error.isFatal || lasting.contains(error.code) else { return }
        for receiver in state.withLock({ $0.fail(error) }) { receiver.resume(throwing: error) }
    }

    func tick() -> Bool {
        if isAbandoned { return false }
        while let step = rebalances.popFinished() { finish(step) }
        if let ending, !isJoining || ending.latest < .now {
            self.ending = nil
            switch ending.kind {
            case .close: beginClose()
            case .abandon:
                client.abandonOnDestroy()
                isAbandoned = true
                return false
            }
        }
        guard let closeDeadline else { return true }
        if rd_kafka_consumer_closed(client.handle) != 0 { return false }
        guard closeDeadline > .now else {
            client.abandonOnDestroy()
            return false
        }
        return true
    }

    /// Whether the group has taken it in and not yet given it its first partitions. librdkafka before 2.3 crashes when it is
    /// ended then: the assignor's state, which it frees, is not there yet (librdkafka #4312).
    private var isJoining: Bool {
        guard isInGroup, !hasBeenAssigned, let name = rd_kafka_memberid(client.handle) else { return false }
        defer { rd_kafka_mem_free(client.handle, name) }
        return name.pointee != 0
    }

    private func end(_ kind: Ending) {
        if ending == nil || kind == .abandon { ending = (kind, .now + ConsumerCore.joining) }
    }

    // MARK: Rebalancing

    private func rebalance(_ event: OpaquePointer) {
        let partitions = PartitionList.partitions(rd_kafka_event_topic_partition_list(event)).sorted()
        switch rd_kafka_event_error(event) {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            hasBeenAssigned = true
            announce(.assigned(partitions), awaited: true)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            let isLost = rd_kafka_assignment_lost(client.handle) != 0
            state.withLock { $0.beginLeaving(partitions) }
            announce(isLost ? .lost(partitions) : .revoked(partitions), awaited: !isLost)
        case let code:
            if isInGroup { _ = rd_kafka_assign(client.handle, nil) }
            handle(KafkaError(code, isFatal: false))
        }
    }

    private func announce(_ event: RebalanceEvent, awaited: Bool) {
        rebalances.add(event, awaited: awaited) { [weak client] in client?.perform {} }
        while let step = rebalances.popFinished() { finish(step) }
    }

    /// Does in librdkafka what the handler was told of.
    private func finish(_ event: RebalanceEvent) {
        var failure: OpaquePointer?
        switch event {
        case .assigned(let partitions):
            state.withLock { $0.assign(partitions) }
            forward(partitions, to: client.messages)
            failure = PartitionList.with(partitions) { rd_kafka_incremental_assign(client.handle, $0) }
        case .revoked(let partitions):
            // Before the partitions are given up, on the same connection: the group takes it as the owner's last word.
            let due = state.withLock { $0.takeDue(of: partitions) }
            if !due.isEmpty { sendCommit(due, token: 0) }
            failure = release(partitions)
        case .lost(let partitions): failure = release(partitions)
        }
        if let failure { handle(KafkaError(consuming: failure)) }
    }

    private func release(_ partitions: [TopicPartition]) -> OpaquePointer? {
        defer {
            forward(partitions, to: nil)
            state.withLock { $0.endLeaving(partitions) }
        }
        guard isInGroup else {
            _ = rd_kafka_assign(client.handle, nil)
            return nil
        }
        return PartitionList.with(partitions) { rd_kafka_incremental_unassign(client.handle, $0) }
    }

    /// Sends a commit; its outcome comes as an event with `token`. On the polling thread.
    private func sendCommit(_ offsets: [TopicPartition: Int64], token: UInt) {
        do {
            try client.commit(offsets, token: token)
        } catch {
            state.withLock { $0.commits.removeValue(forKey: token) }?.resume(throwing: error)
        }
    }

    // MARK: What tasks call

    func next() async throws -> Message? {
        let token = state.withLock { $0.nextToken() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { receiver in
                // Cancellation is looked at under the lock: it is seen here, or it finds the receiver waiting.
                let (step, isRoomy) = state.withLock { state -> (ConsumerState.Step?, Bool) in
                    if Task.isCancelled { return (nil, false) }
                    return (state.receive(receiver, token: token), state.endsStall())
                }
                switch step {
                case .give(let message): receiver.resume(returning: message)
                case .fail(let error): receiver.resume(throwing: error)
                case .wait: break
                case nil: receiver.resume(throwing: CancellationError())
                }
                if isRoomy { client.perform {} }
            }
        } onCancel: {
            state.withLock { $0.withdraw(token) }?.resume(throwing: CancellationError())
        }
    }

    func commit(_ offsets: [TopicPartition: Int64]) async throws {
        guard !offsets.isEmpty else { return }
        try await withCheckedThrowingContinuation { (committer: ConsumerState.Committer) in
            let token = state.withLock { state -> UInt? in
                guard state.phase != .ended else { return nil }
                let token = state.nextToken()
                state.commits[token] = committer
                return token
            }
            guard let token else { return committer.resume(throwing: KafkaError.closed) }
            if !client.perform({ self.sendCommit(offsets, token: token) }) {
                state.withLock { $0.commits.removeValue(forKey: token) }?.resume(throwing: KafkaError.closed)
            }
        }
    }

    func close() async {
        await withCheckedContinuation { closer in
            let (receivers, hasEnded) = state.withLock { state in
                if state.phase != .ended { state.closers.append(closer) }
                return (state.beginClosing(), state.phase == .ended)
            }
            for receiver in receivers { receiver.resume(returning: nil) }
            if hasEnded { closer.resume() } else { client.perform { self.end(.close) } }
        }
    }

    /// Ends it in the background, for an owner that is gone.
    func stop() {
        for receiver in state.withLock({ $0.beginClosing() }) { receiver.resume(returning: nil) }
        client.perform { self.end(.close) }
    }

    func abandon() async {
        await withCheckedContinuation { closer in
            let (receivers, hasEnded) = state.withLock { state in
                if state.phase != .ended { state.closers.append(closer) }
                return (state.beginClosing(), state.phase == .ended)
            }
            for receiver in receivers { receiver.resume(returning: nil) }
            if hasEnded { return closer.resume() }
            client.perform { self.end(.abandon) }
        }
    }

    private func beginClose() {
        guard closeDeadline == nil, let queue = rd_kafka_queue_new(client.handle) else { return }
        closeDeadline = .now + closeTimeout
        client.replaceQueue(queue)
        if let failure = rd_kafka_consumer_close_queue(client.handle, queue) { rd_kafka_error_destroy(failure) }
    }

    func willEnd() {
        // An instance that waits for the answer to a rebalance would never end.
        client.drain(for: self)
        for event in rebalances.popAll() {
            var failure: OpaquePointer?
            if case .assigned = event {
                failure = PartitionList.with([TopicPartition]()) { rd_kafka_incremental_assign(client.handle, $0) }
            } else {
                failure = release(event.partitions)
            }
            if let failure { rd_kafka_error_destroy(failure) }
        }
        // A message in the queue and its partition hold on to each other: the instance would wait for both for ever.
        forward(Array(forwarded), to: nil)
    }

    func ended() {
        rebalances.end()
        let (commits, closers) = state.withLock { state in
            state.phase = .ended
            defer {
                state.commits = [:]
                state.closers = []
            }
            return (state.commits, state.closers)
        }
        for committer in commits.values { committer.resume(throwing: KafkaError.closed) }
        for closer in closers { closer.resume() }
    }
}
