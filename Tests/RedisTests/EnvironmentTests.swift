import Foundation
import Network
import Redis
import Testing

private let redisURL = ProcessInfo.processInfo.environment["MARTLET_REDIS_URL"]

/// Against the server that the environment names; skipped where MARTLET_REDIS_URL is not set.
@Suite("The client and the server of the environment", .enabled(if: redisURL != nil, "MARTLET_REDIS_URL is not set"))
struct EnvironmentTests {
    private func configuration() throws -> RedisConfiguration {
        let environment = ProcessInfo.processInfo.environment
        var configuration = try RedisConfiguration(
            url: redisURL ?? "", authorityFile: environment["MARTLET_REDIS_TLS_CA"]
        ).patient
        // Where they are not in the URL.
        if let user = environment["MARTLET_REDIS_USERNAME"] { configuration.user = user }
        if let password = environment["MARTLET_REDIS_PASSWORD"] { configuration.password = password }
        return configuration
    }

    @Test("values of many sizes go there and come back from many callers, and are removed")
    func values() async throws {
        let loop = try EventLoop(name: "test")
        let client = try await RedisClient.connect(try configuration(), on: loop)
        let prefix = "network-test:\(UUID().uuidString)"
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, size) in [0, 1, 100, 65_536, 1 << 20, 4 << 20].enumerated() {
                for caller in 0..<4 {
                    group.addTask {
                        let key = "\(prefix):\(number):\(caller)"
                        let value = [UInt8](repeating: UInt8(number + caller), count: size)
                        try await client.set(key, to: value, expiringAfter: .seconds(60))
                        #expect(try await client.get(key) == value)
                        #expect(try await client.delete([key]) == 1)
                        #expect(try await client.get(key) == nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(client.metrics.errors == 0)
        await client.close()
        await loop.stop()
    }

    @Test("a wrong password is told at the connection, where the server asks for one")
    func wrongPassword() async throws {
        let loop = try EventLoop(name: "test")
        var configuration = try configuration()
        guard configuration.password != nil else { return await loop.stop() }
        configuration.password = "not \(configuration.password ?? "")"
        let wrong = configuration
        #expect(await code { _ = try await RedisClient.connect(wrong, on: loop) } == .authentication)
        await loop.stop()
    }
}
