import CNetwork
import Foundation
import Network
import TestCertificates
import Testing

@Suite("TLS")
struct TLSTests {
    let loop: EventLoop
    let certificates: Certificates

    init() throws {
        loop = try EventLoop(name: "test")
        certificates = try Certificates()
    }

    private func failure(_ server: SocketServer, host: String = "127.0.0.1", _ options: TLSOptions) async
        -> NetworkError?
    {
        do {
            let connection = try await Connection.connect(
                to: Endpoint(host: host, port: server.port), tls: options, on: loop, timeout: .seconds(20),
                handler: Collector())
            await connection.close()
            return nil
        } catch { return error as? NetworkError }
    }

    @Test(
        "bytes small and large go there and come back",
        arguments: [("127.0.0.1", TLS1_3_VERSION), ("localhost", TLS1_3_VERSION), ("localhost", TLS1_2_VERSION)])
    func echo(host: String, version: Int32) async throws {
        let files = try certificates.make("local", for: "DNS:localhost,IP:127.0.0.1")
        let server = try SocketServer.tlsEcho(files, maximumVersion: version)
        let collector = Collector()
        let connection = try await Connection.connect(
            to: Endpoint(host: host, port: server.port), tls: TLSOptions(authorityFile: certificates.authority),
            on: loop, timeout: .seconds(20), handler: collector)
        connection.send([1, 2, 3])
        #expect(await collector.bytes(atLeast: 3) == [1, 2, 3])
        let value = pattern(5 << 20, seed: 7)
        try await connection.sendWaiting(value)
        connection.send([9])
        let bytes = await collector.bytes(atLeast: 4 + value.count)
        #expect(bytes == [1, 2, 3] + value + [9])
        await connection.close()
        #expect(await collector.end() == nil)
        await loop.stop()
    }

    @Test("an authority that is not known is told apart")
    func unknownAuthority() async throws {
        let server = try SocketServer.tlsEcho(try certificates.make("local", for: "IP:127.0.0.1"))
        let error = await failure(server, TLSOptions(authorityFile: certificates.otherAuthority))
        #expect(error?.code == .unknownAuthority)
        #expect(error?.endpoint == server.endpoint)
        // The system knows this authority no more than that one.
        #expect(await failure(server, TLSOptions())?.code == .unknownAuthority)
        await loop.stop()
    }

    @Test("a certificate for another name or address is told apart")
    func wrongName() async throws {
        let trust = certificates.authority
        let other = try SocketServer.tlsEcho(try certificates.make("other", for: "DNS:elsewhere.test,IP:127.0.0.9"))
        #expect(await failure(other, TLSOptions(authorityFile: trust))?.code == .wrongName)
        #expect(await failure(other, host: "localhost", TLSOptions(authorityFile: trust))?.code == .wrongName)
        // The name expected may be another than the one connected to.
        #expect(await failure(other, TLSOptions(authorityFile: trust, serverName: "elsewhere.test")) == nil)
        #expect(await failure(other, TLSOptions(authorityFile: trust, serverName: "127.0.0.9")) == nil)
        #expect(await failure(other, TLSOptions(authorityFile: trust, serverName: "127.0.0.8"))?.code == .wrongName)
        await loop.stop()
    }

    @Test("an expired certificate is told apart")
    func expired() async throws {
        let server = try SocketServer.tlsEcho(try certificates.make("old", for: "IP:127.0.0.1", days: -1))
        let error = await failure(server, TLSOptions(authorityFile: certificates.authority))
        #expect(error?.code == .invalidCertificate)
        await loop.stop()
    }

    @Test("a server that does not speak TLS is told apart")
    func notTLS() async throws {
        let server = try SocketServer { peer in
            _ = peer.read()
            _ = peer.write(Array("-ERR unknown command\r\n".utf8))
            _ = peer.read()
        }
        let trust = certificates.authority
        #expect(await failure(server, TLSOptions(authorityFile: trust))?.code == .notTLS)
        let leaving = try SocketServer { peer in _ = peer.read() }
        #expect(await failure(leaving, TLSOptions(authorityFile: trust))?.code == .connectionLost)
        await loop.stop()
    }

    @Test("a handshake without an answer ends with the time-out")
    func silence() async throws {
        let server = try SocketServer(nil)
        await #expect {
            _ = try await Connection.connect(
                to: server.endpoint, tls: TLSOptions(authorityFile: certificates.authority), on: loop,
                timeout: .milliseconds(50), handler: Collector())
        } throws: { ($0 as? NetworkError)?.code == .timedOut }
        await loop.stop()
    }

    @Test("files without authorities are told with their names")
    func authorityFile() async throws {
        let server = try SocketServer(nil)
        let empty = try certificates.file("empty.pem", "nothing\n")
        for file in ["/nowhere/ca.pem", empty] {
            let error = await failure(server, TLSOptions(authorityFile: file))
            #expect(error?.code == .authorityFile)
            #expect(error?.message.contains(file) == true)
        }
        await loop.stop()
    }

    @Test("an end without a farewell is not taken for an orderly one")
    func truncation() async throws {
        let files = try certificates.make("local", for: "IP:127.0.0.1")
        let server = try SocketServer { socket in
            let peer = TLSPeer(socket, certificate: files.certificate, key: files.key)
            _ = peer?.write([1, 2, 3])
            socket.endSending()
            _ = peer?.read()
        }
        let collector = Collector()
        _ = try await Connection.connect(
            to: server.endpoint, tls: TLSOptions(authorityFile: certificates.authority), on: loop,
            timeout: .seconds(20), handler: collector)
        #expect(await collector.end()?.code == .connectionLost)
        #expect(collector.bytes == [1, 2, 3])
        await loop.stop()
    }
}
