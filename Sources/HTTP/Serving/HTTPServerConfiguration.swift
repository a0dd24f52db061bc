/// Where a server listens and what it takes.
public struct HTTPServerConfiguration: Sendable {
    /// Name or address of the interface to listen on; `0.0.0.0` or `::` is all of them.
    public var host = "127.0.0.1"
    /// Port to listen on; 0 takes a free one.
    public var port = 0
    /// Threads that read and write connections.
    public var threads = 2
    /// Longest request line and header together, in bytes; longer ones get 431.
    public var headerLimit = 16 * 1024
    /// Longest body, in bytes, where the route names no other; longer ones get 413.
    public var bodyLimit = 1024 * 1024
    /// Most connections at a time; more wait in the kernel's queue.
    public var connectionLimit = 1024
    /// Most connections at a time from one address, nil for no such limit; more are closed.
    public var connectionsPerAddress: Int?
    /// Seconds after which a connection that neither sends nor takes anything is closed. Time a handler takes does not
    /// count.
    public var idleTimeout = 60
    /// Bytes of a body held for a handler that reads slower than the client sends.
    public var bodyBuffer = 256 * 1024
    /// Bytes of a stream held for a client that reads slower than the producer writes.
    public var streamBuffer = 256 * 1024
    /// Longest rest of a body, in bytes, that is read and dropped so that a client that is still sending gets to see an
    /// answer made without it; beyond that the connection is closed.
    public var discardLimit = 16 * 1024 * 1024

    /// The defaults: a free port on the loopback interface.
    public init() {}
}
