public import Network

/// A client of one Redis server that any number of tasks use at a time: their commands are pipelined over a few connections,
/// which are made again when they are lost. While there is none, commands fail at once.
public final class RedisClient: Sendable {
    private let pool: ConnectionPool

    /// A client that connects in the background, and goes on trying; until it has, commands fail with `disconnected`.
    public init(_ configuration: RedisConfiguration, on loop: EventLoop) {
        pool = ConnectionPool(configuration, on: loop)
        for _ in 0..<max(1, configuration.connections) { pool.open() }
    }

    private init(_ pool: ConnectionPool) { self.pool = pool }

    /// A client with a connection. Throws `RedisError` where none can be made: of code `connection` with the `NetworkError`
    /// that tells why, of code `authentication` where user or password are wrong. Further connections are made in the
    /// background.
    public static func connect(_ configuration: RedisConfiguration, on loop: EventLoop) async throws -> RedisClient {
        let pool = ConnectionPool(configuration, on: loop)
        try await pool.openNow()
        let client = RedisClient(pool)
        for _ in 0..<max(0, configuration.connections - 1) { pool.open() }
        return client
    }

    deinit {
        for connection in pool.close() { connection.abort() }
    }

    /// The server and how to talk to it.
    public var configuration: RedisConfiguration { pool.configuration }

    /// Whether there is a connection at the moment.
    public var isConnected: Bool { pool.isConnected }

    /// What the client has done so far.
    public var metrics: RedisMetrics { pool.counters.snapshot }

    /// Closes the connections; commands that wait for replies fail, as do later ones.
    public func close() async {
        for connection in pool.close() { await connection.close() }
    }

    /// Sends a command and gives the server's reply. Throws `RedisError`, of code `server` where the server refuses, and
    /// `CancellationError` where the task is cancelled (the server may still run the command).
    ///
    /// Others share the connection, so commands that block (`BLPOP`), change its state (`SELECT`, `MULTI`, `SUBSCRIBE`) or
    /// give no reply are not for it.
    public func command(_ parts: [RedisArgument]) async throws -> RESPValue {
        guard !parts.isEmpty else {
            throw RedisError(code: .configuration, message: "a command has no name", endpoint: configuration.endpoint)
        }
        return try await perform { CommandWriter.command(parts, &$0) }
    }

    func perform(_ write: @Sendable (inout OutgoingBuffer) -> Void) async throws -> RESPValue {
        let reply = try await pool.connection().perform(write)
        if case .error(let text) = reply { throw RedisError(reply: text, endpoint: configuration.endpoint) }
        return reply
    }
}
