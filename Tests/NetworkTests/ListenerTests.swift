import Foundation
import Glibc
import Network
import Synchronization
import TestCertificates
import Testing

@Suite("Listeners", .timeLimit(.minutes(2)))
struct ListenerTests {
    let loop: EventLoop

    init() throws { loop = try EventLoop(name: "test") }

    /// Sends back all that comes; the end of the peer is answered with a word.
    private final class Echo: ConnectionHandler {
        private let state = Mutex<(connection: Connection?, ends: Int)>((nil, 0))
        let hasDrained = Mutex(false)
        let closings = Mutex<[NetworkError?]>([])

        var ends: Int { state.withLock { $0.ends } }

        func opened(_ connection: Connection) { state.withLock { $0.connection = connection } }

        func received(_ bytes: UnsafeRawBufferPointer) {
            state.withLock { $0.connection }?.send(Array(bytes))
        }

        func peerEnded() -> Bool {
            let connection = state.withLock { state in
                state.ends += 1
                return state.connection
            }
            connection?.send(Array("end".utf8))
            connection?.closeSoon()
            return true
        }

        func drained() { hasDrained.withLock { $0 = true } }

        func closed(_ error: NetworkError?) {
            state.withLock { $0.connection = nil }
            closings.withLock { $0.append(error) }
        }
    }

    private func echo(_ handler: Echo, tls: TLSIdentity? = nil) throws -> Listener {
        let loop = loop
        return try Listener(host: "127.0.0.1", port: 0, on: loop) { socket in
            Connection.open(socket, tls: tls, on: loop, handler: handler) { handler.opened($0) }
        } failed: { _ in
        }
    }

    @Test("what connects is served, and gets an answer after it has stopped sending")
    func halfClose() async throws {
        let handler = Echo()
        let listener = try echo(handler)
        let client = try PlainClient(port: listener.port)
        let bytes = pattern(3 << 20, seed: 3)
        #expect(await client.exchange(bytes) == bytes + Array("end".utf8))
        while handler.closings.withLock({ $0.isEmpty }) { await Task.yield() }
        #expect(handler.ends == 1)
        #expect(handler.hasDrained.withLock { $0 })
        #expect(handler.closings.withLock { $0.count == 1 && $0[0] == nil })
        await listener.close()
        await loop.stop()
    }

    @Test("with an identity, peers shake hands first")
    func encrypted() async throws {
        let certificates = try Certificates()
        let files = try certificates.make("local", for: "IP:127.0.0.1")
        let handler = Echo()
        let listener = try echo(
            handler, tls: try TLSIdentity(certificateFile: files.certificate, keyFile: files.key))
        let collector = Collector()
        let connection = try await Connection.connect(
            to: Endpoint(host: "127.0.0.1", port: listener.port),
            tls: TLSOptions(authorityFile: certificates.authority), on: loop, timeout: .seconds(60), handler: collector)
        let bytes = pattern(3 << 20, seed: 4)
        try await connection.sendWaiting(bytes)
        #expect(await collector.bytes(atLeast: bytes.count) == bytes)
        await connection.close()
        await listener.close()
        await loop.stop()
    }

    @Test("a port that is taken, and a host that makes no sense, are told apart")
    func refusals() async throws {
        let listener = try echo(Echo())
        func failure(_ host: String, _ port: Int) -> NetworkError? {
            do {
                _ = try Listener(host: host, port: port, on: loop) {
                    $0.refuse()
                } failed: { _ in
                }
                return nil
            } catch { return error }
        }
        #expect(failure("127.0.0.1", listener.port)?.code == .addressInUse)
        #expect(failure("127.0.0.1", 70_000)?.code == .unresolvable)
        #expect(failure("no.such.host.invalid", 0)?.code == .unresolvable)
        #expect(failure("127.0.0.1\0", 0)?.code == .unresolvable)
        await listener.close()
        await loop.stop()
    }

    @Test("a closed listener takes nothing, and its port is free again")
    func closing() async throws {
        let listener = try echo(Echo())
        let port = listener.port
        await listener.close()
        await listener.close()
        #expect(throws: TestFailure.self) { try PlainClient(port: port) }
        await loop.stop()
    }

    @Test("on a loop that has ended, sockets are closed and handlers hear nothing")
    func endedLoop() async throws {
        let handler = Echo()
        let ended = try EventLoop(name: "ended")
        await ended.stop()
        let listener = try Listener(host: "127.0.0.1", port: 0, on: loop) { socket in
            let isOpen = Connection.open(socket, on: ended, handler: handler) { handler.opened($0) }
            #expect(!isOpen)
        } failed: { _ in
        }
        let client = try PlainClient(port: listener.port)
        #expect(await client.exchange([]) == [])
        #expect(handler.closings.withLock { $0.isEmpty })
        await listener.close()
        await loop.stop()
    }
}

/// A client over a plain blocking socket.
private final class PlainClient: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let descriptor = descriptor
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw TestFailure("cannot connect") }
    }

    deinit { close(descriptor) }

    /// Sends the bytes and the end on a thread, and returns all that comes.
    func exchange(_ bytes: [UInt8]) async -> [UInt8] {
        let peer = PeerSocket(descriptor: descriptor)
        async let sent: Void = onThread {
            _ = peer.write(bytes)
            peer.endSending()
        }
        let received = await onThread {
            var received: [UInt8] = []
            while let piece = peer.read() { received += piece }
            return received
        }
        await sent
        return received
    }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: body()) }.start()
        }
    }
}
