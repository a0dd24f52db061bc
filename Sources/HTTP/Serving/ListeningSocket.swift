internal import CMicroHTTPD
internal import Glibc

/// A bound, listening TCP socket.
struct ListeningSocket {
    /// Its descriptor.
    let descriptor: Int32
    /// The port it is bound to.
    let port: Int

    /// Binds the first address of `host` that can be had. Throws `cannotListen` with the system's reason.
    init(host: String, port: Int) throws {
        guard (0...65535).contains(port) else {
            throw ListeningSocket.failure(host, port, "the port is not in 0…65535")
        }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let found = getaddrinfo(host, String(port), &hints, &list)
        guard found == 0, let list else {
            throw ListeningSocket.failure(host, port, String(cString: gai_strerror(found)))
        }
        defer { freeaddrinfo(list) }
        var reason = "no address"
        var next: UnsafeMutablePointer<addrinfo>? = list
        while let entry = next?.pointee {
            next = entry.ai_next
            let descriptor = socket(
                entry.ai_family, entry.ai_socktype | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue),
                entry.ai_protocol)
            guard descriptor >= 0 else {
                reason = String(cString: strerror(errno))
                continue
            }
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
            if bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0, listen(descriptor, SOMAXCONN) == 0,
                let bound = ListeningSocket.boundPort(descriptor)
            {
                self.descriptor = descriptor
                self.port = bound
                return
            }
            reason = String(cString: strerror(errno))
            close(descriptor)
        }
        throw ListeningSocket.failure(host, port, reason)
    }

    private static func boundPort(_ descriptor: Int32) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        return withUnsafeBytes(of: &storage) { bytes in
            // The port stands at the same place in IPv4 and IPv6 addresses, in network order.
            Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    private static func failure(_ host: String, _ port: Int, _ reason: String) -> HTTPError {
        HTTPError(
            .cannotListen, status: .serviceUnavailable, message: "cannot listen on \(host) port \(port): \(reason)")
    }
}

/// The numeric address of a peer, without its port; empty when it has none.
func numericAddress(_ address: UnsafePointer<sockaddr>?) -> String {
    guard let address else { return "" }
    let length: Int
    switch Int32(address.pointee.sa_family) {
    case AF_INET: length = MemoryLayout<sockaddr_in>.size
    case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
    default: return ""
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
        guard let start = buffer.baseAddress,
            getnameinfo(address, socklen_t(length), start, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0
        else { return "" }
        return String(cString: start)
    }
}
