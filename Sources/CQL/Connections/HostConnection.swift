internal import Network
internal import Synchronization

/// One connection to one host, shared by many requests at a time.
final class HostConnection: Sendable {
    /// Where a request's answer goes.
    struct Waiter {
        let continuation: UnsafeContinuation<Envelope, any Error>
        let ticket: UInt64
        let deadline: UInt64
        let started: UInt64
    }

    private struct State {
        var link: Connection?
        var encoder = FrameEncoder(version: .v4)
        var streams = StreamTable<Waiter>()
        var counters = ConnectionCounters()
        var load = AnswerLoad()
        var isSweeping = false
        /// Whether the start-up is done; before that, the loss of the connection is told by what `connect` throws.
        var isEstablished = false
        var failure: CQLError?
        var lastHeard: UInt64 = MonotonicClock.now()
    }

    /// What the loop's thread works with; its lock is never contended.
    private struct Reader {
        var decoder = FrameDecoder()
        var envelopes: [Envelope] = []
        var finished: [(Waiter, Envelope)] = []
    }

    /// Requests whose answers never came; a server that leaves so many is not well.
    private static let maximumAbandoned = 4_096
    /// How often deadlines are looked at while requests are under way.
    private static let sweepInterval = Duration.milliseconds(50)

    let endpoint: Endpoint
    /// `host:port`, as errors name it.
    let name: String
    private let loop: EventLoop
    private let tickets = Atomic<UInt64>(0)
    private let bytesSent = Atomic<UInt64>(0)
    private let expected = Atomic<Int>(0)
    private let state = Mutex(State())
    private let reader = Mutex(Reader())
    private let onEvent: @Sendable (Event) -> Void
    private let onClose: @Sendable (HostConnection, CQLError) -> Void

    private init(
        endpoint: Endpoint, loop: EventLoop, onEvent: @escaping @Sendable (Event) -> Void,
        onClose: @escaping @Sendable (HostConnection, CQLError) -> Void
    ) {
        self.endpoint = endpoint
        name = endpoint.description
        self.loop = loop
        self.onEvent = onEvent
        self.onClose = onClose
    }

    /// Connects and goes through the start-up. `onClose` is called once, when a connection that could be used has ended.
    static func connect(
        to endpoint: Endpoint, settings: Handshake.Settings, tls: TLSOptions?, on loop: EventLoop, timeout: Duration,
        onEvent: @escaping @Sendable (Event) -> Void = { _ in },
        onClose: @escaping @Sendable (HostConnection, CQLError) -> Void = { _, _ in }
    ) async throws -> HostConnection {
        let deadline = MonotonicClock.deadline(after: timeout)
        let connection = HostConnection(endpoint: endpoint, loop: loop, onEvent: onEvent, onClose: onClose)
        let link: Connection
        do {
            link = try await Connection.connect(
                to: endpoint, tls: tls, on: loop, timeout: timeout, handler: connection)
        } catch let error as NetworkError {
            throw CQLError(network: error, host: connection.name)
        }
        connection.state.withLock { $0.link = link }
        do {
            try await connection.shakeHands(settings, deadline: deadline)
        } catch {
            let failure = error as? CQLError ?? CQLError(.closed, "the start-up was given up", cause: error)
            connection.abort(failure)
            throw error is CQLError ? failure.at(connection.name) : error
        }
        return connection
    }

    private func shakeHands(_ settings: Handshake.Settings, deadline: UInt64) async throws {
        var handshake = Handshake(settings)
        var action = handshake.start()
        while case .send(let request) = action {
            let encoder = handshake.encoder
            state.withLock { $0.encoder = encoder }
            if case .startup = request {
                let agreement = handshake.agreement
                reader.withLock {
                    $0.decoder.expect(agreement.version, compressed: agreement.compressed)
                }
            }
            let envelope = try await perform(request, deadline: deadline)
            action = try handshake.received(try Response(envelope, version: handshake.agreement.version))
        }
        let encoder = handshake.encoder
        try state.withLock { state throws(CQLError) in
            if let failure = state.failure { throw failure }
            state.encoder = encoder
            state.isEstablished = true
        }
    }

    /// The version that was agreed upon.
    var version: ProtocolVersion { state.withLock { $0.encoder.version } }

    /// Bytes of answers that are expected over this connection.
    var expectedBytes: Int { expected.load(ordering: .relaxed) }

    /// Whether requests can be sent.
    var isOpen: Bool { state.withLock { $0.failure == nil } }

    /// Adds what the connection has done, and its requests under way.
    func report(to metrics: inout SessionMetrics) {
        metrics.add(counters)
        metrics.inFlight += state.withLock { $0.streams.waitingCount }
        metrics.connections += 1
    }

    /// What the connection has done so far.
    var counters: ConnectionCounters {
        var counters = state.withLock { $0.counters }
        counters.bytesSent = bytesSent.load(ordering: .relaxed)
        return counters
    }

    /// Closes in order; requests under way fail.
    func close() async {
        let link = state.withLock { $0.link }
        fail(CQLError(.closed, "the connection was closed", host: name))
        await link?.close()
    }

    private func abort(_ error: CQLError) {
        let link = state.withLock { $0.link }
        fail(error)
        link?.abort()
    }
}

// MARK: - Requests

extension HostConnection {
    /// Sends the request and waits for its answer. Throws `CQLError`, one with `isUnsent` where nothing has gone
    /// out, and `CancellationError`.
    func perform(_ request: Request, deadline: UInt64) async throws -> Envelope {
        try Task.checkCancellation()
        let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                begin(request, ticket: ticket, deadline: deadline, continuation)
            }
        } onCancel: {
            cancel(ticket)
        }
    }

    private func begin(
        _ request: Request, ticket: UInt64, deadline: UInt64, _ continuation: UnsafeContinuation<Envelope, any Error>
    ) {
        let waiter = Waiter(
            continuation: continuation, ticket: ticket, deadline: deadline, started: MonotonicClock.now())
        enum Start {
            case refused(CQLError)
            case stream(Int16, FrameEncoder, Connection, mustSweep: Bool)
        }
        let start = state.withLock { state -> Start in
            if let failure = state.failure { return .refused(failure) }
            guard let link = state.link else { return .refused(CQLError(.closed, "there is no connection")) }
            guard let stream = state.streams.insert(waiter) else {
                return .refused(CQLError(.busy, "every stream of the connection is taken"))
            }
            state.counters.requests += 1
            expected.store(state.load.expected(of: state.streams.takenCount), ordering: .relaxed)
            let mustSweep = !state.isSweeping
            state.isSweeping = true
            return .stream(stream, state.encoder, link, mustSweep: mustSweep)
        }
        switch start {
        case .refused(var error):
            error.isUnsent = true
            continuation.resume(throwing: error.at(name))
        case .stream(let stream, let encoder, let link, let mustSweep):
            do throws(CQLError) {
                send(try request.encoded(stream: stream, by: encoder), over: link)
            } catch {
                // What does not fit the statement would not fit it on another host either.
                let mine = state.withLock { $0.streams.withdraw(stream) }
                mine?.continuation.resume(throwing: error)
            }
            if mustSweep { scheduleSweep() }
            // A cancellation that came before the request was in the table has found nothing there.
            if Task.isCancelled { cancel(ticket) }
        }
    }

    private func send(_ request: ByteWriter, over link: Connection) {
        link.send { buffer in
            if request.attachments.isEmpty {
                request.bytes.withUnsafeBytes { buffer.append(copying: $0) }
            } else {
                request.forEachPart { part in
                    switch part {
                    case .flat(let bytes): buffer.append(copying: bytes)
                    case .array(let array): buffer.append(array)
                    }
                }
            }
        }
        bytesSent.wrappingAdd(UInt64(request.count), ordering: .relaxed)
    }

    private func cancel(_ ticket: UInt64) {
        let waiters = state.withLock { $0.streams.abandon { $0.ticket == ticket } }
        for waiter in waiters { waiter.continuation.resume(throwing: CancellationError()) }
    }

    private func scheduleSweep() {
        _ = loop.schedule(after: Self.sweepInterval) { [weak self] in self?.sweep() }
    }

    /// Fails the requests whose time is over.
    private func sweep() {
        let now = MonotonicClock.now()
        let (late, goesOn, isLost) = state.withLock { state in
            let late = state.streams.abandon { $0.deadline <= now }
            state.isSweeping = state.streams.waitingCount > 0
            return (late, state.isSweeping, state.streams.abandonedCount > Self.maximumAbandoned)
        }
        for waiter in late {
            let milliseconds = (now - waiter.started) / 1_000_000
            waiter.continuation.resume(
                throwing: CQLError(.timeout, "no answer within \(milliseconds) ms", host: name))
        }
        if isLost {
            abort(
                CQLError(
                    .connection, "the server has left \(Self.maximumAbandoned) requests without answer", host: name))
        } else if goesOn {
            scheduleSweep()
        }
    }

    /// Asks for a sign of life where nothing was heard since `interval`; a connection that gives none is given up.
    func checkLife(interval: Duration, timeout: Duration) async {
        let heard = state.withLock { $0.lastHeard }
        let (seconds, attoseconds) = interval.components
        let nanoseconds = UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000
        guard isOpen, MonotonicClock.now() &- heard >= nanoseconds else { return }
        do {
            _ = try await perform(.options, deadline: MonotonicClock.deadline(after: timeout))
        } catch let error as CQLError where error.code == .timeout {
            abort(CQLError(.connection, "the server gives no sign of life", host: name))
        } catch {
            // Any other failure has ended the connection, or is an answer.
        }
    }
}

// MARK: - Answers

extension HostConnection: ConnectionHandler {
    func received(_ bytes: UnsafeRawBufferPointer) {
        take(bytes.count) { (decoder, envelopes) throws(CQLError) in try decoder.consume(bytes, into: &envelopes) }
    }

    func room() -> UnsafeMutableRawBufferPointer? {
        // The loop's thread alone uses the decoder, so the pointer may leave the lock.
        nonisolated(unsafe) var room: UnsafeMutableRawBufferPointer?
        reader.withLock { room = $0.decoder.room }
        return room
    }

    func filled(_ count: Int) {
        take(count) { (decoder, envelopes) throws(CQLError) in try decoder.filled(count, into: &envelopes) }
    }

    private func take(_ count: Int, _ decode: (inout FrameDecoder, inout [Envelope]) throws(CQLError) -> Void) {
        let failure = reader.withLock { reader -> CQLError? in
            do throws(CQLError) {
                try decode(&reader.decoder, &reader.envelopes)
                try dispatch(&reader, byteCount: count)
                return nil
            } catch { return error }
        }
        if let failure { abort(failure.at(name)) }
    }

    private func dispatch(_ reader: inout Reader, byteCount: Int) throws(CQLError) {
        defer {
            reader.envelopes.removeAll(keepingCapacity: true)
            reader.finished.removeAll(keepingCapacity: true)
        }
        let now = MonotonicClock.now()
        let result = state.withLock { state -> Result<Void, CQLError> in
            state.lastHeard = now
            state.counters.bytesReceived += UInt64(byteCount)
            state.load.received(byteCount, answers: reader.envelopes.count)
            defer { expected.store(state.load.expected(of: state.streams.takenCount), ordering: .relaxed) }
            for envelope in reader.envelopes where envelope.stream != Envelope.eventStream {
                do throws(CQLError) {
                    state.counters.answers += 1
                    guard let waiter = try state.streams.finish(envelope.stream) else { continue }
                    state.counters.latency.record(nanoseconds: now &- waiter.started)
                    reader.finished.append((waiter, envelope))
                } catch { return .failure(error) }
            }
            return .success(())
        }
        for (waiter, envelope) in reader.finished { waiter.continuation.resume(returning: envelope) }
        for envelope in reader.envelopes where envelope.stream == Envelope.eventStream {
            if envelope.opcode == .event {
                onEvent(try Event(envelope))
            } else if envelope.opcode == .error {
                // An error without a request is about the connection itself.
                _ = try Response(envelope, version: .v4)
            }
        }
        try result.get()
    }

    func closed(_ error: NetworkError?) {
        if let error, error.code != .closed {
            fail(CQLError(network: error, host: name))
        } else {
            fail(CQLError(.connection, "the server has ended the connection", host: name))
        }
    }

    private func fail(_ error: CQLError) {
        let (waiters, mustTell) = state.withLock { state -> ([Waiter], Bool) in
            guard state.failure == nil else { return ([], false) }
            state.failure = error
            return (state.streams.abandon { _ in true }, state.isEstablished)
        }
        for waiter in waiters { waiter.continuation.resume(throwing: error) }
        if mustTell { onClose(self, error) }
    }
}

extension CQLError {
    init(network error: NetworkError, host: String) {
        let code: Code =
            switch error.code {
            case .authorityFile, .unknownAuthority, .wrongName, .invalidCertificate, .notTLS, .tls: .tls
            default: .connection
            }
        self.init(code, error.message, host: host, cause: error)
    }
}
