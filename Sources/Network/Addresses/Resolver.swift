internal import Dispatch
internal import Glibc

/// One address of a host, ready for `connect`.
struct SocketAddress: Sendable, CustomStringConvertible {
    let family: Int32
    let bytes: [UInt8]
    /// The address as text.
    let description: String

    init?(_ info: addrinfo) {
        guard let address = info.ai_addr else { return nil }
        let length = info.ai_addrlen
        family = info.ai_family
        bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        description = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Begins to connect `socket` to the address; 0, or -1 with `errno`.
    func connect(_ socket: Int32) -> Int32 {
        bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return -1 }
            return Glibc.connect(socket, base.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
    }
}

/// Turns names into addresses on threads of its own: the system's resolver blocks.
enum Resolver {
    /// For all that blocks before a connection is there.
    static let queue = DispatchQueue(label: "network.resolver", attributes: .concurrent)

    /// The addresses of an endpoint in the system's order of preference; blocks.
    static func addresses(of endpoint: Endpoint) throws(NetworkError) -> [SocketAddress] {
        func failed(_ message: String) -> NetworkError {
            NetworkError(code: .unresolvable, message: message, endpoint: endpoint)
        }
        guard (1...65535).contains(endpoint.port) else { throw failed("the port is not between 1 and 65535") }
        guard !endpoint.host.isEmpty, !endpoint.host.utf8.contains(0) else { throw failed("the host has no name") }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list)
        guard status == 0 else { throw failed("the host is not known: \(String(cString: gai_strerror(status)))") }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let info = next {
            if let address = SocketAddress(info.pointee) { addresses.append(address) }
            next = info.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw failed("the host has no address") }
        return addresses
    }
}
