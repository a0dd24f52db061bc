internal import Glibc
internal import Network
internal import Synchronization

/// An HTTP/1.1 server over the event loops of `Network`: a few threads for the connections, a task for each handler that waits.
public final class HTTPServer: Sendable {
    /// What has become of connections.
    public struct Statistics: Sendable, Hashable {
        /// Connections that are open.
        public let connections: Int
        /// Connections that waited for a request and were closed to make room, since the start.
        public let evicted: Int
        /// Connections that were refused for want of room, since the start.
        public let refused: Int
        /// Headers, bodies and answers that took too long, since the start.
        public let timeouts: Int
    }

    private struct Running {
        let loops: [EventLoop]
        let listener: Listener
    }

    private enum Phase {
        case idle
        case running(Running)
        case stopped
    }

    private let core: ServerCore
    private let phase = Mutex(Phase.idle)

    /// A server that is not listening yet. `middleware` intercepts in order and finishes in order; `errorResponse`
    /// renders what handlers and hooks throw, and must not throw itself.
    public init(
        configuration: HTTPServerConfiguration = HTTPServerConfiguration(), router: Router,
        middleware: [any Middleware] = [],
        errorResponse: @escaping @Sendable (any Error, Request) -> Response = HTTPServer.plainErrorResponse
    ) throws {
        var configuration = configuration
        configuration.connectionLimit = min(
            max(1, configuration.connectionLimit), HTTPServer.connections(forFiles: HTTPServer.fileLimit))
        core = ServerCore(
            configuration: configuration, router: router, middleware: middleware, errorResponse: errorResponse)
    }

    /// Starts to listen and returns the port. Throws `cannotListen`, and `badCertificate` where the certificate or its key
    /// cannot be used.
    public func start() throws -> Int {
        try reloadCertificates()
        return try phase.withLock { phase in
            guard case .idle = phase else { throw HTTPServer.cannotListen("a server can be started only once") }
            let configuration = core.configuration
            let core = core
            do {
                let loops = try (0..<max(1, configuration.threads)).map { try EventLoop(name: "http-\($0)") }
                let listener = try Listener(host: configuration.host, port: configuration.port, on: loops[0]) {
                    core.accept($0, on: loops)
                } failed: { error in
                    core.tell("connections wait, as the system gives no more: \(error.message)")
                }
                phase = .running(Running(loops: loops, listener: listener))
                return listener.port
            } catch let error as NetworkError {
                throw HTTPServer.cannotListen(error.message, isInUse: error.code == .addressInUse)
            }
        }
    }

    /// Reads the certificate and its key anew, for connections from now on; does nothing without TLS. Blocks. Throws
    /// `badCertificate`, and goes on with what it has.
    public func reloadCertificates() throws {
        guard let files = core.configuration.certificates else { return }
        do throws(NetworkError) {
            core.setIdentity(try TLSIdentity(certificateFile: files.certificate, keyFile: files.key))
        } catch {
            throw HTTPError(.badCertificate, status: .internalServerError, message: error.message)
        }
    }

    /// Requests whose header has been read and that are not answered in full.
    public var activeRequests: Int { core.activeCount }

    /// What has become of connections until now.
    public var statistics: Statistics { core.statistics }

    /// The limit of connections in force: what was configured, or what the process's limit of files leaves.
    public var connectionLimit: Int { core.configuration.connectionLimit }

    /// Stops: no new connections and requests (503), streams that end on shutdown end, other requests have `grace` to
    /// finish, then they are cancelled and their connections closed. Returns when all is closed.
    public func shutdown(grace: Duration = .seconds(10)) async {
        let running = phase.withLock { phase -> Running? in
            guard case .running(let running) = phase else { return nil }
            phase = .stopped
            return running
        }
        guard let running else { return }
        await running.listener.close()
        core.drain()
        await core.waitUntilIdle(atMost: grace)
        // Clients that have their answers may read them.
        core.closeWaiting()
        await core.waitUntilEmpty(atMost: min(grace, .milliseconds(500)))
        core.abortAll()
        for loop in running.loops { await loop.stop() }
    }

    /// The error's message as plain text with its status; 500 without details for errors of other types.
    public static func plainErrorResponse(_ error: any Error, _ request: Request) -> Response {
        guard let error = error as? HTTPError else {
            return .text("internal error\n", status: .internalServerError)
        }
        var response = Response.text(error.message + "\n", status: error.status)
        for (name, value) in error.headers { response.headers.add(name, value) }
        return response
    }

    private static func cannotListen(_ message: String, isInUse: Bool = false) -> HTTPError {
        HTTPError(isInUse ? .addressInUse : .cannotListen, status: .serviceUnavailable, message: message)
    }

    /// The files this process may have open.
    private static var fileLimit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// The connections for which so many files are enough: a part stays with the process for what else it opens.
    static func connections(forFiles files: Int) -> Int {
        max(4, min(files - 128, files / 2 + files / 4) - ServerCore.reservedPlaces)
    }
}
