import Network
import Redis
import Testing

/// With a `redis-server` that each test starts, ends and stops; skipped where Debian's package redis-server is not installed.
@Suite("The client when the server fails", .enabled(if: RedisServer.isInstalled))
struct FailureTests {
    let loop: EventLoop

    init() throws { loop = try EventLoop(name: "test") }

    /// Repeats a command until it has an answer; each failure waits for another connection's turn, not for time.
    private func untilAnswered(_ client: RedisClient) async throws {
        for _ in 0..<2_000_000 {
            if await code({ try await client.ping() }) == nil { return }
            await Task.yield()
        }
        throw ServerFailure(description: "no answer")
    }

    @Test("commands fail at once while the server is gone, and work again when it is back")
    func reconnection() async throws {
        let server = try RedisServer()
        var configuration = server.configuration
        configuration.firstRetry = .milliseconds(5)
        configuration.longestRetry = .milliseconds(20)
        let client = try await RedisClient.connect(configuration, on: loop)
        try await client.set("a", to: [1])
        server.kill()
        // The loss may be seen with the first command only.
        var last: RedisError.Code?
        while last != .disconnected {
            last = await code { try await client.ping() }
            #expect(last == .disconnected || last == .connectionLost)
        }
        #expect(!client.isConnected)
        try server.start()
        try await untilAnswered(client)
        #expect(client.metrics.reconnections >= 1)
        #expect(try await client.get("a") == nil)
        await client.close()
        await loop.stop()
    }

    @Test("a client made before its server connects when that is there")
    func serverComesLater() async throws {
        let server = try RedisServer()
        server.kill()
        var configuration = server.configuration
        configuration.firstRetry = .milliseconds(5)
        configuration.longestRetry = .milliseconds(20)
        #expect(await code { _ = try await RedisClient.connect(configuration, on: loop) } == .connection)
        let client = RedisClient(configuration, on: loop)
        #expect(await code { try await client.ping() } == .disconnected)
        try server.start()
        try await untilAnswered(client)
        await client.close()
        await loop.stop()
    }

    @Test("a server that answers no more: the time-out ends the wait, and the connection is given up")
    func timeout() async throws {
        let server = try RedisServer()
        var configuration = server.configuration
        configuration.requestTimeout = .milliseconds(50)
        configuration.connections = 1
        configuration.firstRetry = .milliseconds(5)
        let client = try await RedisClient.connect(configuration, on: loop)
        server.freeze()
        await withTaskGroup(of: RedisError.Code?.self) { group in
            for _ in 0..<10 { group.addTask { await code { try await client.ping() } } }
            for await found in group { #expect(found == .timedOut) }
        }
        server.resume()
        try await untilAnswered(client)
        await client.close()
        await loop.stop()
    }

    @Test("a cancelled task waits no more, and the others get their own replies")
    func cancellation() async throws {
        let server = try RedisServer()
        var configuration = server.configuration
        configuration.connections = 1
        let client = try await RedisClient.connect(configuration, on: loop)
        try await client.set("a", to: [1])
        try await client.set("b", to: [2])
        server.freeze()
        let cancelled = Task { try await client.get("a") }
        let patient = Task { try await client.get("b") }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { _ = try await cancelled.value }
        server.resume()
        #expect(try await patient.value == [2])
        #expect(try await client.get("a") == [1])
        await client.close()
        await loop.stop()
    }

    @Test("commands under way when the client or the loop ends are failed")
    func endings() async throws {
        let server = try RedisServer()
        let client = try await RedisClient.connect(server.configuration, on: loop)
        server.freeze()
        let requests = client.metrics.requests
        let waiting = Task { await code { try await client.ping() } }
        while client.metrics.requests == requests { await Task.yield() }
        await loop.stop()
        #expect(await waiting.value == .closed)
        #expect([.closed, .disconnected].contains(await code { try await client.ping() }))
        server.resume()
        await client.close()
    }
}
