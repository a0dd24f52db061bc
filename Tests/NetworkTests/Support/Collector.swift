import Network
import Synchronization

/// A handler that keeps what comes and lets tests wait for it.
final class Collector: ConnectionHandler {
    private struct State {
        var bytes: [UInt8] = []
        var isClosed = false
        var error: NetworkError?
        var closings = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    /// Called with every arrival, on the loop's thread.
    private let onBytes: (@Sendable (Int) -> Void)?

    init(onBytes: (@Sendable (Int) -> Void)? = nil) { self.onBytes = onBytes }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    /// How often the end was told.
    var closings: Int { state.withLock { $0.closings } }

    func received(_ bytes: UnsafeRawBufferPointer) {
        let ready = state.withLock { state in
            state.bytes.append(contentsOf: bytes)
            let count = state.bytes.count
            let ready = state.waiters.filter { $0.count <= count }
            state.waiters.removeAll { $0.count <= count }
            return ready
        }
        onBytes?(bytes.count)
        for waiter in ready { waiter.continuation.resume() }
    }

    func closed(_ error: NetworkError?) {
        let waiters = state.withLock { state in
            state.isClosed = true
            state.closings += 1
            state.error = error
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// The bytes so far when there are at least `count`, or when the connection has closed.
    @discardableResult
    func bytes(atLeast count: Int) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.isClosed || state.bytes.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
        return bytes
    }

    /// The error the connection closed with, when it has.
    func end() async -> NetworkError? {
        await bytes(atLeast: .max)
        return state.withLock { $0.error }
    }
}
