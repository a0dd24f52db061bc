import Glibc

/// Ports of loopback that nobody listens on.
enum FreePorts {
    struct NoneFree: Error {}

    /// A port whose successor is free too: a broker's and its controller's.
    static func pair() throws -> UInt16 {
        for port in stride(from: UInt16.random(in: 20000..<30000), to: 32000, by: 7)
        where isFree(port) && isFree(port + 1) {
            return port
        }
        throw NoneFree()
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
