import Foundation
import Kafka
import Testing

/// What is wrong at the start is told by `check`.
@Suite(.timeLimit(.minutes(1)))
struct CheckTests {
    @Test("a cluster that answers is fine")
    func fine() async throws {
        let cluster = try MockCluster()
        try await cluster.configuration.check()
    }

    @Test("brokers that cannot be reached are named, well before the time-out")
    func unreachable() async throws {
        let configuration = KafkaConfiguration(bootstrapServers: ["127.0.0.1:1", "localhost:2"])
        await #expect { try await configuration.check(timeout: .seconds(50)) } throws: { error in
            guard let error = error as? KafkaError else { return false }
            return error.code == .unreachable && error.message.contains("127.0.0.1:1, localhost:2")
        }
        let nameless = KafkaConfiguration(bootstrapServers: ["no-such-host.invalid:9092"])
        await #expect { try await nameless.check(timeout: .seconds(50)) } throws: {
            "\($0)".contains("no-such-host.invalid")
        }
    }

    @Test(
        "a wrong value is an error that names it",
        arguments: [
            (KafkaConfiguration(bootstrapServers: []), "bootstrap"),
            (KafkaConfiguration(bootstrapServers: ["kafka"]), "“kafka”"),
            (KafkaConfiguration(bootstrapServers: ["kafka:0"]), "“kafka:0”"),
            (KafkaConfiguration(bootstrapServers: ["a:1,b:2"]), "“a:1,b:2”"),
            (KafkaConfiguration(bootstrapServers: ["a:1"], clientID: ""), "client id"),
            (KafkaConfiguration(bootstrapServers: ["a:1"], tls: .init(authorityFile: "/no/ca.pem")), "/no/ca.pem"),
            (KafkaConfiguration(bootstrapServers: ["a:1"], credentials: .init(user: "", password: "x")), "user"),
            (KafkaConfiguration(bootstrapServers: ["a:1"], properties: ["acks": "1"]), "acks"),
            (KafkaConfiguration(bootstrapServers: ["a:1"], properties: ["no.such": "1"]), "no.such"),
            (KafkaConfiguration(bootstrapServers: ["a:1"], properties: ["retries": "many"]), "retries"),
        ])
    func wrongValues(configuration: KafkaConfiguration, part: String) async {
        await #expect { try await configuration.check() } throws: { error in
            (error as? KafkaError)?.code == .invalidArgument && "\(error)".contains(part)
        }
    }

    // MARK: The secure cluster that MARTLET_KAFKA_TLS_CA names.

    @Test("a wrong password is told as such", .enabled(if: LiveCluster.isSecure, "MARTLET_KAFKA_TLS_CA is not set"))
    func wrongPassword() async throws {
        try await LiveCluster.configuration.check()
        var configuration = LiveCluster.configuration
        configuration.credentials?.password = "wrong"
        await #expect { try await configuration.check(timeout: .seconds(50)) } throws: { error in
            (error as? KafkaError)?.code == .authenticationFailed && "\(error)".contains("user martlet")
        }
    }

    @Test("an unknown authority is told as such", .enabled(if: LiveCluster.isSecure, "MARTLET_KAFKA_TLS_CA is not set"))
    func unknownAuthority() async throws {
        var configuration = LiveCluster.configuration
        configuration.tls = .init()
        await #expect { try await configuration.check(timeout: .seconds(50)) } throws: { error in
            (error as? KafkaError)?.code == .tls && "\(error)".contains("certificate")
        }
    }

    @Test("plain text to a TLS port is told", .enabled(if: LiveCluster.isSecure, "MARTLET_KAFKA_TLS_CA is not set"))
    func plainToTLS() async throws {
        let configuration = KafkaConfiguration(bootstrapServers: LiveCluster.configuration.bootstrapServers)
        await #expect { try await configuration.check(timeout: .seconds(50)) } throws: {
            ($0 as? KafkaError)?.code == .unreachable || ($0 as? KafkaError)?.code == .tls
        }
    }
}
