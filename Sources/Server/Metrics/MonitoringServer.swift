internal import HTTP
public import Telemetry

/// What a process without the API shows of itself: `/healthz`, `/readyz` and `/metrics`.
public final class MonitoringServer: Sendable {
    private let http: HTTPServer

    /// A server that does not listen yet, which says whether the process is ready by `isReady`. Throws
    /// `ServerConfigurationError` for a configuration that is not safe.
    public init(
        _ configuration: ServerConfiguration, instruments: Instruments, isReady: @escaping @Sendable () -> Bool
    ) throws {
        try configuration.validateMonitoring()
        var settings = HTTPServerConfiguration()
        settings.host = configuration.host
        settings.port = configuration.port
        settings.threads = 1
        settings.connectionLimit = 64
        var router = Router()
        for endpoint in [
            HealthEndpoints.alive, HealthEndpoints.ready(isReady), Monitoring.endpoint(instruments.metrics),
        ] { router.add(endpoint.route) }
        http = try HTTPServer(
            configuration: settings, router: router,
            middleware: [
                AccessPolicy(configuration, openRoutes: API.openRoutes, hostFreeRoutes: API.hostFreeRoutes)
            ],
            errorResponse: { error, _ in Problem(error).response })
    }

    /// Listens and returns the port. Throws `HTTPError.cannotListen`.
    public func start() throws -> Int { try http.start() }

    /// Stops listening.
    public func shutdown() async { await http.shutdown(grace: .seconds(1)) }
}
