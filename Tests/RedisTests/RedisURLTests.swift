import Network
import Testing

@testable import Redis

@Suite("The URL of Redis")
struct RedisURLTests {
    @Test("all parts, and what is taken where they are not there")
    func parts() throws {
        let plain = try RedisConfiguration(url: "redis://cache.example")
        #expect(plain.endpoint == Endpoint(host: "cache.example", port: 6379))
        #expect(plain.tls == nil && plain.user == nil && plain.password == nil && plain.database == 0)
        let full = try RedisConfiguration(url: "rediss://us%40er:p%3A%2Fw@10.0.0.1:7000/3", authorityFile: "/ca.pem")
        #expect(full.endpoint == Endpoint(host: "10.0.0.1", port: 7000))
        #expect(full.tls == TLSOptions(authorityFile: "/ca.pem"))
        #expect(full.user == "us@er" && full.password == "p:/w" && full.database == 3)
        let password = try RedisConfiguration(url: "REDIS://:se:c/r@et@h:1/")
        #expect(password.user == nil && password.password == "se:c/r@et" && password.endpoint.host == "h")
        let six = try RedisConfiguration(url: "redis://[::1]:6380/0")
        #expect(six.endpoint == Endpoint(host: "::1", port: 6380))
        #expect(six.endpoint.description == "[::1]:6380")
    }

    @Test(
        "what cannot be meant is refused, without repeating a password",
        arguments: [
            "", "redis", "http://h", "redis://", "redis://:6379", "redis://h:", "redis://h:0", "redis://h:65536",
            "redis://h:+1", "redis://h:1x", "redis://::1", "redis://[::1", "redis://[::1]x", "redis://h/db",
            "redis://h/-1",
            "redis://h/1/2", "redis://h/99999999999999999999", "redis://secret@h", "redis://:secret%zz@h",
            "redis://:secret%4@h", "redis://:secret%ff@h", "redis://:secret@h?x=1", "redis://:secret#@h",
        ])
    func refused(url: String) {
        #expect {
            _ = try RedisConfiguration(url: url)
        } throws: { error in
            guard let error = error as? RedisError else { return false }
            return error.code == .configuration && !error.message.contains("secret")
        }
    }

    @Test("authorities without encryption are a mistake")
    func authorityWithoutTLS() {
        #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis://h", authorityFile: "/ca.pem") }
    }
}
