internal import HTTP
internal import Telemetry

/// Counts requests and logs them.
struct RequestObserver: Middleware {
    let metrics: ServerMetrics
    let log: Logger

    func completed(_ exchange: CompletedExchange) {
        let request = exchange.request
        metrics.ended(
            method: request.method, route: request.route, status: exchange.status, exchange.duration)
    }
}
