internal import HTTP
public import Telemetry

/// What a process without the API shows of itself: `/healthz`, `/readyz` and `/metrics`.
public final class MonitoringServer: Sendable {
    private let http: HTTPServer
    private let log: Logger
    private let warning: String?

    /// A server that does not listen yet, which says whether the process is ready by `isReady`. Throws
    /// `ServerConfigurationError` for a configuration that is not safe.
    public init(
        _ configuration: ServerConfiguration, instruments: Instruments, isReady: @escaping @Sendable () -> Bool
    ) throws {
        try configuration.validateMonitoring()
        log = instruments.log
        warning = configuration.clearTextWarning
        var settings = configuration.http(vitalPaths: API.vitalPaths)
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

    /// Listens and returns the port. Throws `HTTPError` where it cannot listen or the certificate cannot be used.
    public func start() throws -> Int {
        if let warning { log.warning(warning) }
        return try http.start()
    }

    /// Takes the certificate and its key anew from their files, as `MartletServer` does.
    public func reloadCertificates() { http.reloadCertificates(log) }

    /// Stops listening.
    public func shutdown() async { await http.shutdown(grace: .seconds(1)) }
}
