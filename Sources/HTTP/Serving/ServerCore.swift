internal import Glibc
internal import Network
internal import Synchronization

/// What a running server's connections share.
final class ServerCore: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: HTTPConnection] = [:]
        var ordinary = 0
        var reserved = 0
        var perAddress: [String: Int] = [:]
        var turn = 0
        var lastTrouble = Int64.min / 2
        var idleWaiters: [CheckedContinuation<Void, Never>] = []
        var emptyWaiters: [CheckedContinuation<Void, Never>] = []
        var identity: TLSIdentity?
    }

    /// Connections beyond the limit that vital paths are answered on.
    static let reservedPlaces = 16
    /// Memory that a connection keeps of what it sent; there may be thousands that wait for their next request.
    private static let keptMemory = 8 << 10
    private static let troubleInterval: Int64 = 5000

    let configuration: HTTPServerConfiguration
    let router: Router
    let middleware: [any Middleware]
    let errorResponse: @Sendable (any Error, Request) -> Response
    private let state = Mutex(State())
    private let active = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)
    private let evicted = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let timeouts = Atomic<Int>(0)

    init(
        configuration: HTTPServerConfiguration, router: Router, middleware: [any Middleware],
        errorResponse: @escaping @Sendable (any Error, Request) -> Response
    ) {
        self.configuration = configuration
        self.router = router
        self.middleware = middleware
        self.errorResponse = errorResponse
    }

    /// Whether new requests are refused.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Requests whose header has been read and that are not answered in full.
    var activeCount: Int { active.load(ordering: .relaxed) }

    var statistics: HTTPServer.Statistics {
        let open = state.withLock { $0.connections.count }
        return HTTPServer.Statistics(
            connections: open, evicted: evicted.load(ordering: .relaxed), refused: refused.load(ordering: .relaxed),
            timeouts: timeouts.load(ordering: .relaxed))
    }

    func countTimeout() { timeouts.wrappingAdd(1, ordering: .relaxed) }

    static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    // MARK: Connections

    func setIdentity(_ identity: TLSIdentity) { state.withLock { $0.identity = identity } }

    /// A client has connected: opens the connection on one of `loops`, or refuses it.
    func accept(_ socket: AcceptedSocket, on loops: [EventLoop]) {
        let (connection, identity, victims) = state.withLock {
            state -> (HTTPConnection?, TLSIdentity?, [HTTPConnection]) in
            if let limit = configuration.connectionsPerAddress, state.perAddress[socket.peer.host] ?? 0 >= limit {
                return (nil, nil, [])
            }
            var victims: [HTTPConnection] = []
            var isReserved = false
            if state.ordinary >= configuration.connectionLimit {
                // Several at once where there are many, so that newcomers do not each look at all of them.
                victims = longestWaiting(&state, atMost: 1 + configuration.connectionLimit / 128) { !$0.isReserved }
                isReserved = victims.isEmpty
            }
            if isReserved, state.reserved >= ServerCore.reservedPlaces {
                victims = longestWaiting(&state, atMost: 1) { $0.isReserved }
                if victims.isEmpty { return (nil, nil, []) }
            }
            state.turn = (state.turn + 1) % loops.count
            let connection = HTTPConnection(
                server: self, loop: loops[state.turn], peer: socket.peer, isReserved: isReserved)
            state.connections[ObjectIdentifier(connection)] = connection
            count(connection, 1, &state)
            return (connection, state.identity, victims)
        }
        for victim in victims {
            evicted.wrappingAdd(1, ordering: .relaxed)
            victim.loop.execute { victim.makeRoom() }
        }
        guard let connection else {
            refused.wrappingAdd(1, ordering: .relaxed)
            tell("a connection from \(socket.peer.host) was refused: there are too many")
            return socket.refuse()
        }
        var options = ConnectionOptions()
        options.highWaterMark = configuration.streamBuffer
        options.lingering = .seconds(2)
        options.keptMemory = ServerCore.keptMemory
        let isOpen = Connection.open(
            socket, tls: identity, on: connection.loop, options: options, handler: connection
        ) { connection.opened($0) }
        if !isOpen { remove(connection) }
    }

    /// The connections that have waited longest for a request; they count no more from here on, as they are about to be closed.
    private func longestWaiting(
        _ state: inout State, atMost limit: Int, where isEligible: (HTTPConnection) -> Bool
    ) -> [HTTPConnection] {
        var waiting: [(since: Int64, connection: HTTPConnection)] = []
        for connection in state.connections.values where isEligible(connection) {
            let since = connection.waitingSince.load(ordering: .relaxed)
            if since != HTTPConnection.busy { waiting.append((since, connection)) }
        }
        waiting.sort { $0.since < $1.since }
        return waiting.prefix(limit).map { _, connection in
            state.connections[ObjectIdentifier(connection)] = nil
            count(connection, -1, &state)
            return connection
        }
    }

    private func count(_ connection: HTTPConnection, _ change: Int, _ state: inout State) {
        if connection.isReserved { state.reserved += change } else { state.ordinary += change }
        guard configuration.connectionsPerAddress != nil else { return }
        let count = (state.perAddress[connection.peer.host] ?? 0) + change
        state.perAddress[connection.peer.host] = count == 0 ? nil : count
    }

    func remove(_ connection: HTTPConnection) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            if state.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil {
                count(connection, -1, &state)
            }
            guard state.connections.isEmpty else { return [] }
            defer { state.emptyWaiters = [] }
            return state.emptyWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Tells of trouble, once in a while.
    func tell(_ words: String) {
        guard let onTrouble = configuration.onTrouble else { return }
        let now = ServerCore.milliseconds()
        let isDue = state.withLock { state in
            guard now - state.lastTrouble >= ServerCore.troubleInterval else { return false }
            state.lastTrouble = now
            return true
        }
        if isDue { onTrouble(words) }
    }

    // MARK: Exchanges

    func exchangeBegan() { active.wrappingAdd(1, ordering: .relaxed) }

    func exchangeEnded() {
        guard active.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0, isDraining else { return }
        let waiters = state.withLock { state in
            defer { state.idleWaiters = [] }
            return state.idleWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Ending

    private var all: [HTTPConnection] { state.withLock { Array($0.connections.values) } }

    /// Refuses new requests and ends the streams that end on shutdown.
    func drain() {
        draining.store(true, ordering: .sequentiallyConsistent)
        for connection in all { connection.loop.execute { connection.prepareShutdown() } }
    }

    /// Closes the connections that wait for a request.
    func closeWaiting() {
        for connection in all { connection.loop.execute { connection.closeIfWaiting() } }
    }

    /// Breaks every connection off.
    func abortAll() {
        for connection in all {
            connection.loop.execute { connection.abort() }
        }
    }

    /// Returns when no request is active, or after `limit`.
    func waitUntilIdle(atMost limit: Duration) async {
        await wait(atMost: limit, \.idleWaiters) { [self] _ in active.load(ordering: .sequentiallyConsistent) == 0 }
    }

    /// Returns when there is no connection, or after `limit`.
    func waitUntilEmpty(atMost limit: Duration) async {
        await wait(atMost: limit, \.emptyWaiters) { $0.connections.isEmpty }
    }

    private func wait(
        atMost limit: Duration, _ waiters: any WritableKeyPath<State, [CheckedContinuation<Void, Never>]> & Sendable,
        until isOver: @Sendable (State) -> Bool
    ) async {
        let timer = Task {
            try? await Task.sleep(for: limit)
            let waiting = state.withLock { state in
                defer { state[keyPath: waiters] = [] }
                return state[keyPath: waiters]
            }
            for waiter in waiting { waiter.resume() }
        }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if isOver(state) { return true }
                state[keyPath: waiters].append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
        timer.cancel()
    }
}
