/// How a connection is set up: which requests go out in turn until it can be used. It does no input or output.
struct Handshake {
    /// What the connection is to be.
    struct Settings: Sendable {
        var version: ProtocolVersion = .v5
        var wantsCompression = false
        var credentials: Credentials?
        var keyspace: String?
        /// Events to be told of.
        var events: [String] = []
    }

    enum Action {
        /// Send this, framed as `encoder` says, and bring the answer.
        case send(Request)
        /// The connection can be used.
        case finished
    }

    private enum Phase {
        case options
        case startup
        case authentication
        case keyspace
        case register
        case finished
    }

    private let settings: Settings
    private var phase = Phase.options
    /// How requests are framed from here on.
    private(set) var encoder = FrameEncoder(version: .v4)
    /// How the answers after the start-up come.
    private(set) var agreement: (version: ProtocolVersion, compressed: Bool) = (.v4, false)

    init(_ settings: Settings) { self.settings = settings }

    /// The first request. It is framed as v4, which every server answers.
    func start() -> Action { .send(.options) }

    /// What follows the answer.
    mutating func received(_ response: Response) throws(CQLError) -> Action {
        switch (phase, response) {
        case (.options, .supported(let options)):
            phase = .startup
            let offered = Set((options["PROTOCOL_VERSIONS"] ?? []).filter { !$0.contains("beta") })
            let version: ProtocolVersion = settings.version >= .v5 && offered.contains("5/v5") ? .v5 : .v4
            let compressed = settings.wantsCompression && (options["COMPRESSION"] ?? []).contains("lz4")
            encoder = FrameEncoder(version: version)
            agreement = (version, compressed)
            return .send(.startup(compressed: compressed))
        case (.startup, .ready):
            enterSegments()
            return afterAuthentication()
        case (.startup, .authenticate(let mechanism)):
            enterSegments()
            guard let credentials = settings.credentials else {
                throw CQLError(.authentication, "the server wants a user name and a password (\(mechanism))")
            }
            phase = .authentication
            return .send(.authResponse(credentials.plainToken))
        case (.authentication, .authChallenge):
            throw CQLError(.authentication, "the server wants more than a user name and a password")
        case (.authentication, .authSuccess): return afterAuthentication()
        case (.keyspace, .setKeyspace): return afterKeyspace()
        case (.register, .ready):
            phase = .finished
            return .finished
        default: throw CQLError(.protocolViolation, "the server's answer does not belong to the start-up")
        }
    }

    private mutating func enterSegments() {
        encoder.isCompressed = agreement.compressed
        encoder.inSegments = agreement.version >= .v5
    }

    private mutating func afterAuthentication() -> Action {
        guard let keyspace = settings.keyspace else { return afterKeyspace() }
        phase = .keyspace
        let quoted =
            "\"" + keyspace.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        return .send(.query("USE \(quoted)", QueryParameters(consistency: .one)))
    }

    private mutating func afterKeyspace() -> Action {
        guard !settings.events.isEmpty else {
            phase = .finished
            return .finished
        }
        phase = .register
        return .send(.register(settings.events))
    }
}

/// A user name and its password.
public struct Credentials: Sendable, Hashable {
    /// The role's name.
    public var username: String
    /// Its password.
    public var password: String

    /// Credentials of these parts.
    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }

    /// The token of SASL's PLAIN (RFC 4616), without an identity to act for.
    var plainToken: [UInt8] { [0] + Array(username.utf8) + [0] + Array(password.utf8) }
}

extension Credentials: CustomStringConvertible {
    /// The user name alone.
    public var description: String { username }
}
