internal import CNetwork
internal import Dispatch
internal import Glibc
internal import Synchronization

/// The way to a connection: resolving, trying addresses, shaking hands. It answers once, whatever happens.
final class ConnectionAttempt: @unchecked Sendable {
    // Sendable by hand: `continuation` guards itself, the other variables are used on the loop's thread alone.
    private let endpoint: Endpoint
    private let tls: TLSOptions?
    private let loop: EventLoop
    private let timeout: Duration
    private let options: ConnectionOptions
    private let handler: any ConnectionHandler
    private let deadline: ContinuousClock.Instant

    private enum Answer {
        case notAsked
        case waiting(CheckedContinuation<Connection, any Error>)
        case given
    }

    private let answer = Mutex(Answer.notAsked)
    private var context: TLSContext?
    private var addresses: ArraySlice<SocketAddress> = []
    private var current: (descriptor: Int32, address: SocketAddress)?
    private var failures: [NetworkError] = []
    private var connection: Connection?
    private var attemptTimer: TimerToken?
    private var deadlineTimer: TimerToken?
    private var isDone = false

    init(
        endpoint: Endpoint, tls: TLSOptions?, loop: EventLoop, timeout: Duration, options: ConnectionOptions,
        handler: any ConnectionHandler
    ) {
        self.endpoint = endpoint
        self.tls = tls
        self.loop = loop
        self.timeout = timeout
        self.options = options
        self.handler = handler
        deadline = .now + timeout
    }

    func start(_ continuation: CheckedContinuation<Connection, any Error>) {
        let wasCancelled = answer.withLock { answer in
            if case .given = answer { return true }
            answer = .waiting(continuation)
            return false
        }
        if wasCancelled { return continuation.resume(throwing: CancellationError()) }
        // The wait for the resolver is bounded too, though the resolver itself cannot be stopped.
        let isTaken = loop.execute {
            guard !self.isDone else { return }
            self.deadlineTimer = self.loop.schedule(after: self.timeout) { self.timedOut() }
        }
        guard isTaken else { return loopStopped() }
        Resolver.queue.async {
            let prepared = Result { () throws(NetworkError) in
                (
                    try Resolver.addresses(of: self.endpoint),
                    try self.tls.map { options throws(NetworkError) in
                        try TLSContext(options)
                    }
                )
            }
            if !self.loop.execute({ self.prepared(prepared) }) { self.loopStopped() }
        }
    }

    func cancel() {
        respond(.failure(CancellationError()))
        loop.execute { self.finish() }
    }

    private func prepared(_ result: Result<([SocketAddress], TLSContext?), NetworkError>) {
        guard !isDone else { return }
        switch result {
        case .success(let (addresses, context)):
            self.addresses = addresses[...]
            self.context = context
            tryNext()
        case .failure(let error): fail(error)
        }
    }

    /// Tries the next address for its share of the time that is left.
    private func tryNext() {
        dropCurrent()
        guard let address = addresses.popFirst() else { return fail(combinedFailure) }
        let share = ContinuousClock.now.duration(to: deadline) / (addresses.count + 1)
        let descriptor = network_socket(address.family)
        guard descriptor >= 0 else { return failed(.system("socket"), address) }
        current = (descriptor, address)
        if address.connect(descriptor) == 0 { return connected() }
        guard errno == EINPROGRESS else { return failed(.system("connect"), address) }
        do throws(NetworkError) {
            try loop.core.poller.watch(descriptor, for: .write, target: self)
        } catch { return failed(error, address) }
        guard !addresses.isEmpty else { return }
        attemptTimer = loop.schedule(after: share) {
            guard let current = self.current, current.descriptor == descriptor else { return }
            self.failed(NetworkError(code: .timedOut, message: "no answer in time"), current.address)
        }
    }

    private func failed(_ error: NetworkError, _ address: SocketAddress) {
        failures.append(
            NetworkError(code: error.code, message: "\(error.message) (\(address))", endpoint: endpoint))
        tryNext()
    }

    private var combinedFailure: NetworkError {
        guard let last = failures.last else {
            return NetworkError(code: .unresolvable, message: "the host has no address", endpoint: endpoint)
        }
        let reasons = failures.map(\.message).joined(separator: ", ")
        return NetworkError(
            code: last.code, message: "no connection: \(reasons)", endpoint: endpoint)
    }

    private func connected() {
        guard let (descriptor, _) = current else { return }
        if let attemptTimer { loop.cancel(attemptTimer) }
        _ = network_set_option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        _ = network_set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        let idle = Int32(clamping: max(1, options.keepAlive.components.seconds))
        _ = network_set_option(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, idle)
        _ = network_set_option(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        _ = network_set_option(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
        var session: TLSSession?
        if let tls, let context {
            do throws(NetworkError) {
                session = try TLSSession(context: context, options: tls, endpoint: endpoint)
            } catch { return fail(error) }
        }
        let connection = Connection(
            endpoint: endpoint, loop: loop, options: options, descriptor: descriptor, tls: session, handler: handler)
        current = nil
        self.connection = connection
        connection.opening = { result in
            self.connection = nil
            switch result {
            case .success(let connection):
                self.finish()
                // The caller may have gone meanwhile.
                if !self.respond(.success(connection)) {
                    connection.handler = nil
                    connection.abort()
                }
            case .failure(let error): self.fail(error)
            }
        }
        connection.start()
    }

    private func timedOut() {
        var message = "no connection within \(timeout)"
        if let tls = connection?.tls {
            message = "no end of the TLS handshake within \(timeout)"
            if !tls.hasHeard { message += ": the server may not speak TLS" }
        } else if addresses.isEmpty, current == nil, failures.isEmpty {
            message = "the host's name was not resolved within \(timeout)"
        }
        fail(NetworkError(code: .timedOut, message: message, endpoint: endpoint))
    }

    private func fail(_ error: NetworkError) {
        finish()
        respond(.failure(error))
    }

    /// Lets go of everything; on the loop's thread.
    private func finish() {
        isDone = true
        dropCurrent()
        if let deadlineTimer { loop.cancel(deadlineTimer) }
        deadlineTimer = nil
        if let connection {
            self.connection = nil
            connection.opening = { _ in }
            connection.end(nil)
        }
    }

    private func dropCurrent() {
        if let attemptTimer { loop.cancel(attemptTimer) }
        attemptTimer = nil
        if let current { loop.core.poller.release(current.descriptor) }
        current = nil
    }

    /// Whether this answer was the first.
    @discardableResult
    private func respond(_ result: Result<Connection, any Error>) -> Bool {
        let before = answer.withLock { answer in
            defer { answer = .given }
            return answer
        }
        guard case .waiting(let continuation) = before else { return false }
        continuation.resume(with: result)
        return true
    }
}

extension ConnectionAttempt: PollTarget {
    func ready(_ events: PollEvents) {
        guard let (descriptor, address) = current else { return }
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        guard number == 0 else { return failed(.system("connect", number), address) }
        connected()
    }

    func loopStopped() {
        finish()
        respond(.failure(NetworkError(code: .loopStopped, message: "the event loop was stopped", endpoint: endpoint)))
    }
}
