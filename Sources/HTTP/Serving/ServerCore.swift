internal import CMicroHTTPD
internal import Synchronization

/// What a running server's threads share.
final class ServerCore: Sendable {
    private struct State {
        var exchanges: [UInt64: Exchange] = [:]
        var active = 0
        var lastNumber: UInt64 = 0
        var isDraining = false
        var idleWaiters: [CheckedContinuation<Void, Never>] = []
    }

    let configuration: HTTPServerConfiguration
    let router: Router
    let middleware: [any Middleware]
    let monitor: DisconnectMonitor
    let errorResponse: @Sendable (any Error, Request) -> Response
    private let state = Mutex(State())

    init(
        configuration: HTTPServerConfiguration, router: Router, middleware: [any Middleware],
        errorResponse: @escaping @Sendable (any Error, Request) -> Response
    ) throws {
        self.configuration = configuration
        self.router = router
        self.middleware = middleware
        self.errorResponse = errorResponse
        monitor = try DisconnectMonitor()
    }

    /// Whether new requests are refused.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Requests whose header has been read and that are not answered in full.
    var activeCount: Int { state.withLock { $0.active } }

    func makeExchange(target: String) -> Exchange {
        state.withLock { state in
            state.lastNumber += 1
            let exchange = Exchange(number: state.lastNumber, target: target, server: self)
            state.exchanges[exchange.number] = exchange
            return exchange
        }
    }

    func activate() { state.withLock { $0.active += 1 } }

    func remove(_ exchange: Exchange, wasActive: Bool) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.exchanges[exchange.number] = nil
            if wasActive { state.active -= 1 }
            guard state.active == 0 else { return [] }
            defer { state.idleWaiters = [] }
            return state.idleWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Refuses new requests and ends the streams that end on shutdown.
    func drain() {
        let exchanges = state.withLock { state in
            state.isDraining = true
            return Array(state.exchanges.values)
        }
        for exchange in exchanges { exchange.prepareShutdown() }
    }

    /// Breaks off every exchange there is.
    func endAll() {
        for exchange in state.withLock({ Array($0.exchanges.values) }) { exchange.end(.shutdown) }
    }

    /// Returns when no request is active, or after `limit`.
    func waitUntilIdle(atMost limit: Duration) async {
        let timer = Task {
            try? await Task.sleep(for: limit)
            let waiters = state.withLock { state in
                defer { state.idleWaiters = [] }
                return state.idleWaiters
            }
            for waiter in waiters { waiter.resume() }
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.active == 0 { return true }
                state.idleWaiters.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
        timer.cancel()
    }
}
