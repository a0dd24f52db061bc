internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// Notices clients that go away while their connection is suspended: libmicrohttpd does not look at those.
final class DisconnectMonitor: Sendable {
    private struct State {
        var exchanges: [UInt64: Exchange] = [:]
        var isStopped = false
    }

    private let epoll: Int32
    private let wakeUp: Int32
    private let state = Mutex(State())
    private static let stopToken: UInt64 = 0

    init() throws {
        epoll = martlet_epoll_create()
        wakeUp = martlet_eventfd_create()
        guard epoll >= 0, wakeUp >= 0, martlet_epoll_watch_readable(epoll, wakeUp, DisconnectMonitor.stopToken) == 0
        else {
            let reason = String(cString: strerror(errno))
            throw HTTPError(.cannotListen, status: .serviceUnavailable, message: "cannot watch connections: \(reason)")
        }
    }

    deinit {
        close(epoll)
        close(wakeUp)
    }

    /// Watches until `stop`; for a thread of its own.
    func run() {
        var token: UInt64 = 0
        var dead: Int32 = 0
        while true {
            let count = martlet_epoll_wait_one(epoll, &token, &dead)
            if count < 0, errno != EINTR { break }
            guard count == 1 else { continue }
            if token == DisconnectMonitor.stopToken { break }
            let exchange = state.withLock { $0.exchanges[token] }
            exchange?.peerClosed(both: dead != 0)
        }
    }

    /// Tells `exchange` once when the other side of `socket` closes.
    func watch(_ socket: Int32, for exchange: Exchange) {
        state.withLock { state in
            if state.isStopped { return }
            state.exchanges[exchange.number] = exchange
            _ = martlet_epoll_watch_closing(epoll, socket, exchange.number)
        }
    }

    /// Ends a watch.
    func forget(_ socket: Int32, of exchange: Exchange) {
        state.withLock { state in
            if state.isStopped { return }
            guard state.exchanges.removeValue(forKey: exchange.number) != nil else { return }
            martlet_epoll_forget(epoll, socket)
        }
    }

    /// Ends `run`.
    func stop() {
        state.withLock { state in
            if state.isStopped { return }
            state.isStopped = true
            state.exchanges = [:]
            var one: UInt64 = 1
            _ = write(wakeUp, &one, 8)
        }
    }
}
