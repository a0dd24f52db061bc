import Network
import Testing

@Suite("Connecting")
struct ConnectingTests {
    let loop: EventLoop

    init() throws { loop = try EventLoop(name: "test") }

    private func failure(_ endpoint: Endpoint, timeout: Duration = .seconds(20)) async -> NetworkError? {
        do {
            let connection = try await Connection.connect(
                to: endpoint, on: loop, timeout: timeout, handler: Collector())
            await connection.close()
            return nil
        } catch { return error as? NetworkError }
    }

    @Test("names are resolved, and each address is tried")
    func names() async throws {
        // `localhost` may be ::1 first, where nobody listens.
        let server = try SocketServer.echo()
        #expect(await failure(Endpoint(host: "localhost", port: server.port)) == nil)
        await loop.stop()
    }

    @Test("hosts and ports that make no sense are told")
    func unresolvable() async throws {
        for endpoint in [
            Endpoint(host: "", port: 1), Endpoint(host: "a\0b", port: 1), Endpoint(host: "127.0.0.1", port: 0),
            Endpoint(host: "127.0.0.1", port: 65536), Endpoint(host: "not a name", port: 1),
        ] { #expect(await failure(endpoint)?.code == .unresolvable) }
        await loop.stop()
    }

    @Test("a port where nobody listens is told at once, with the address")
    func refused() async throws {
        let port = try SocketServer(nil).port
        let error = await failure(Endpoint(host: "127.0.0.1", port: port))
        #expect(error?.code == .refused)
        #expect(error?.description.contains("127.0.0.1:\(port)") == true)
        await loop.stop()
    }

    /// A listener whose queue is full drops further requests to connect, so they stay without an answer.
    private func fullListener() async throws -> (server: SocketServer, fillers: [Task<Connection, any Error>]) {
        let server = try SocketServer(backlog: 0, nil)
        let fillers = (0..<4).map { _ in
            Task {
                try await Connection.connect(to: server.endpoint, on: loop, timeout: .seconds(60), handler: Collector())
            }
        }
        _ = try await fillers[0].value
        return (server, fillers)
    }

    @Test("no answer ends with the time-out")
    func timeout() async throws {
        let (server, fillers) = try await fullListener()
        var error: NetworkError?
        // The first may still find room.
        while error == nil { error = await failure(server.endpoint, timeout: .milliseconds(100)) }
        #expect(error?.code == .timedOut)
        for filler in fillers { filler.cancel() }
        await loop.stop()
    }

    @Test("a cancelled task stops connecting")
    func cancellation() async throws {
        let (server, fillers) = try await fullListener()
        while await failure(server.endpoint, timeout: .milliseconds(100)) == nil {}
        let attempt = Task {
            try await Connection.connect(to: server.endpoint, on: loop, timeout: .seconds(600), handler: Collector())
        }
        attempt.cancel()
        await #expect(throws: CancellationError.self) { _ = try await attempt.value }
        for filler in fillers { filler.cancel() }
        await loop.stop()
    }
}
