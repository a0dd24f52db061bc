internal import CLibrdkafka
internal import Synchronization

/// A producer's client with the continuations of the messages under way.
final class ProducerCore: Client.Delegate, Sendable {
    typealias Continuation = CheckedContinuation<Producer.Delivery, any Error>

    /// A message that found librdkafka's queue full.
    private struct Waiting {
        let token: UInt
        let message: OutgoingMessage
        let deadline: ContinuousClock.Instant
    }

    private struct State {
        var pending: [UInt: Continuation] = [:]
        var waiting: [Waiting] = []
        var lastToken: UInt = 0
        var fatal: KafkaError?
        var isOpen = true
        var closeDeadline: ContinuousClock.Instant?
        var hasEnded = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    let client: Client
    private let timeout: Duration
    private let state = Mutex(State())

    init(_ configuration: KafkaConfiguration, _ options: Producer.Options) throws {
        timeout = options.deliveryTimeout
        let handle = try configuration.makeHandle(
            RD_KAFKA_PRODUCER,
            [
                "enable.idempotence": "true", "acks": "all", "linger.ms": "\(options.linger.milliseconds)",
                "message.timeout.ms": "\(max(1, options.deliveryTimeout.milliseconds))",
                "queue.buffering.max.messages": "\(options.queuedMessages)",
                "queue.buffering.max.kbytes": "\(options.queuedKiB)",
                "partitioner": "murmur2_random",
            ], events: RD_KAFKA_EVENT_DR)
        client = Client(handle: handle, queue: rd_kafka_queue_get_main(handle), log: configuration.log)
        try client.start(self)
    }

    var fatalError: KafkaError? { state.withLock { $0.fatal } }

    func send(_ message: OutgoingMessage) async throws -> Producer.Delivery {
        let token = state.withLock { state in
            state.lastToken += 1
            return state.lastToken
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let failure: (any Error)? = state.withLock { state in
                    // Under the lock, so that a cancellation is seen here or finds the message waiting.
                    if Task.isCancelled { return CancellationError() }
                    guard state.isOpen else { return state.fatal ?? .closed }
                    if let fatal = state.fatal { return fatal }
                    return enqueue(message, token, continuation, &state)
                }
                if let failure { continuation.resume(throwing: failure) }
            }
        } onCancel: {
            withdraw(token)
        }
    }

    /// Hands the message on, or lets it wait behind those that wait already.
    private func enqueue(
        _ message: OutgoingMessage, _ token: UInt, _ continuation: Continuation, _ state: inout State
    ) -> (any Error)? {
        do {
            if state.waiting.isEmpty {
                try message.enqueue(on: client.handle, token: token)
                state.pending[token] = continuation
                return nil
            }
        } catch let error as KafkaError {
            // A message that does not fit into an empty queue never will.
            guard error.code == .queueFull, rd_kafka_outq_len(client.handle) > 0 else { return error }
        } catch { return error }
        state.pending[token] = continuation
        state.waiting.append(Waiting(token: token, message: message, deadline: .now + timeout))
        return nil
    }

    private func withdraw(_ token: UInt) {
        let continuation = state.withLock { state -> Continuation? in
            guard let place = state.waiting.firstIndex(where: { $0.token == token }) else { return nil }
            state.waiting.remove(at: place)
            return state.pending.removeValue(forKey: token)
        }
        continuation?.resume(throwing: CancellationError())
    }

    func handle(_ event: OpaquePointer, of kind: Int32) {
        guard kind == RD_KAFKA_EVENT_DR else { return }
        while let message = rd_kafka_event_message_next(event) {
            let raw = message.pointee
            let token = UInt(bitPattern: raw._private)
            let (continuation, fatal) = state.withLock { state in
                (state.pending.removeValue(forKey: token), state.fatal)
            }
            if raw.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                continuation?.resume(returning: .init(partition: raw.partition, offset: raw.offset))
            } else {
                let topic = raw.rkt.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) }
                let error = KafkaError(raw.err, topic: topic, partition: raw.partition < 0 ? nil : raw.partition)
                continuation?.resume(throwing: fatal ?? error)
            }
        }
    }

    /// Hands on the messages that waited, as far as there is room, and ends those that have waited too long.
    private func admitWaiting() {
        let failed = state.withLock { state -> [(Continuation?, any Error)] in
            guard !state.waiting.isEmpty else { return [] }
            var failed: [(Continuation?, any Error)] = []
            var admitted = 0
            let now = ContinuousClock.now
            for entry in state.waiting {
                do {
                    if let fatal = state.fatal { throw fatal }
                    guard entry.deadline > now else {
                        throw KafkaError(
                            .messageTimedOut, "the queue of outgoing messages stayed full", topic: entry.message.topic)
                    }
                    try entry.message.enqueue(on: client.handle, token: entry.token)
                } catch let error as KafkaError
                    where error.code == .queueFull && rd_kafka_outq_len(client.handle) > 0
                {
                    break
                } catch {
                    failed.append((state.pending.removeValue(forKey: entry.token), error))
                }
                admitted += 1
            }
            state.waiting.removeFirst(admitted)
            return failed
        }
        for (continuation, error) in failed { continuation?.resume(throwing: error) }
    }

    func handle(_ error: KafkaError) {
        // Other errors are those of connections, which come back; the messages' own outcome tells whether it took too long.
        guard error.isFatal else { return }
        state.withLock { $0.fatal = error }
        admitWaiting()
    }

    var wantsMessages: Bool { false }

    func tick() -> Bool {
        admitWaiting()
        return state.withLock { state in
            guard let deadline = state.closeDeadline else { return true }
            return !state.pending.isEmpty && deadline > .now
        }
    }

    func close(timeout: Duration) async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.hasEnded { return true }
                state.isOpen = false
                state.closeDeadline = min(state.closeDeadline ?? .now + timeout, .now + timeout)
                state.closers.append(continuation)
                return false
            }
            if hasEnded { continuation.resume() } else { client.perform {} }
        }
    }

    /// Ends it in the background, for an owner that is gone: nobody waits any more.
    func stop() {
        state.withLock { state in
            state.isOpen = false
            if state.closeDeadline == nil { state.closeDeadline = .now + .seconds(10) }
        }
        client.perform {}
    }

    func ended() {
        let (pending, closers) = state.withLock { state in
            defer {
                state.pending = [:]
                state.waiting = []
                state.closers = []
                state.hasEnded = true
            }
            return (state.pending, state.closers)
        }
        for continuation in pending.values { continuation.resume(throwing: KafkaError.closed) }
        for closer in closers { closer.resume() }
    }

    func simulateFatalError(_ code: KafkaError.Code, _ reason: String) {
        client.perform { [client] in _ = rd_kafka_test_fatal_error(client.handle, code.error, reason) }
    }
}
