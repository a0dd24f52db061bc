internal import HTTP

/// Who may ask for what, and the header fields that keep browsers from helping others to.
struct AccessPolicy: Middleware {
    private let token: [UInt8]?
    private let metricsToken: [UInt8]?
    private let allowedHosts: Set<String>
    private let acceptsAddresses: Bool
    private let acceptsAllHosts: Bool
    private let acceptsAllHostsForMetrics: Bool
    private let openRoutes: Set<String>
    private let hostFreeRoutes: Set<String>

    /// `openRoutes` need no token; `hostFreeRoutes`, which probes call under any name, no known `Host` either.
    init(_ configuration: ServerConfiguration, openRoutes: Set<String>, hostFreeRoutes: Set<String>) {
        token = configuration.token.map { Array($0.utf8) }
        metricsToken = configuration.metricsToken.map { Array($0.utf8) }
        allowedHosts = Set(configuration.allowedHosts.map { $0.lowercased() }).union([configuration.host.lowercased()])
        acceptsAddresses = !configuration.isLoopback
        // A page that rebinds its own name to this address cannot know the token.
        acceptsAllHosts =
            !configuration.isLoopback && configuration.token != nil && configuration.allowedHosts.isEmpty
        acceptsAllHostsForMetrics =
            !configuration.isLoopback && configuration.metricsToken != nil && configuration.allowedHosts.isEmpty
        self.openRoutes = openRoutes
        self.hostFreeRoutes = hostFreeRoutes
    }

    func intercept(_ request: Request) throws -> Response? {
        let route = request.route ?? ""
        if !hostFreeRoutes.contains(route) { try checkHost(request) }
        try checkOrigin(request)
        if !openRoutes.contains(route) { try checkToken(request) }
        return nil
    }

    func finish(_ request: Request, _ response: inout Response) {
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if response.headers["Content-Security-Policy"] == nil {
            response.headers["Content-Security-Policy"] =
                "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        }
        if response.headers["Cache-Control"] == nil { response.headers["Cache-Control"] = "no-store" }
    }

    /// A page of another site can give its own name this server's address (DNS rebinding); the name gives it away.
    private func checkHost(_ request: Request) throws {
        let hosts = request.headers.values("Host")
        guard hosts.count == 1, let host = HostName(hosts[0]),
            isKnown(host.name) || (request.route == Monitoring.path && acceptsAllHostsForMetrics)
        else {
            throw Problem.field(
                "Host", "this server does not answer under that name; --allowed-hosts adds names",
                status: .misdirectedRequest, code: "unknown_host")
        }
    }

    private func isKnown(_ name: String) -> Bool {
        acceptsAllHosts || HostName.isLoopback(name) || allowedHosts.contains(name)
            || (acceptsAddresses && HostName.isAddress(name))
    }

    /// Browsers name the site a request comes from; one of another site is not answered, whatever it carries.
    private func checkOrigin(_ request: Request) throws {
        if request.headers["Sec-Fetch-Site"] == "cross-site", !isVisit(request) { throw AccessPolicy.foreignOrigin }
        guard let origin = request.headers["Origin"] else { return }
        guard let scheme = origin.firstRange(of: "://"),
            let host = HostName(String(origin[scheme.upperBound...])),
            let own = request.headers["Host"].flatMap(HostName.init), host == own
        else { throw AccessPolicy.foreignOrigin }
    }

    /// Whether a link of another site brings someone to a page.
    private func isVisit(_ request: Request) -> Bool {
        request.method == .get && [LandingPage.path, Site.pattern].contains(request.route ?? "")
            && request.headers["Sec-Fetch-Dest"] ?? "document" == "document"
    }

    private static let foreignOrigin = Problem.field(
        "Origin", "requests from pages of other sites are not answered", status: .forbidden, code: "foreign_origin")

    private func checkToken(_ request: Request) throws {
        let tokens = [token, request.route == Monitoring.path ? metricsToken : nil].compactMap { $0 }
        guard !tokens.isEmpty else { return }
        let fields = request.headers.values("Authorization")
        let scheme = "bearer "
        if fields.count == 1, fields[0].prefix(scheme.count).lowercased() == scheme {
            let given = fields[0].dropFirst(scheme.count).drop { $0 == " " }
            if tokens.count(where: { AccessPolicy.isEqual(Array(given.utf8), $0) }) > 0 { return }
        }
        throw Problem(
            status: .unauthorized, code: "unauthorized",
            detail: "this server wants its token as Authorization: Bearer …",
            headers: ["WWW-Authenticate": "Bearer realm=\"martlet\""])
    }

    /// Compares in a time that depends on the given text's length alone.
    static func isEqual(_ given: [UInt8], _ secret: [UInt8]) -> Bool {
        var difference = UInt(bitPattern: given.count ^ secret.count)
        for index in given.indices { difference |= UInt(given[index] ^ secret[index % max(1, secret.count)]) }
        return difference == 0
    }
}
