import Foundation
import Glibc
import Network
import Synchronization

/// A listener on a free port of loopback; each connection is handed to a closure on a thread of its own, which may block.
final class SocketServer: Sendable {
    let port: Int
    private let listener: Int32
    private let sockets = OpenSockets()

    var endpoint: Endpoint { Endpoint(host: "127.0.0.1", port: port) }

    init(backlog: Int32 = 1024, _ serve: (@Sendable (PeerSocket) -> Void)?) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Int32 in
                guard bind(listener, generic, length) == 0, listen(listener, backlog) == 0 else { return -1 }
                return getsockname(listener, generic, &length)
            }
        }
        guard status == 0 else { throw TestFailure("no listener: \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard let serve else { return }
        let sockets = sockets
        let thread = Thread {
            while true {
                let accepted = accept(listener, nil, nil)
                guard accepted >= 0 else { return }
                sockets.insert(accepted)
                let worker = Thread {
                    serve(PeerSocket(descriptor: accepted))
                    sockets.close(accepted)
                }
                worker.stackSize = 256 << 10
                worker.start()
            }
        }
        thread.start()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        sockets.endAll()
    }

    /// Connections whose closures have not returned.
    var openCount: Int { sockets.count }

    /// Sends back all that comes.
    static func echo() throws -> SocketServer {
        try SocketServer { peer in
            while let bytes = peer.read() { if !peer.write(bytes) { return } }
        }
    }
}

/// The sockets a server has open, so that its end ends them.
private final class OpenSockets: Sendable {
    private let sockets = Mutex<Set<Int32>>([])

    var count: Int { sockets.withLock { $0.count } }

    func insert(_ socket: Int32) { sockets.withLock { _ = $0.insert(socket) } }

    func close(_ socket: Int32) {
        sockets.withLock { open in
            if open.remove(socket) != nil { Glibc.close(socket) }
        }
    }

    func endAll() {
        sockets.withLock { open in
            for socket in open { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }
}

/// The server's end of a connection, blocking.
struct PeerSocket: Sendable {
    let descriptor: Int32

    /// The bytes that come next; nil at the end.
    func read(_ count: Int = 64 << 10) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Whether all bytes were taken.
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer -> Int in
                guard let base = buffer.baseAddress else { return -1 }
                return Glibc.send(descriptor, base + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Breaks the connection off.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }
}

/// Holds a server's thread until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() {
        semaphore.wait()
        semaphore.signal()
    }

    func open() { semaphore.signal() }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// `size` bytes that differ from place to place and from seed to seed.
func pattern(_ size: Int, seed: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 4096)
    let block = (0..<4096).map { UInt8(truncatingIfNeeded: $0 / 17 &+ seed &* 31) }
    while bytes.count < size {
        bytes += block
        bytes[bytes.count - 1] = UInt8(truncatingIfNeeded: bytes.count >> 12)
        bytes[bytes.count - 2] = UInt8(truncatingIfNeeded: bytes.count >> 20)
    }
    bytes.removeLast(bytes.count - size)
    return bytes
}
