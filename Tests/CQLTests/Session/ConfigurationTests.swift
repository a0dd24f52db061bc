import Network
import Testing

@testable import CQL

struct ConfigurationTests {
    @Test func contactPoints() throws {
        let points = try SessionConfiguration(contactPoints: "10.0.0.1:9043, db.example,[::1]:9044,fe80::1,[fe80::2]")
            .contactPoints
        #expect(
            points == [
                Endpoint(host: "10.0.0.1", port: 9043), Endpoint(host: "db.example", port: 9042),
                Endpoint(host: "::1", port: 9044), Endpoint(host: "fe80::1", port: 9042),
                Endpoint(host: "fe80::2", port: 9042),
            ])
        for text in ["", " , ", "host:port", "host:0", "host:65536", "[::1]x", ":9042"] {
            let error = #expect(throws: CQLError.self) { try SessionConfiguration(contactPoints: text) }
            #expect(error?.code == .configuration)
        }
    }

    @Test func waitsDoubleUpToTheirLimit() {
        var configuration = SessionConfiguration(contactPoints: [Endpoint]())
        configuration.reconnectionDelay = .milliseconds(100)
        configuration.maximumReconnectionDelay = .milliseconds(350)
        var backoff = Backoff(configuration)
        for limit in [100, 200, 350, 350] {
            let wait = backoff.next()
            #expect(wait <= .milliseconds(limit) && wait >= .milliseconds(limit) / 2)
        }
    }

    @Test func passwordsAreNotPrinted() {
        #expect(!"\(Credentials(username: "ada", password: "secret"))".contains("secret"))
    }
}
