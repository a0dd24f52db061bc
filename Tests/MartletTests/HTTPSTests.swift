import Foundation
import TestCertificates
import Testing

@Suite(.timeLimit(.minutes(2))) struct HTTPSTests {
    /// The name in the certificate that the server shows, by OpenSSL's own client, which has to trust it.
    private func subject(port: Int, authority: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", authority, "-verify_return_error",
            "-verify_ip", "127.0.0.1",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").first { $0.hasPrefix("subject=") }.map(String.init) ?? text
    }

    @Test func aServerSpeaksHTTPSAndTakesItsCertificateAnew() throws {
        let folder = try TemporaryFolder()
        let certificates = try Certificates()
        let first = try certificates.make("first", for: "IP:127.0.0.1")
        let second = try certificates.make("second", for: "IP:127.0.0.1")
        let (certificate, key) = (folder.path("server.pem"), folder.path("server.key"))
        try FileManager.default.copyItem(atPath: first.certificate, toPath: certificate)
        try FileManager.default.copyItem(atPath: first.key, toPath: key)
        let log = Pipe()
        let server = try Server(
            dataFolder: folder.path("data"), arguments: ["--tls-certificate", certificate, "--tls-key", key],
            log: log.fileHandleForWriting)
        #expect(try subject(port: server.port, authority: certificates.authority).contains("first"))
        let well = try Martlet.run(
            "health", environment: ["MARTLET_HTTP_PORT": "\(server.port)", "MARTLET_HTTP_TLS_CERTIFICATE": certificate])
        #expect(well.status == 0, "\(well.errors)")
        let plain = try Martlet.run("health", "--url", "http://127.0.0.1:\(server.port)/healthz")
        #expect(plain.status == 1, "\(plain.output)")

        func hangUp(until words: String) {
            kill(server.process.processIdentifier, SIGHUP)
            var text = ""
            while !text.contains(words) {
                let more = log.fileHandleForReading.availableData
                if more.isEmpty { break }
                text += String(decoding: more, as: UTF8.self)
            }
        }
        // A key that is not the certificate's changes nothing.
        try FileManager.default.removeItem(atPath: key)
        try FileManager.default.copyItem(atPath: second.key, toPath: key)
        hangUp(until: "cannot be taken anew")
        #expect(try subject(port: server.port, authority: certificates.authority).contains("first"))
        try FileManager.default.removeItem(atPath: certificate)
        try FileManager.default.copyItem(atPath: second.certificate, toPath: certificate)
        hangUp(until: "was taken anew")
        #expect(try subject(port: server.port, authority: certificates.authority).contains("second"))
    }

    @Test func aCertificateThatCannotBeUsedEndsTheStartWithItsName() throws {
        let folder = try TemporaryFolder()
        let certificate = try folder.file("none.pem", "nothing")
        let alone = try Martlet.run(
            "serve", "--port", "0", "--data-dir", folder.path("data"), "--tls-certificate", certificate)
        #expect(alone.status == 2 && alone.errors.contains("together"), "\(alone.errors)")
        let bad = try Martlet.run(
            "serve", "--port", "0", "--data-dir", folder.path("data"), "--tls-certificate", certificate, "--tls-key",
            certificate)
        #expect(bad.status == 1 && bad.errors.contains("none.pem"), "\(bad.errors)")
    }

    @Test func aTokenInClearTextBeyondTheMachineIsWarnedOf() throws {
        let folder = try TemporaryFolder()
        let log = Pipe()
        let server = try Server(
            dataFolder: folder.path("data"), arguments: ["--host", "0.0.0.0"],
            environment: ["MARTLET_API_TOKEN": "secret"], log: log.fileHandleForWriting)
        server.kill()
        try log.fileHandleForWriting.close()
        let text = String(decoding: log.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.contains("clear text"), "\(text)")
    }
}
