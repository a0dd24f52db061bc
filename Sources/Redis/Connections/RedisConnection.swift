internal import Network
internal import Synchronization

/// A connection that many callers pipeline commands over: replies come in the order of the commands.
final class RedisConnection: @unchecked Sendable {
    // Sendable by hand: `pending` guards itself, `connection` is set once before anyone else knows of this, and the parser
    // and the scratch lists are used on the loop's thread alone.

    private struct Pending {
        var queue = RequestQueue()
        /// Why nothing more can be sent.
        var end: RedisError?
        /// Whether a timer will look at the oldest request.
        var isTimerSet = false
        var timer: TimerToken?
    }

    private let endpoint: Endpoint
    private let loop: EventLoop
    private let counters: Counters
    private let onEnd: @Sendable (RedisConnection) -> Void
    private let timeout: Atomic<UInt64>
    private let pending = Mutex(Pending())
    private var connection: Connection?

    private var parser: RESPParser
    private var replies: [RESPValue] = []
    private var answered: [Request] = []
    /// When the last reply came, on the loop's thread.
    private var lastReply: UInt64 = 0

    private init(
        _ configuration: RedisConfiguration, _ loop: EventLoop, _ counters: Counters,
        _ onEnd: @escaping @Sendable (RedisConnection) -> Void
    ) {
        endpoint = configuration.endpoint
        self.loop = loop
        self.counters = counters
        self.onEnd = onEnd
        timeout = Atomic(RedisConnection.nanoseconds(configuration.connectTimeout))
        parser = RESPParser(limits: configuration.limits)
    }

    /// A connection that the server has greeted.
    /// - Parameter onEnd: called once when the connection has ended, which may be before this returns.
    static func open(
        _ configuration: RedisConfiguration, on loop: EventLoop, counters: Counters,
        onEnd: @escaping @Sendable (RedisConnection) -> Void
    ) async throws -> RedisConnection {
        let new = RedisConnection(configuration, loop, counters, onEnd)
        do {
            let connection = try await Connection.connect(
                to: configuration.endpoint, tls: configuration.tls, on: loop, timeout: configuration.connectTimeout,
                handler: new)
            new.connection = connection
        } catch let error as NetworkError {
            let hint = error.code == .notTLS ? " (redis:// is the URL's scheme without TLS)" : ""
            throw RedisError(
                code: .connection, message: error.message + hint, endpoint: configuration.endpoint, cause: error)
        }
        do {
            try await new.shakeHands(configuration)
        } catch {
            new.abort()
            throw RedisConnection.explained(error, configuration)
        }
        new.limitRequests(to: configuration.requestTimeout)
        return new
    }

    /// From here on requests have another time-out than the handshake, whose timer would come too late for them.
    private func limitRequests(to limit: Duration) {
        timeout.store(RedisConnection.nanoseconds(limit), ordering: .releasing)
        let timer = pending.withLock { pending in
            pending.isTimerSet = false
            return pending.timer
        }
        if let timer { loop.cancel(timer) }
    }

    private func shakeHands(_ configuration: RedisConfiguration) async throws {
        var handshake = Handshake(configuration)
        var parts = handshake.greeting
        while true {
            let sent = parts
            switch handshake.received(try await perform { CommandWriter.command(sent, &$0) }) {
            case .send(let next): parts = next
            case .done: return
            case .failed(let error): throw error
            }
        }
    }

    /// A server that expects TLS answers in it, or not at all: the error should say so.
    private static func explained(_ error: any Error, _ configuration: RedisConfiguration) -> any Error {
        guard configuration.tls == nil, let error = error as? RedisError,
            [.protocolViolation, .connectionLost].contains(error.code)
        else { return error }
        return RedisError(
            code: .connection,
            message: "\(error.message); the server may expect TLS (rediss:// is the URL's scheme for it)",
            endpoint: configuration.endpoint, cause: error)
    }

    var isEnded: Bool { reason != nil }

    /// Why the connection has ended, when it has.
    var reason: RedisError? { pending.withLock { $0.end } }

    /// Sends what `write` writes, which has to be one command, and waits for its reply; a server's error is a reply too.
    func perform(_ write: @Sendable (inout OutgoingBuffer) -> Void) async throws -> RESPValue {
        let request = Request()
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                guard request.wait(continuation) else { return continuation.resume(throwing: CancellationError()) }
                send(request, write)
            }
        } onCancel: {
            if request.answer(.failure(CancellationError())) { counters.errors.wrappingAdd(1, ordering: .relaxed) }
        }
    }

    private func send(_ request: Request, _ write: (inout OutgoingBuffer) -> Void) {
        var mustSetTimer = false
        var sent = 0
        var end: RedisError?
        let isTaken = connection?.send { buffer in
            let before = buffer.count
            write(&buffer)
            sent = buffer.count - before
            // Within the lock of the buffer, so that requests wait in the order in which they are sent.
            pending.withLock { pending in
                end = pending.end
                if end != nil { return }
                pending.queue.append(request)
                if !pending.isTimerSet {
                    pending.isTimerSet = true
                    mustSetTimer = true
                }
            }
        }
        counters.requests.wrappingAdd(1, ordering: .relaxed)
        guard isTaken == true, end == nil else {
            let reason =
                end ?? reason
                ?? RedisError(
                    code: .disconnected, message: "there is no connection at the moment", endpoint: endpoint)
            return fail(request, reason)
        }
        counters.bytesSent.wrappingAdd(sent, ordering: .relaxed)
        if mustSetTimer { setTimer(nanoseconds: timeout.load(ordering: .relaxed)) }
    }

    private func fail(_ request: Request, _ error: RedisError) {
        if request.answer(.failure(error)) { counters.errors.wrappingAdd(1, ordering: .relaxed) }
    }

    /// Fails those who wait and takes leave of the server.
    func close() async {
        finish(RedisError(code: .closed, message: "the client was closed", endpoint: endpoint))
        await connection?.close()
    }

    func abort() { connection?.abort() }

    /// The timer holds the connection, since a weak reference would make every retain and release of it slow; the
    /// connection's end takes it back.
    private func setTimer(nanoseconds: UInt64) {
        let timer = loop.schedule(after: .nanoseconds(Int64(clamping: nanoseconds))) { self.checkTimeouts() }
        let hasEnded = pending.withLock { pending in
            pending.timer = timer
            return pending.end != nil
        }
        if hasEnded { loop.cancel(timer) }
    }

    /// Ends the wait of requests that are too old; their replies may still come, so they keep their places.
    private func checkTimeouts() {
        let timeout = timeout.load(ordering: .acquiring)
        let now = Request.now
        var late: [Request] = []
        let wait: UInt64? = pending.withLock { pending in
            for place in 0..<pending.queue.count {
                guard let request = pending.queue[place] else { continue }
                let deadline = request.start &+ timeout
                if deadline > now { return deadline - now }
                if !request.isAnswered { late.append(request) }
            }
            pending.isTimerSet = pending.queue.count > 0
            return pending.queue.count > 0 ? timeout : nil
        }
        if let wait { setTimer(nanoseconds: wait) }
        guard let oldest = late.first else { return }
        let error = RedisError(
            code: .timedOut, message: "no reply within \(Duration.nanoseconds(Int64(clamping: timeout)))",
            endpoint: endpoint)
        for request in late { fail(request, error) }
        // A server that has answered nothing in all that time is gone, or as good as that.
        if lastReply < oldest.start {
            end(RedisError(code: .connectionLost, message: "the server answers no more", endpoint: endpoint))
        }
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        guard seconds < 1 << 32 else { return 1 << 62 }
        return UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    }
}

extension RedisConnection: ConnectionHandler {
    func received(_ bytes: UnsafeRawBufferPointer) {
        counters.bytesReceived.wrappingAdd(bytes.count, ordering: .relaxed)
        var violation: RedisError?
        do throws(RedisError) {
            try parser.parse(bytes) { reply in
                // Nothing was asked to be pushed.
                if case .push = reply { return }
                replies.append(reply)
            }
        } catch { violation = error }
        answer()
        if let violation { end(violation) }
    }

    /// Gives the replies that have come to those who wait for them.
    private func answer() {
        guard !replies.isEmpty else { return }
        let hasAll = pending.withLock { pending in
            for _ in replies.indices {
                guard let request = pending.queue.removeFirst() else { return false }
                answered.append(request)
            }
            return true
        }
        let now = Request.now
        lastReply = now
        var latency: UInt64 = 0
        var errors = 0
        let spare = hasAll ? nil : replies.first
        for (place, request) in answered.enumerated() {
            // Who gets it may change its bytes where they are, so nothing is to hold them here.
            var reply = RESPValue.null
            swap(&reply, &replies[place])
            latency &+= now &- request.start
            let isError = reply.errorText != nil
            if request.answer(.success(consume reply)), isError { errors += 1 }
        }
        counters.latencyNanoseconds.wrappingAdd(Int(truncatingIfNeeded: latency), ordering: .relaxed)
        counters.replies.wrappingAdd(answered.count, ordering: .relaxed)
        if errors > 0 { counters.errors.wrappingAdd(errors, ordering: .relaxed) }
        replies.removeAll(keepingCapacity: true)
        answered.removeAll(keepingCapacity: true)
        guard hasAll else {
            // Such as the refusal of a server with too many clients, which comes unasked.
            let text = spare?.errorText ?? "a reply to no command"
            return end(RedisError(code: .protocolViolation, message: text, endpoint: endpoint))
        }
    }

    func closed(_ error: NetworkError?) {
        let isOurs = error?.code == .closed || error?.code == .loopStopped
        finish(
            RedisError(
                code: isOurs ? .closed : .connectionLost,
                message: isOurs ? "the connection was closed" : error?.message ?? "the server ended the connection",
                endpoint: endpoint, cause: error))
        onEnd(self)
    }

    private func end(_ error: RedisError) {
        finish(error)
        abort()
    }

    /// Fails all who wait, and all who come; the first reason counts.
    private func finish(_ error: RedisError) {
        let (queue, reason, timer) = pending.withLock { pending in
            let reason = pending.end ?? error
            pending.end = reason
            defer { pending.queue = RequestQueue() }
            return (pending.queue, reason, pending.timer)
        }
        if let timer { loop.cancel(timer) }
        for place in 0..<queue.count {
            if let request = queue[place] { fail(request, reason) }
        }
    }
}
