import Foundation
import HTTP
import HTTPTestClient
import Network
import TestCertificates
import Testing

@Suite("HTTPS", .timeLimit(.minutes(2)))
struct TLSServerTests {
    private let certificates: Certificates
    private let loop: EventLoop

    init() throws {
        certificates = try Certificates()
        loop = try EventLoop(name: "client")
    }

    private func get(_ path: String, _ fields: String = "Connection: close\r\n") -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n".utf8)
    }

    @Test("requests are answered, small and large")
    func requests() async throws {
        let files = try certificates.make("server", for: "IP:127.0.0.1")
        try await withServer(
            { $0.certificates = CertificateFiles(certificate: files.certificate, key: files.key) },
            routes: RawServer.routes
        ) { port, _ in
            let (client, connection) = try await TLSClient.connect(
                port, authority: certificates.authority, on: loop)
            let body = [UInt8](repeating: 7, count: 90_000)
            connection.send(get("/now", "") + get("/stream", ""))
            connection.send(Array("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n".utf8))
            try await connection.sendWaiting(body)
            connection.send(get("/later"))
            let answers = try StrictResponse.all(in: await client.bytes())
            #expect(answers.map(\.status) == [200, 200, 200, 200])
            #expect(answers.map(\.body) == [Array("now".utf8), Array("onetwo".utf8), body, Array("later".utf8)])
        }
        await loop.stop()
    }

    @Test("a new certificate is shown to new connections; old ones go on, and a bad one changes nothing")
    func reloading() async throws {
        let files = try certificates.make("server", for: "IP:127.0.0.1")
        try await withServer(
            { $0.certificates = CertificateFiles(certificate: files.certificate, key: files.key) },
            routes: RawServer.routes
        ) { port, server in
            let (old, oldConnection) = try await TLSClient.connect(
                port, authority: certificates.authority, on: loop)
            oldConnection.send(get("/now", ""))
            let count = await old.bytes(atLeast: 1).count
            _ = try certificates.make("server", for: "DNS:new.test")
            await #expect(throws: NetworkError.self) {
                try await TLSClient.connect(port, authority: certificates.authority, name: "new.test", on: loop)
            }
            try server.reloadCertificates()
            let (new, newConnection) = try await TLSClient.connect(
                port, authority: certificates.authority, name: "new.test", on: loop)
            newConnection.send(get("/now"))
            #expect(try StrictResponse.all(in: await new.bytes()).map(\.text) == ["now"])
            try "no key".write(toFile: files.key, atomically: true, encoding: .utf8)
            #expect {
                try server.reloadCertificates()
            } throws: {
                ($0 as? HTTPError)?.code == .badCertificate && "\($0)".contains(files.key)
            }
            let (again, connection) = try await TLSClient.connect(
                port, authority: certificates.authority, name: "new.test", on: loop)
            connection.send(get("/now"))
            #expect(try StrictResponse.all(in: await again.bytes()).map(\.text) == ["now"])
            oldConnection.send(get("/later"))
            #expect(try StrictResponse.all(in: await old.bytes()).map(\.text) == ["now", "later"])
            #expect(count > 0)
        }
        await loop.stop()
    }

    @Test("plain HTTP gets no answer, and a silent client is not waited for")
    func plain() async throws {
        let files = try certificates.make("server", for: "IP:127.0.0.1")
        try await withServer(
            {
                $0.certificates = CertificateFiles(certificate: files.certificate, key: files.key)
                $0.headerTimeout = .milliseconds(150)
            }, routes: RawServer.routes
        ) { port, server in
            let client = try TestConnection(port: port)
            try await client.send(get("/now"))
            #expect(try await client.isClosedByServer())
            #expect(try await TestConnection(port: port).isClosedByServer())
            #expect(server.statistics.timeouts == 1)
        }
        await loop.stop()
    }

    @Test("files that cannot be used are told with their names")
    func badFiles() async throws {
        let files = try certificates.make("server", for: "IP:127.0.0.1")
        let other = try certificates.make("other", for: "IP:127.0.0.1")
        let nonsense = try certificates.file("nonsense.pem", "nothing\n")
        for (certificate, key, named) in [
            ("/nowhere/server.pem", files.key, "/nowhere/server.pem"), (files.certificate, nonsense, nonsense),
            (nonsense, files.key, nonsense), (files.certificate, other.key, other.key),
        ] {
            var configuration = HTTPServerConfiguration()
            configuration.certificates = CertificateFiles(certificate: certificate, key: key)
            let server = try HTTPServer(configuration: configuration, router: Router())
            #expect {
                _ = try server.start()
            } throws: {
                ($0 as? HTTPError)?.code == .badCertificate && "\($0)".contains(named)
            }
        }
        await loop.stop()
    }
}
