import Network
import Testing

@testable import Redis

@Suite("The handshake")
struct HandshakeTests {
    private func configuration(user: String? = nil, password: String? = nil, database: Int = 0) -> RedisConfiguration {
        var configuration = RedisConfiguration(endpoint: Endpoint(host: "h", port: 1))
        (configuration.user, configuration.password, configuration.database) = (user, password, database)
        return configuration
    }

    private func sent(_ step: Handshake.Step) -> [RedisArgument]? {
        if case .send(let parts) = step { parts } else { nil }
    }

    private func isDone(_ step: Handshake.Step) -> Bool {
        if case .done = step { true } else { false }
    }

    private func failure(_ step: Handshake.Step) -> RedisError? {
        if case .failed(let error) = step { error } else { nil }
    }

    @Test("without a password RESP3 is asked for and that is all")
    func plain() {
        var handshake = Handshake(configuration())
        #expect(handshake.greeting == ["HELLO", 3])
        #expect(isDone(handshake.received(.map([]))))
    }

    @Test("user, password and database are told")
    func everything() {
        var handshake = Handshake(configuration(user: "u", password: "p w", database: 7))
        #expect(handshake.greeting == ["HELLO", 3, "AUTH", "u", "p w"])
        #expect(sent(handshake.received(.map([]))) == ["SELECT", 7])
        #expect(isDone(handshake.received(.simpleString("OK"))))
    }

    @Test("a password without a user is the default user's")
    func passwordAlone() {
        #expect(Handshake(configuration(password: "p")).greeting == ["HELLO", 3, "AUTH", "default", "p"])
    }

    @Test(
        "servers that know no RESP3 are spoken to in RESP2",
        arguments: [
            "ERR unknown command `HELLO`, with args beginning with: `3`", "NOPROTO unsupported protocol version",
        ])
    func olderServer(answer: String) {
        var plain = Handshake(configuration())
        #expect(isDone(plain.received(.error(answer))))
        var withDatabase = Handshake(configuration(database: 2))
        #expect(sent(withDatabase.received(.error(answer))) == ["SELECT", 2])
        var withPassword = Handshake(configuration(password: "p", database: 2))
        #expect(sent(withPassword.received(.error(answer))) == ["AUTH", "p"])
        #expect(sent(withPassword.received(.simpleString("OK"))) == ["SELECT", 2])
        #expect(isDone(withPassword.received(.simpleString("OK"))))
        var withUser = Handshake(configuration(user: "u", password: "p"))
        #expect(sent(withUser.received(.error(answer))) == ["AUTH", "u", "p"])
        #expect(failure(withUser.received(.error("ERR invalid password")))?.code == .authentication)
    }

    @Test("a wrong and a missing password are told apart from other refusals")
    func refusals() {
        var wrong = Handshake(configuration(password: "p"))
        let error = failure(wrong.received(.error("WRONGPASS invalid username-password pair or user is disabled.")))
        #expect(error?.code == .authentication)
        #expect(error?.serverCode == "WRONGPASS")
        var missing = Handshake(configuration())
        #expect(failure(missing.received(.error("NOAUTH HELLO must be called")))?.code == .authentication)
        var full = Handshake(configuration())
        #expect(failure(full.received(.error("ERR max number of clients reached")))?.code == .server)
        var noDatabase = Handshake(configuration(database: 99))
        _ = noDatabase.received(.map([]))
        #expect(failure(noDatabase.received(.error("ERR DB index is out of range")))?.code == .server)
    }
}
