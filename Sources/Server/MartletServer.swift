internal import HTTP
public import Platform
public import Telemetry

/// Martlet's HTTP API over a service: datasets, experiments, models, and the pages for people and probes.
public final class MartletServer: Sendable {
    private let configuration: ServerConfiguration
    private let service: MartletService
    private let http: HTTPServer
    private let log: Logger

    /// A server that does not listen yet. Throws `ServerConfigurationError` for a configuration that is not safe.
    public init(
        _ configuration: ServerConfiguration, service: MartletService, instruments: Instruments = Instruments()
    ) throws {
        try configuration.validate()
        self.configuration = configuration
        self.service = service
        log = instruments.log
        let log = log
        var settings = configuration.http(vitalPaths: API.vitalPaths)
        settings.onTrouble = { log.warning($0) }
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
                        LogField("path", request.path), LogField("error", "\(error)"),
                        LogField("request_id", request.requestID))
                }
                return problem.response
            })
        api.metrics.register(http, in: instruments.metrics)
        api.metrics.register(service.longWork, in: instruments.metrics)
    }

    /// Listens, then starts the service, and returns the port. Until the service is ready, `/readyz` says so.
    /// Throws `HTTPError` where it cannot listen or the certificate cannot be used, and what the service throws.
    @discardableResult
    public func start() async throws -> Int {
        if let warning = configuration.clearTextWarning { log.warning(warning) }
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

    /// Takes the certificate and its key anew from their files, for connections from now on. Where they cannot be used the log
    /// says so, and the server goes on with those it has.
    public func reloadCertificates() { http.reloadCertificates(log) }

    /// Starts, calls `onReady` with the port, and runs until SIGTERM or SIGINT, or until the task is cancelled; then it
    /// shuts down. A second signal ends the process at once. SIGHUP takes the certificate anew.
    public func run(onReady: @Sendable (Int) -> Void = { _ in }) async throws {
        try await Termination.run {
            onReady(try await start())
        } stop: {
            await shutdown()
        } hangUp: {
            self.reloadCertificates()
        }
    }
}

extension HTTPServer {
    /// Takes the certificate anew and says in the log what came of it.
    func reloadCertificates(_ log: Logger) {
        do {
            try reloadCertificates()
            log.info("the certificate was taken anew")
        } catch {
            log.error("the certificate cannot be taken anew", LogField("error", "\(error)"))
        }
    }
}
