public import Network
internal import Synchronization

/// A client of one Redis server that any number of tasks use at a time: their commands are pipelined over a few connections,
/// which are made again when they are lost. While there is none, commands fail at once.
public final class RedisClient: Sendable {
    /// The server and how to talk to it.
    public let configuration: RedisConfiguration

    private struct State {
        var live: [RedisConnection] = []
        /// Whose turn is next.
        var next = 0
        var isClosed = false
        /// Why there is no connection.
        var lastError: RedisError?
    }

    private let loop: EventLoop
    private let counters = Counters()
    private let state = Mutex(State())
    /// A connection that was lost sooner than this after it was made does not count as a success.
    private static let settled = Duration.seconds(1)

    /// A client that connects in the background, and goes on trying; until it has, commands fail with `disconnected`.
    public convenience init(_ configuration: RedisConfiguration, on loop: EventLoop) {
        self.init(configuration, loop)
        for _ in 0..<max(1, configuration.connections) { open(attempt: 0) }
    }

    private init(_ configuration: RedisConfiguration, _ loop: EventLoop) {
        self.configuration = configuration
        self.loop = loop
    }

    /// A client with a connection. Throws `RedisError` where none can be made: of code `connection` with the `NetworkError`
    /// that tells why, of code `authentication` where user or password are wrong.
    public static func connect(_ configuration: RedisConfiguration, on loop: EventLoop) async throws -> RedisClient {
        let client = RedisClient(configuration, loop)
        try await client.openNow(attempt: 0)
        for _ in 0..<max(0, configuration.connections - 1) { client.open(attempt: 0) }
        return client
    }

    deinit {
        for connection in state.withLock({ $0.live }) { connection.abort() }
    }

    /// Whether there is a connection at the moment.
    public var isConnected: Bool { state.withLock { !$0.live.isEmpty } }

    /// What the client has done so far.
    public var metrics: RedisMetrics { counters.snapshot }

    /// Closes the connections; commands that wait for replies fail, as do later ones.
    public func close() async {
        let live = state.withLock { state in
            state.isClosed = true
            defer { state.live = [] }
            return state.live
        }
        for connection in live { await connection.close() }
    }

    /// Sends a command and gives the server's reply. Throws `RedisError`, of code `server` where the server refuses, and
    /// `CancellationError` where the task is cancelled (the server may still run the command).
    public func command(_ parts: [RedisArgument]) async throws -> RESPValue {
        guard !parts.isEmpty else {
            throw RedisError(code: .configuration, message: "a command has no name", endpoint: configuration.endpoint)
        }
        return try await perform { CommandWriter.command(parts, &$0) }
    }

    func perform(_ write: @Sendable (inout OutgoingBuffer) -> Void) async throws -> RESPValue {
        let reply = try await connection().perform(write)
        if case .error(let text) = reply { throw RedisError(reply: text, endpoint: configuration.endpoint) }
        return reply
    }

    private func connection() throws -> RedisConnection {
        let (connection, isClosed, lastError) = state.withLock { state in
            guard !state.live.isEmpty else { return (nil as RedisConnection?, state.isClosed, state.lastError) }
            state.next = (state.next + 1) % state.live.count
            return (state.live[state.next], false, nil)
        }
        if let connection { return connection }
        counters.errors.wrappingAdd(1, ordering: .relaxed)
        if isClosed {
            throw RedisError(code: .closed, message: "the client is closed", endpoint: configuration.endpoint)
        }
        let reason = lastError.map { ": \($0.message)" } ?? " yet"
        throw RedisError(
            code: .disconnected, message: "there is no connection\(reason)", endpoint: configuration.endpoint,
            cause: lastError)
    }

    private func open(attempt: Int) {
        Task {
            do {
                try await openNow(attempt: attempt)
            } catch {
                let error = error as? RedisError
                let isClosed = state.withLock { state in
                    state.lastError = error
                    return state.isClosed
                }
                if !isClosed { retry(attempt: attempt + 1) }
            }
        }
    }

    private func openNow(attempt: Int) async throws {
        let made = ContinuousClock.now
        let new = try await RedisConnection.open(configuration, on: loop, counters: counters) { [weak self] ended in
            let wasLong = made.duration(to: .now) > RedisClient.settled
            self?.lost(ended, attempt: wasLong ? 0 : attempt)
        }
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.live.append(new)
            state.lastError = nil
            return true
        }
        guard isTaken else { return new.abort() }
        if attempt > 0 { counters.reconnections.wrappingAdd(1, ordering: .relaxed) }
        // It may have ended before it was known here.
        if new.isEnded { lost(new, attempt: attempt) }
    }

    private func lost(_ connection: RedisConnection, attempt: Int) {
        let wasLive = state.withLock { state in
            guard let place = state.live.firstIndex(where: { $0 === connection }) else { return false }
            state.live.remove(at: place)
            if state.lastError == nil {
                state.lastError = RedisError(
                    code: .connectionLost, message: "the connection was lost", endpoint: configuration.endpoint)
            }
            return !state.isClosed
        }
        if wasLive { retry(attempt: attempt + 1) }
    }

    /// Tries again after a wait that doubles with every attempt, shortened at random so that many clients do not come at once.
    private func retry(attempt: Int) {
        let doubled = configuration.firstRetry * Int(1 << min(attempt - 1, 20))
        let wait = min(doubled, configuration.longestRetry) * Double.random(in: 0.5...1)
        _ = loop.schedule(after: wait) { [weak self] in self?.open(attempt: attempt) }
    }
}
