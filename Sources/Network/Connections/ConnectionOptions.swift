/// How a connection behaves.
public struct ConnectionOptions: Sendable, Hashable {
    /// `sendWaiting` waits while more bytes than this are queued.
    public var highWaterMark = 1 << 20
    /// Memory that each buffer for sending keeps when it is empty, in bytes: much where there are few connections.
    public var keptMemory = 512 << 10
    /// Silence after which the peer is asked whether it is still there; it is given up half a minute after that.
    public var keepAlive = Duration.seconds(30)
    /// How long `close` goes on without progress before it breaks the connection off.
    public var closeTimeout = Duration.seconds(5)
    /// How long a peer may take to end its side when everything is sent; what it still sends is dropped.
    public var lingering = Duration.seconds(1)

    /// The defaults.
    public init() {}
}
