internal import HTTP
public import Platform
public import Telemetry

/// Martlet's HTTP API over a service: datasets, experiments, models, and the pages for people and probes.
public final class MartletServer: Sendable {
    private let configuration: ServerConfiguration
    private let service: MartletService
    private let http: HTTPServer

    /// A server that does not listen yet. Throws `ServerConfigurationError` for a configuration that is not safe.
    public init(
        _ configuration: ServerConfiguration, service: MartletService, instruments: Instruments = Instruments()
    ) throws {
        try configuration.validate()
        self.configuration = configuration
        self.service = service
        var settings = HTTPServerConfiguration()
        settings.host = configuration.host
        settings.port = configuration.port
        settings.threads = configuration.threads
        settings.connectionLimit = configuration.connectionLimit
        settings.connectionsPerAddress = configuration.connectionsPerAddress
        let log = instruments.log
        let api = API(service: service, configuration: configuration, instruments: instruments)
        http = try HTTPServer(
            configuration: settings, router: api.router,
            middleware: [
                AccessPolicy(configuration, openRoutes: API.openRoutes, hostFreeRoutes: API.hostFreeRoutes),
                RequestObserver(metrics: api.metrics, log: log),
            ],
            errorResponse: { error, request in
                let problem = Problem(error)
                if problem.status == .internalServerError {
                    log.error(
                        "a request failed", LogField("method", request.method.rawValue),
                        LogField("path", request.path), LogField("error", "\(error)"))
                }
                return problem.response
            })
        api.metrics.register(http, in: instruments.metrics)
    }

    /// Listens, then starts the service, and returns the port. Until the service is ready, `/readyz` says so.
    /// Throws `HTTPError.cannotListen`, and what the service throws.
    @discardableResult
    public func start() async throws -> Int {
        let port = try http.start()
        do {
            try await service.start()
        } catch {
            await http.shutdown(grace: .zero)
            throw error
        }
        return port
    }

    /// Stops listening, lets requests under way finish within the configured grace, ends event streams, and then shuts
    /// the service down; experiments go on at the next start.
    public func shutdown() async {
        await http.shutdown(grace: configuration.grace)
        await service.shutdown()
    }

    /// Starts, calls `onReady` with the port, and runs until SIGTERM or SIGINT, or until the task is cancelled; then it
    /// shuts down. A second signal ends the process at once.
    public func run(onReady: @Sendable (Int) -> Void = { _ in }) async throws {
        try await Termination.run {
            onReady(try await start())
        } stop: {
            await shutdown()
        }
    }
}
