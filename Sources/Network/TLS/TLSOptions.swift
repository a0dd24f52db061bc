/// That a connection is encrypted, and how the peer is known. TLS 1.2 or later.
public struct TLSOptions: Sendable, Hashable {
    /// A PEM file with the certificates of the authorities to trust; nil trusts those of the system.
    public var authorityFile: String?
    /// The name or address that the certificate has to bear; nil takes the endpoint's host.
    public var serverName: String?

    /// Whether the peer's certificate is verified. Without it anyone may be at the other end: only for what may be told to
    /// anyone.
    public var isVerified: Bool

    /// Options of these parts. The file is read anew for each connection.
    public init(authorityFile: String? = nil, serverName: String? = nil, isVerified: Bool = true) {
        self.authorityFile = authorityFile
        self.serverName = serverName
        self.isVerified = isVerified
    }
}
