import Network
import Synchronization

/// A client over TLS that keeps what comes until the server closes.
final class TLSClient: ConnectionHandler {
    private struct State {
        var bytes: [UInt8] = []
        var isClosed = false
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// A connection to a port of the loopback interface.
    static func connect(
        _ port: Int, authority: String, name: String? = nil, on loop: EventLoop
    ) async throws -> (client: TLSClient, connection: Connection) {
        let client = TLSClient()
        let connection = try await Connection.connect(
            to: Endpoint(host: "127.0.0.1", port: port), tls: TLSOptions(authorityFile: authority, serverName: name),
            on: loop, timeout: .seconds(60), handler: client)
        return (client, connection)
    }

    func received(_ bytes: UnsafeRawBufferPointer) { change { $0.bytes += bytes } }

    func closed(_ error: NetworkError?) { change { $0.isClosed = true } }

    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            let (count, isClosed) = (state.bytes.count, state.isClosed)
            defer { state.waiters.removeAll { isClosed || $0.count <= count } }
            return state.waiters.filter { isClosed || $0.count <= count }
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// The bytes so far when there are `count` of them, or when the server has closed.
    func bytes(atLeast count: Int = .max) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.isClosed || state.bytes.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
        return state.withLock { $0.bytes }
    }
}
