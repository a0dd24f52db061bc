internal import Network
internal import Synchronization

/// The connections of a client, made and made again until it is closed. Whoever makes it has to close it: it holds itself
/// while it tries to connect.
final class ConnectionPool: Sendable {
    let configuration: RedisConfiguration
    let counters = Counters()

    private struct State {
        var live: [RedisConnection] = []
        /// Whose turn is next.
        var next = 0
        var isClosed = false
        /// Why there is no connection.
        var lastError: RedisError?
    }

    private let loop: EventLoop
    private let state = Mutex(State())
    /// A connection that was lost sooner than this after it was made does not count as a success.
    private static let settled = Duration.seconds(1)

    init(_ configuration: RedisConfiguration, on loop: EventLoop) {
        self.configuration = configuration
        self.loop = loop
    }

    var isConnected: Bool { state.withLock { !$0.live.isEmpty } }

    /// The connection whose turn it is; throws at once where there is none.
    func connection() throws(RedisError) -> RedisConnection {
        let (connection, isClosed, lastError) = state.withLock { state in
            guard !state.live.isEmpty else { return (nil as RedisConnection?, state.isClosed, state.lastError) }
            state.next += 1
            if state.next >= state.live.count { state.next = 0 }
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

    /// Opens a connection in the background, and goes on trying where it fails.
    func open(attempt: Int = 0) {
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

    /// Opens a connection; it is made again when it is lost.
    func openNow(attempt: Int = 0) async throws {
        let start = ContinuousClock.now
        let new = try await RedisConnection.open(configuration, on: loop, counters: counters) { ended in
            let hasSettled = start.duration(to: .now) > ConnectionPool.settled
            self.lost(ended, attempt: hasSettled ? 0 : attempt)
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

    /// Tries no more, and gives the connections there are, to be closed.
    func close() -> [RedisConnection] {
        state.withLock { state in
            state.isClosed = true
            defer { state.live = [] }
            return state.live
        }
    }

    private func lost(_ connection: RedisConnection, attempt: Int) {
        let wasLive = state.withLock { state in
            guard let place = state.live.firstIndex(where: { $0 === connection }) else { return false }
            state.live.remove(at: place)
            if state.live.isEmpty { state.lastError = connection.reason }
            return !state.isClosed
        }
        if wasLive { retry(attempt: attempt + 1) }
    }

    /// Tries again after a wait that doubles with every attempt, shortened at random so that many clients do not come at once.
    private func retry(attempt: Int) {
        let doubled = configuration.firstRetry * Int(1 << min(attempt - 1, 20))
        let wait = min(doubled, configuration.longestRetry) * Double.random(in: 0.5...1)
        _ = loop.schedule(after: wait) { self.open(attempt: attempt) }
    }
}
