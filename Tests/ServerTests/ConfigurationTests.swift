import Foundation
import Platform
import Testing

@testable import Server

struct ConfigurationTests {
    private func configuration(
        host: String, token: String? = nil, isInsecure: Bool = false
    ) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.token = token
        configuration.isInsecure = isInsecure
        return configuration
    }

    @Test(arguments: ["127.0.0.1", "localhost", "::1", "127.8.9.10", "LOCALHOST"])
    func loopbackNeedsNoToken(_ host: String) throws {
        try configuration(host: host).validate()
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.2", "example.org", "127.example.org", "localhost.example.org"])
    func otherAddressesNeedATokenOrConsent(_ host: String) throws {
        #expect(throws: ServerConfigurationError.self) { try configuration(host: host).validate() }
        try configuration(host: host, token: "secret").validate()
        try configuration(host: host, isInsecure: true).validate()
        #expect(throws: ServerConfigurationError.self) {
            try MartletServer(configuration(host: host), service: MartletService(stores: .inMemory()))
        }
    }

    @Test(arguments: ["", "two words", "line\n", "ü"])
    func tokensThatCannotBeSentAreRefused(_ token: String) {
        #expect(throws: ServerConfigurationError.self) {
            try configuration(host: "127.0.0.1", token: token).validate()
        }
    }

    @Test func theTokenComesFromTheEnvironmentOrAFile() throws {
        #expect(try ServerConfiguration.token(environment: [:]) == nil)
        #expect(try ServerConfiguration.token(environment: ["MARTLET_API_TOKEN": "a"]) == "a")
        let path = FileManager.default.temporaryDirectory.path + "/token-\(UUID().uuidString)"
        #expect(FileManager.default.createFile(atPath: path, contents: Data("  secret\n".utf8)))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try ServerConfiguration.token(environment: ["MARTLET_API_TOKEN_FILE": path]) == "secret")
        for environment in [
            ["MARTLET_API_TOKEN": "a", "MARTLET_API_TOKEN_FILE": path], ["MARTLET_API_TOKEN_FILE": path + ".none"],
        ] {
            #expect(throws: ServerConfigurationError.self) {
                try ServerConfiguration.token(environment: environment)
            }
        }
    }

    @Test func hostsAreRead() {
        #expect(HostName("LocalHost:80").map { [$0.name, $0.port] } == ["localhost", ":80"])
        #expect(HostName("[::1]:80").map { [$0.name, $0.port] } == ["::1", ":80"])
        #expect(HostName("example.org.")?.name == "example.org")
        for text in ["", ":80", "a:b", "a:80:90", "[::1", "[]", "[::1]x"] { #expect(HostName(text) == nil) }
    }

    @Test func secretsCompareByAllTheirBytes() {
        let secret = Array("secret".utf8)
        #expect(AccessPolicy.isEqual(secret, secret))
        for text in ["", "s", "secreT", "Secret", "secretsecret", "secret "] {
            #expect(!AccessPolicy.isEqual(Array(text.utf8), secret))
        }
    }
}
