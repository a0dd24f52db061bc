/// That a connection is encrypted, and how the peer is known. TLS 1.2 or later, with the peer's certificate always verified.
public struct TLSOptions: Sendable, Hashable {
    /// A PEM file with the certificates of the authorities to trust; nil trusts those of the system.
    public var authorityFile: String?
    /// The name or address that the certificate has to bear; nil takes the endpoint's host.
    public var serverName: String?

    /// Options of these parts. The file is read anew for each connection.
    public init(authorityFile: String? = nil, serverName: String? = nil) {
        self.authorityFile = authorityFile
        self.serverName = serverName
    }
}
