internal import HTTP
internal import Platform
internal import Telemetry

/// Every call there is, and the router that knows them.
struct API: Sendable {
    static let documentPath = "/api/v1/openapi.json"
    /// Routes that need no token: they tell nothing of what the server holds.
    static let openRoutes: Set<String> = [
        "/healthz", "/readyz", ServerEndpoints.path, LandingPage.path, LandingPage.stylePath, Site.pattern,
    ]
    /// Paths that are answered when there are too many connections for anything else.
    static let vitalPaths: Set<String> = ["/healthz", "/readyz", Monitoring.path]
    /// Routes that probes call under whatever name they know.
    static let hostFreeRoutes: Set<String> = ["/healthz", "/readyz"]

    /// The described calls.
    let endpoints: [Endpoint]
    /// All routes: the described calls, and the pages for people.
    let router: Router
    /// What is counted of the calls.
    let metrics: ServerMetrics

    /// Bytes of an experiment's settings, which are read as a whole.
    private static let settingsLimit = 4 << 20

    init(service: MartletService, configuration: ServerConfiguration, instruments: Instruments = Instruments()) {
        metrics = ServerMetrics(instruments.metrics)
        var endpoints =
            DatasetEndpoints(
                service: service, uploadLimit: configuration.uploadLimit, columnLimit: configuration.columnLimit,
                metrics: metrics
            ).all
        endpoints += ExampleEndpoints(service: service).all
        endpoints +=
            ExperimentEndpoints(
                service: service, documentLimit: min(configuration.documentLimit, API.settingsLimit),
                heartbeat: configuration.heartbeat
            ).all
        endpoints +=
            ModelEndpoints(
                service: service, documentLimit: configuration.documentLimit, uploadLimit: configuration.uploadLimit,
                columnLimit: configuration.columnLimit, metrics: metrics
            ).all
        endpoints += ExplanationEndpoints(service: service, documentLimit: configuration.documentLimit).all
        endpoints += ModelPageEndpoints(service: service).all
        endpoints += HealthEndpoints(service: service, links: configuration.links).all
        endpoints.append(Monitoring.endpoint(instruments.metrics))
        endpoints += ServerEndpoints(configuration: configuration).all
        endpoints.append(API.document(of: endpoints, configuration))
        self.endpoints = endpoints
        var router = Router()
        for endpoint in endpoints { router.add(endpoint.route.observed(by: instruments.tracer)) }
        if let site = configuration.site {
            router.onUnrouted { site.route(for: $0) }
        } else {
            for route in LandingPage(version: configuration.version).routes { router.add(route) }
        }
        self.router = router
    }

    /// The call that gives the document, which describes itself too. The document is made when it is asked for.
    private static func document(of endpoints: [Endpoint], _ configuration: ServerConfiguration) -> Endpoint {
        @Sendable func endpoint(_ handler: Route.Handler) -> Endpoint {
            Endpoint(
                method: .get, path: documentPath, name: "getDocument", tag: "operation", summary: "This document.",
                answers: [
                    .init(
                        status: .ok, description: "An OpenAPI 3.1 document.",
                        content: [Endpoint.Content(mediaType: "application/json", schema: ["type": "object"])])
                ], handler: handler)
        }
        return endpoint(
            .asynchronous { _ in
                let all = endpoints + [endpoint(.immediate { _ in Response() })]
                let document = OpenAPIDocument(
                    endpoints: all, version: configuration.version, needsToken: configuration.token != nil,
                    openPaths: openRoutes)
                return .json(bytes: document.value.encoded)
            })
    }
}
