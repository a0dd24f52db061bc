/// The PEM files that a server shows and proves itself with.
public struct CertificateFiles: Sendable, Hashable {
    /// The server's certificate, followed by those between it and an authority.
    public var certificate: String
    /// Its key, without a passphrase.
    public var key: String

    /// Files at these paths.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// Where a server listens and what it takes.
public struct HTTPServerConfiguration: Sendable {
    /// Name or address of the interface to listen on; `0.0.0.0` or `::` is all of them.
    public var host = "127.0.0.1"
    /// Port to listen on; 0 takes a free one.
    public var port = 0
    /// What the server shows to its clients, which all have to come with TLS then; nil for plain HTTP.
    public var certificates: CertificateFiles?
    /// Threads that read and write connections.
    public var threads = 2
    /// Longest request line and header together, in bytes; longer ones get 431.
    public var headerLimit = 16 * 1024
    /// Most fields of a header; more get 431.
    public var fieldLimit = 100
    /// Longest body, in bytes, where the route names no other; longer ones get 413.
    public var bodyLimit = 1024 * 1024
    /// Most connections at a time. A connection more takes the place of the one that has waited longest for its next request;
    /// where all are being answered, it is told 503, unless it asks for one of `vitalPaths`. It is lowered to what the
    /// process's limit of files leaves.
    public var connectionLimit = 10_000
    /// Paths that are answered beyond the limit of connections too, on places of their own.
    public var vitalPaths: Set<String> = []
    /// Most connections at a time from one address, nil for no such limit; more are closed.
    public var connectionsPerAddress: Int?
    /// How long a request's header may take from its first byte, a TLS handshake included.
    public var headerTimeout = Duration.seconds(10)
    /// How long a connection may wait for its next request.
    public var idleTimeout = Duration.seconds(60)
    /// Bytes a second that a body has to bring, and a client to take of what is ready for it, on the average of each
    /// `paceWindow`. Time in which the handler takes nothing, or nothing is ready to be sent, does not count.
    public var leastPace = 1000
    /// The time over which the pace is measured.
    public var paceWindow = Duration.seconds(30)
    /// Bytes of a body held for a handler that reads slower than the client sends.
    public var bodyBuffer = 256 * 1024
    /// Bytes of a stream held for a client that reads slower than the producer writes.
    public var streamBuffer = 256 * 1024
    /// Longest rest of a body, in bytes, that is read and dropped so that a client that is still sending gets to see an
    /// answer made without it; beyond that the connection is closed.
    public var discardLimit = 16 * 1024 * 1024
    /// Hears of connections that the system or the limits refuse, in one line, at most once in a few seconds.
    public var onTrouble: (@Sendable (String) -> Void)?

    /// The defaults: a free port on the loopback interface.
    public init() {}
}
