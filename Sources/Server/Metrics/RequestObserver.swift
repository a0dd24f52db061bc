internal import HTTP
internal import Telemetry

/// Counts requests, logs them, and tells clients the name under which it did.
struct RequestObserver: Middleware {
    let metrics: ServerMetrics
    let log: Logger

    func finish(_ request: Request, _ response: inout Response) {
        response.headers[RequestID.field] = request.requestID
    }

    func completed(_ exchange: CompletedExchange) {
        let request = exchange.request
        metrics.ended(
            method: request.method, route: request.route, status: exchange.status, exchange.duration)
        // The path without its query, which may hold what is nobody's business.
        log.debug(
            exchange.status == nil ? "a client went away" : "request", LogField("method", request.method.rawValue),
            LogField("path", request.path), LogField("status", exchange.status?.rawValue ?? 499),
            LogField("seconds", .number(exchange.duration.seconds)), LogField("client", request.remoteAddress),
            LogField("request_id", request.requestID))
    }
}

extension Duration {
    /// The duration in seconds.
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension Route {
    /// The same route whose handler works in a span, and whose lines of the log carry the request's name.
    func observed(by tracer: Tracer) -> Route {
        guard case .asynchronous(let handle) = handler else { return self }
        return Route(
            method: method, pattern: pattern, bodyLimit: bodyLimit,
            handler: .asynchronous { request in
                try await LogField.$ofTask.withValue([LogField("request_id", request.requestID)]) {
                    let parent = SpanContext(
                        parent: request.headers[SpanContext.field], state: request.headers[SpanContext.stateField])
                    return try await tracer.span(
                        "\(request.method.rawValue) \(request.route ?? "")", kind: .server, within: parent,
                        [LogField("http.request.method", request.method.rawValue), LogField("url.path", request.path)]
                    ) { notes in
                        let response = try await handle(request)
                        notes.add([LogField("http.response.status_code", response.status.rawValue)])
                        return response
                    }
                }
            })
    }
}
