internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// An HTTP/1.1 server over libmicrohttpd: a pool of threads for the connections, a task for each handler that waits.
public final class HTTPServer: Sendable {
    private struct Daemon: @unchecked Sendable {
        let pointer: OpaquePointer
        let core: Unmanaged<ServerCore>
    }

    private enum Phase {
        case idle
        case running(Daemon)
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
        core = try ServerCore(
            configuration: configuration, router: router, middleware: middleware, errorResponse: errorResponse)
    }

    /// Starts to listen and returns the port. Throws `cannotListen`.
    public func start() throws -> Int {
        try phase.withLock { phase in
            guard case .idle = phase else {
                throw HTTPError(
                    .cannotListen, status: .serviceUnavailable, message: "a server can be started only once")
            }
            let configuration = core.configuration
            let socket = try ListeningSocket(host: configuration.host, port: configuration.port)
            let retained = Unmanaged.passRetained(core)
            let context = retained.toOpaque()
            // The header's lines are kept twice: as they are read and as entries that point into them.
            let memory = max(64 * 1024, configuration.headerLimit * 3)
            guard
                let daemon = martlet_mhd_start(
                    socket.descriptor, UInt32(max(1, configuration.threads)), memory,
                    UInt32(configuration.connectionLimit), UInt32(configuration.connectionsPerAddress ?? 0),
                    UInt32(configuration.idleTimeout), accessExchange, context, beginExchange, context,
                    completeExchange, context)
            else {
                let reason = String(cString: strerror(errno))
                close(socket.descriptor)
                retained.release()
                throw HTTPError(
                    .cannotListen, status: .serviceUnavailable, message: "cannot start the HTTP server: \(reason)")
            }
            let monitor = core.monitor
            Thread.start { monitor.run() }
            phase = .running(Daemon(pointer: daemon, core: retained))
            return socket.port
        }
    }

    /// Requests whose header has been read and that are not answered in full.
    public var activeRequests: Int { core.activeCount }

    /// Stops: no new connections and requests (503), streams that end on shutdown end, other requests have `grace` to
    /// finish, then they are cancelled and their connections closed. Returns when all is closed.
    public func shutdown(grace: Duration = .seconds(10)) async {
        let running = phase.withLock { phase -> Daemon? in
            guard case .running(let daemon) = phase else { return nil }
            phase = .stopped
            return daemon
        }
        guard let daemon = running else { return }
        let listening = MHD_quiesce_daemon(daemon.pointer)
        if listening >= 0 { close(listening) }
        core.drain()
        await core.waitUntilIdle(atMost: grace)
        // From here on nothing suspends a connection: libmicrohttpd must not be stopped while one is.
        core.endAll()
        await withCheckedContinuation { continuation in
            // Joins the connections' threads.
            Thread.start {
                MHD_stop_daemon(daemon.pointer)
                continuation.resume()
            }
        }
        core.monitor.stop()
        daemon.core.release()
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
}
