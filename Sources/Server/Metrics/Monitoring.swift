internal import HTTP
internal import Telemetry

/// The call that gives the metrics.
enum Monitoring {
    static let path = "/metrics"

    static func endpoint(_ registry: MetricRegistry) -> Endpoint {
        Endpoint(
            method: .get, path: path, name: "getMetrics", tag: "operation",
            summary:
                "What the process counts, in the text format of Prometheus or, by `Accept`, OpenMetrics. Takes the metrics "
                + "token besides the API's.",
            answers: [
                .init(
                    status: .ok, description: "The metrics.",
                    content: [.file("text/plain"), .file("application/openmetrics-text")])
            ],
            handler: .immediate { request in
                let format = Exposition.negotiated(accept: request.headers["Accept"])
                return Response(
                    headers: ["Content-Type": format.contentType, "Vary": "Accept"],
                    body: .bytes(format.write(registry.collected())))
            })
    }
}
