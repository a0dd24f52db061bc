internal import CNetwork
internal import Glibc
internal import Synchronization

/// A socket that a peer has connected to, not yet a `Connection`: `Connection.open` takes it.
public struct AcceptedSocket: Sendable {
    let descriptor: Int32
    /// The peer's address and port.
    public let peer: Endpoint

    /// Closes the socket unused.
    public func refuse() { close(descriptor) }
}

/// A TCP socket that listens. What connects is handed out on the thread of a loop.
public final class Listener: @unchecked Sendable {
    // Sendable by hand: what changes is used on the loop's thread alone.

    /// The port that is listened on.
    public let port: Int

    private let descriptor: Int32
    private let loop: EventLoop
    private let accepted: @Sendable (AcceptedSocket) -> Void
    private let failed: @Sendable (NetworkError) -> Void
    private var isClosed = false

    /// Connections taken before other sockets have their turn.
    private static let atOnce = 64
    /// How long nothing is taken when the system has no descriptor left.
    private static let pause = Duration.milliseconds(100)

    /// Listens on the first address of `host` that can be had; port 0 takes a free one. `accepted` gets each connection and
    /// has to open or refuse it. `failed` hears when the system refuses one, mostly for want of descriptors; it is tried
    /// again. Both are called on the loop's thread. Throws `NetworkError` with the system's reason.
    public init(
        host: String, port: Int, on loop: EventLoop, accepted: @escaping @Sendable (AcceptedSocket) -> Void,
        failed: @escaping @Sendable (NetworkError) -> Void
    ) throws(NetworkError) {
        (descriptor, self.port) = try Listener.bind(host: host, port: port)
        self.loop = loop
        self.accepted = accepted
        self.failed = failed
        loop.execute { self.watch() }
    }

    /// Takes no connections any more; those that wait to be taken are refused by the system.
    public func close() async {
        await withCheckedContinuation { continuation in
            let isTaken = loop.execute {
                self.release()
                continuation.resume()
            }
            if !isTaken { continuation.resume() }
        }
    }

    private func watch() {
        guard !isClosed else { return }
        do throws(NetworkError) {
            try loop.core.poller.watch(descriptor, for: .read, target: self)
        } catch {
            failed(error)
            release()
        }
    }

    private func release() {
        guard !isClosed else { return }
        isClosed = true
        loop.core.poller.release(descriptor)
    }

    /// Lets go of the socket for a while, so that the loop does not spin where the system gives no descriptor.
    private func rest() {
        do throws(NetworkError) {
            try loop.core.poller.watch(descriptor, for: [], target: self)
        } catch { return release() }
        _ = loop.schedule(after: Listener.pause) { self.watch() }
    }

    private static func bind(host: String, port: Int) throws(NetworkError) -> (descriptor: Int32, port: Int) {
        func failure(_ code: NetworkError.Code, _ reason: String) -> NetworkError {
            NetworkError(code: code, message: "cannot listen on \(host) port \(port): \(reason)")
        }
        guard (0...65535).contains(port) else { throw failure(.unresolvable, "the port is not in 0…65535") }
        guard !host.utf8.contains(0) else { throw failure(.unresolvable, "the host has no name") }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let found = getaddrinfo(host, String(port), &hints, &list)
        guard found == 0, let list else { throw failure(.unresolvable, String(cString: gai_strerror(found))) }
        defer { freeaddrinfo(list) }
        var reason = "no address"
        var code = NetworkError.Code.unresolvable
        var next: UnsafeMutablePointer<addrinfo>? = list
        while let entry = next?.pointee {
            next = entry.ai_next
            let descriptor = network_socket(entry.ai_family)
            if descriptor >= 0 {
                _ = network_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
                if Glibc.bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0, listen(descriptor, SOMAXCONN) == 0,
                    let bound = boundPort(descriptor)
                {
                    return (descriptor, bound)
                }
            }
            code = errno == EADDRINUSE ? .addressInUse : .system
            reason = String(cString: strerror(errno))
            if descriptor >= 0 { Glibc.close(descriptor) }
        }
        throw failure(code, reason)
    }

    private static func boundPort(_ descriptor: Int32) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return result == 0 ? port(of: &storage) : nil
    }

    /// The port stands at the same place in IPv4 and IPv6 addresses, in network order.
    private static func port(of storage: inout sockaddr_storage) -> Int {
        withUnsafeBytes(of: &storage) { Int(UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self))) }
    }
}

extension Listener: PollTarget {
    func ready(_ events: PollEvents) {
        for _ in 0..<Listener.atOnce {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let socket = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { network_accept(descriptor, $0, &length) }
            }
            guard socket >= 0 else {
                let number = errno
                switch number {
                case EAGAIN: return
                case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                    failed(.system("accept", number))
                    return rest()
                default: continue  // This one has gone again.
                }
            }
            _ = network_set_option(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            let address = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { numericHost($0, length) }
            }
            accepted(
                AcceptedSocket(descriptor: socket, peer: Endpoint(host: address, port: Listener.port(of: &storage))))
            if isClosed { return }
        }
    }

    func loopStopped() { release() }

    private func numericHost(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
            guard let start = buffer.baseAddress,
                getnameinfo(address, length, start, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0
            else { return "" }
            return String(cString: start)
        }
    }
}
