import Foundation
import Network
import Redis
import TestCertificates
import Testing

/// With a `redis-server` that each test starts; skipped where Debian's package redis-server is not installed.
@Suite("The client and a server of its own", .enabled(if: RedisServer.isInstalled))
struct ClientTests {
    let loop: EventLoop

    init() throws { loop = try EventLoop(name: "test") }

    @Test("each command does what it says")
    func commands() async throws {
        let server = try RedisServer()
        let client = try await RedisClient.connect(server.configuration, on: loop)
        try await client.ping()
        #expect(try await client.get("none") == nil)
        try await client.set("a", to: [0, 13, 10, 255])
        #expect(try await client.get("a") == [0, 13, 10, 255])
        try await client.set("b", to: [], expiringAfter: .seconds(100))
        #expect(try await client.get("b") == [])
        guard case .number(let seconds) = try await client.command(["TTL", "b"]) else {
            throw ServerFailure(description: "")
        }
        #expect((1...100).contains(seconds))
        try await client.set("c", to: [1], expiringAfter: .milliseconds(90_500))
        guard case .number(let left) = try await client.command(["PTTL", "c"]) else {
            throw ServerFailure(description: "")
        }
        #expect((1...90_500).contains(left))
        #expect(try await client.getMany(["a", "none", "c"]) == [[0, 13, 10, 255], nil, [1]])
        #expect(try await client.exists(["a", "none", "c"]) == 2)
        #expect(try await client.delete(["a", "none"]) == 1)
        #expect(try await client.getMany([]).isEmpty)
        #expect(try await client.configuration(matching: "save") == ["save": ""])
        let info = try await client.info("server")
        #expect(info["tcp_port"] == "\(server.port)")
        #expect(try await client.command(["HGETALL", "none"]) == .map([]))
        await client.close()
        await loop.stop()
    }

    @Test("the server's errors have their code, and the connection goes on")
    func serverErrors() async throws {
        let server = try RedisServer()
        let client = try await RedisClient.connect(server.configuration, on: loop)
        _ = try await client.command(["LPUSH", "list", 1])
        await #expect {
            _ = try await client.get("list")
        } throws: {
            let error = $0 as? RedisError
            return error?.code == .server && error?.serverCode == "WRONGTYPE" && error?.endpoint == server.endpoint
        }
        #expect(await code { _ = try await client.command(["SET", "a", "b", "EX", "soon"]) } == .server)
        #expect(await code { _ = try await client.command([]) } == .configuration)
        try await client.ping()
        #expect(client.metrics.errors == 2)
        await client.close()
        #expect(await code { try await client.ping() } == .closed)
        await loop.stop()
    }

    @Test("many callers each get their own values, small and large")
    func pipelining() async throws {
        let server = try RedisServer()
        let client = try await RedisClient.connect(server.configuration, on: loop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<64 {
                group.addTask {
                    for round in 0..<30 {
                        let value = [UInt8](repeating: UInt8(caller), count: caller * 37 * (round % 7) * (round % 3))
                        try await client.set("key:\(caller)", to: value)
                        #expect(try await client.get("key:\(caller)") == value)
                    }
                }
            }
            try await group.waitForAll()
        }
        let metrics = client.metrics
        // The handshakes of two connections are requests too.
        #expect(metrics.requests >= 64 * 60 && metrics.errors == 0)
        #expect(metrics.bytesSent > 64 * 60 * 30 && metrics.bytesReceived > 64 * 60 * 5)
        #expect(metrics.latencyNanoseconds > 0)
        await client.close()
        await loop.stop()
    }

    @Test("values of 1 MiB to 20 MiB go there and come back")
    func largeValues() async throws {
        let server = try RedisServer()
        let client = try await RedisClient.connect(server.configuration, on: loop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, size) in [1 << 20, (4 << 20) + 1, 20 << 20, 65_536, 65_535].enumerated() {
                group.addTask {
                    var value = [UInt8](repeating: UInt8(number), count: size)
                    for place in stride(from: 0, to: size, by: 4099) {
                        value[place] = UInt8(truncatingIfNeeded: place >> 9)
                    }
                    for _ in 0..<3 {
                        try await client.set("large:\(number)", to: value)
                        #expect(try await client.get("large:\(number)") == value)
                    }
                }
            }
            try await group.waitForAll()
        }
        await client.close()
        await loop.stop()
    }

    @Test("databases are chosen by number")
    func databases() async throws {
        let server = try RedisServer()
        let first = try await RedisClient.connect(server.configuration, on: loop)
        let third = try await RedisClient.connect(
            try RedisConfiguration(url: "redis://localhost:\(server.port)/3"), on: loop)
        try await first.set("a", to: [1])
        #expect(try await third.get("a") == nil)
        let beyond = try RedisConfiguration(url: "redis://localhost:\(server.port)/99")
        #expect(await code { _ = try await RedisClient.connect(beyond, on: loop) } == .server)
        await first.close()
        await third.close()
        await loop.stop()
    }

    @Test("user and password are asked for, and wrong ones told at the connection")
    func passwords() async throws {
        let server = try RedisServer(["--requirepass", "open sesame"])
        let address = "127.0.0.1:\(server.port)"
        let client = try await RedisClient.connect(
            try RedisConfiguration(url: "redis://:open%20sesame@\(address)"), on: loop)
        _ = try await client.command(["ACL", "SETUSER", "reader", "on", ">secret", "+@all", "~*"])
        let reader = try await RedisClient.connect(
            try RedisConfiguration(url: "redis://reader:secret@\(address)"), on: loop)
        #expect(try await reader.command(["ACL", "WHOAMI"]).text == "reader")
        for url in ["redis://\(address)", "redis://:wrong@\(address)", "redis://reader:wrong@\(address)"] {
            let configuration = try RedisConfiguration(url: url)
            #expect(await code { _ = try await RedisClient.connect(configuration, on: loop) } == .authentication)
        }
        await reader.close()
        await client.close()
        await loop.stop()
    }

    @Test("TLS with a password; an unknown authority, a wrong name and a missing scheme are told at the connection")
    func encryption() async throws {
        let certificates = try TestCertificates.Certificates()
        let files = try certificates.make("redis", for: "IP:127.0.0.1")
        let server = try RedisServer(["--requirepass", "p"], tls: files)
        let url = "rediss://:p@127.0.0.1:\(server.port)"
        let client = try await RedisClient.connect(
            try RedisConfiguration(url: url, authorityFile: certificates.authority), on: loop)
        let value = [UInt8](repeating: 7, count: 3 << 20)
        try await client.set("a", to: value)
        #expect(try await client.get("a") == value)
        await client.close()

        func cause(_ configuration: RedisConfiguration) async -> NetworkError.Code? {
            do {
                _ = try await RedisClient.connect(configuration, on: loop)
                return nil
            } catch { return ((error as? RedisError)?.cause as? NetworkError)?.code }
        }
        let stranger = try RedisConfiguration(url: url, authorityFile: certificates.otherAuthority)
        #expect(await cause(stranger) == .unknownAuthority)
        let otherName = try RedisConfiguration(
            url: "rediss://:p@localhost:\(server.port)", authorityFile: certificates.authority)
        #expect(await cause(otherName) == .wrongName)
        let wrong = try RedisConfiguration(
            url: "rediss://:x@127.0.0.1:\(server.port)", authorityFile: certificates.authority)
        #expect(await code { _ = try await RedisClient.connect(wrong, on: loop) } == .authentication)
        let unencrypted = try RedisConfiguration(url: "redis://:p@127.0.0.1:\(server.port)")
        await #expect {
            _ = try await RedisClient.connect(unencrypted, on: loop)
        } throws: { error in
            let error = error as? RedisError
            return error?.code == .connection && error?.message.contains("rediss://") == true
        }
        await loop.stop()
    }

    @Test("a server that does not speak TLS is told at the connection")
    func notEncrypted() async throws {
        let server = try RedisServer()
        var configuration = server.configuration
        configuration.tls = TLSOptions()
        configuration.connectTimeout = .milliseconds(300)
        let found = await code { _ = try await RedisClient.connect(configuration, on: loop) }
        #expect(found == .connection)
        await loop.stop()
    }
}
