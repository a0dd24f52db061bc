internal import HTTP

/// Where the server listens, who may use it, and what it takes.
public struct ServerConfiguration: Sendable {
    /// Name or address of the interface to listen on.
    public var host = "127.0.0.1"
    /// Port to listen on; 0 takes a free one.
    public var port = 8080
    /// What clients must send as `Authorization: Bearer …`; nil lets everyone in.
    public var token: String?
    /// What may be sent instead by those who only read metrics; nil where the other token is needed for that.
    public var metricsToken: String?
    /// Listen beyond the loopback interface without a token.
    public var isInsecure = false
    /// Host names clients may use besides loopback names and `host`, in lower case, without a port.
    public var allowedHosts: Set<String> = []
    /// Longest upload, in bytes.
    public var uploadLimit = 64 << 30
    /// Longest JSON body, in bytes.
    public var documentLimit = 32 << 20
    /// Columns that an uploaded table may have.
    public var columnLimit = 100_000
    /// PEM files of the certificate, followed by those between it and an authority, and of its key; nil for plain HTTP.
    public var certificateFile: String?
    /// See `certificateFile`.
    public var keyFile: String?
    /// Most connections at a time; it is lowered to what the process's limit of files leaves.
    public var connectionLimit = 10_000
    /// Most connections at a time from one address; nil for no such limit.
    public var connectionsPerAddress: Int?
    /// Longest request line and header together, in bytes.
    public var headerLimit = 16 << 10
    /// How long a request's header may take.
    public var headerTimeout = Duration.seconds(10)
    /// How long a connection may wait for its next request.
    public var idleTimeout = Duration.seconds(60)
    /// Bytes a second that a body has to bring, and a client to take of its answer, on the average of 30 seconds.
    public var leastPace = 1000
    /// Threads that read and write connections.
    public var threads = 2
    /// Time after which a stream of events that has nothing to tell sends a comment.
    public var heartbeat = Duration.seconds(15)
    /// Time that requests under way get when the server stops.
    public var grace = Duration.seconds(10)
    /// The web UI; nil shows a plain page instead.
    public var site: Site?
    /// Where to look at the installation besides, such as Grafana: titles and addresses, shown to people.
    public var links: [Link] = []
    /// The version shown to clients.
    public var version = "0.1.0"

    /// A place that people may want to go to.
    public struct Link: Sendable, Hashable, Codable {
        /// Its name.
        public var title: String
        /// Its address.
        public var href: String

        /// A link of these parts.
        public init(title: String, href: String) {
            self.title = title
            self.href = href
        }
    }

    /// The defaults: port 8080 on the loopback interface.
    public init() {}

    /// Whether only this machine can connect.
    public var isLoopback: Bool { HostName.isLoopback(host) }

    /// Whether clients come with TLS.
    public var usesTLS: Bool { certificateFile != nil }

    /// What is said where a token would cross a network that others may listen to; nil where it does not.
    public var clearTextWarning: String? {
        guard token != nil || metricsToken != nil, !isLoopback, !usesTLS else { return nil }
        return
            "tokens cross the network in clear text: give --tls-certificate and --tls-key, or let a proxy before this one do TLS"
    }

    /// The settings of the HTTP server, with these routes answered beyond the limit of connections too.
    func http(vitalPaths: Set<String>) -> HTTPServerConfiguration {
        var settings = HTTPServerConfiguration()
        settings.host = host
        settings.port = port
        if let certificateFile, let keyFile {
            settings.certificates = CertificateFiles(certificate: certificateFile, key: keyFile)
        }
        settings.threads = threads
        settings.connectionLimit = connectionLimit
        settings.connectionsPerAddress = connectionsPerAddress
        settings.headerLimit = headerLimit
        settings.headerTimeout = headerTimeout
        settings.idleTimeout = idleTimeout
        settings.leastPace = leastPace
        settings.vitalPaths = vitalPaths
        return settings
    }

    /// Throws `ServerConfigurationError` for a server that would be open to others without a token, and for a token
    /// that no client could send.
    public func validate() throws {
        try checkTokens()
        if token == nil, !isLoopback, !isInsecure {
            throw ServerConfigurationError(
                message: """
                    refusing to listen on \(host) without a token: set MARTLET_API_TOKEN or MARTLET_API_TOKEN_FILE, or \
                    pass --insecure to let everyone in
                    """)
        }
    }

    /// Throws `ServerConfigurationError` where nothing but metrics is served, and they would be open to others.
    public func validateMonitoring() throws {
        try checkTokens()
        if token == nil, metricsToken == nil, !isLoopback, !isInsecure {
            throw ServerConfigurationError(
                message: """
                    refusing to show metrics on \(host) without a token: set MARTLET_METRICS_TOKEN or MARTLET_API_TOKEN, or \
                    pass --insecure to let everyone in
                    """)
        }
    }

    private func checkTokens() throws {
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw ServerConfigurationError(message: "a certificate and its key are given together or not at all")
        }
        for (name, token) in [("API", token), ("metrics", metricsToken)] {
            guard let token else { continue }
            guard !token.isEmpty, token.utf8.allSatisfy({ (33...126).contains($0) }) else {
                throw ServerConfigurationError(
                    message: "the \(name) token must be of visible ASCII characters without spaces, and not empty")
            }
        }
    }
}

/// Why a server cannot be run as it is configured.
public struct ServerConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line for people.
    public let message: String

    /// The message.
    public var description: String { message }
}
