/// Where a connection goes: a host's name or its IPv4 or IPv6 address (without brackets), and a port.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// A name to be resolved, or an address.
    public var host: String
    /// 1 to 65535.
    public var port: Int

    /// The endpoint of these parts; they are checked when it is connected to.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, an IPv6 address in brackets.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
