public import Network

/// Where the cluster is, and how it is talked with.
public struct SessionConfiguration: Sendable {
    /// Hosts to begin with; one that answers is enough to learn of the others.
    public var contactPoints: [Endpoint]
    /// The keyspace of names without one.
    public var keyspace: String?
    /// The datacenter whose hosts are used; that of the first contact point that answers where nothing is said.
    public var localDatacenter: String?
    /// Whether hosts of other datacenters are used when no local one can be.
    public var usesRemoteDatacenters = false
    /// The role to log in as.
    public var credentials: Credentials?
    /// Whether and how connections are encrypted.
    public var tls: TLSOptions?
    /// Whether requests and answers are compressed with LZ4, where the server can.
    public var isCompressed = false
    /// The newest version of the protocol to speak.
    public var maximumVersion = ProtocolVersion.v5
    /// Connections to each host. One carries 32,768 requests at a time, in fewer and larger sends and reads than several would
    /// do, so the next is used only where 256 KiB of answers are expected over those before it: the host then works with
    /// another thread for each, and small answers need not wait behind large ones.
    public var connectionsPerHost = 2

    /// How many replicas have to answer.
    public var consistency = Consistency.localQuorum
    /// Which agreement conditional writes use; the server's default where nothing is said.
    public var serialConsistency: SerialConsistency?
    /// For a whole request, retries included; looked at every 50 ms.
    public var requestTimeout = Duration.seconds(12)
    /// For making a connection, its start-up included.
    public var connectTimeout = Duration.seconds(5)
    /// Rows a page has at most; 0 for all rows at once.
    public var pageSize = 5_000
    /// Statements that stay prepared by their text; the oldest is forgotten when there are more.
    public var preparedStatementLimit = 2_048
    /// The wait before the first attempt to connect again; doubled with each failure, and shortened by chance to as little
    /// as half.
    public var reconnectionDelay = Duration.milliseconds(200)
    /// The longest wait between attempts to connect again.
    public var maximumReconnectionDelay = Duration.seconds(20)
    /// Silence after which a server is asked for a sign of life.
    public var heartbeatInterval = Duration.seconds(30)
    /// How long all hosts may take to agree on a changed schema, before the statement that changed it returns anyway.
    public var schemaAgreementTimeout = Duration.seconds(10)
    /// The loop that moves the bytes; the session makes its own where there is none. Tasks that do little but wait for answers
    /// are cheapest on the loop's own thread: see `EventLoop.executor`.
    public var eventLoop: EventLoop?

    /// A session with these hosts.
    public init(contactPoints: [Endpoint]) { self.contactPoints = contactPoints }

    /// A session with the hosts of a text like `10.0.0.1:9042,10.0.0.2`; the port is 9042 where there is none. IPv6
    /// addresses with a port stand in brackets.
    public init(contactPoints text: String) throws(CQLError) {
        var endpoints: [Endpoint] = []
        for part in text.split(separator: ",") {
            let trimmed = String(part.filter { $0 != " " })
            guard !trimmed.isEmpty else { continue }
            endpoints.append(try Self.endpoint(trimmed))
        }
        guard !endpoints.isEmpty else { throw CQLError(.configuration, "no contact point is named") }
        contactPoints = endpoints
    }

    private static func endpoint(_ text: String) throws(CQLError) -> Endpoint {
        var host = text
        var port: Substring?
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw malformed(text) }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if text.split(separator: ":", omittingEmptySubsequences: false).count == 2,
            let colon = text.firstIndex(of: ":")
        {
            host = String(text[..<colon])
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw malformed(text) }
        guard let port else { return Endpoint(host: host, port: 9042) }
        guard let number = Int(port), (1...65_535).contains(number) else { throw malformed(text) }
        return Endpoint(host: host, port: number)
    }

    private static func malformed(_ text: String) -> CQLError {
        CQLError(.configuration, "'\(text)' is no contact point: host, host:port or [address]:port is wanted")
    }

    func handshake(keyspace: String? = nil, events: [String] = []) -> Handshake.Settings {
        Handshake.Settings(
            version: maximumVersion, wantsCompression: isCompressed, credentials: credentials, keyspace: keyspace,
            events: events)
    }
}
