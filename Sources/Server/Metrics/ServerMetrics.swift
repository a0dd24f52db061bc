internal import HTTP
internal import Platform
public import Telemetry

/// The metrics of requests, uploads and predictions, all of them declared here.
public final class ServerMetrics: Sendable {
    static let requests = Measure.counter(
        "martlet_http_requests_total",
        """
        Requests answered, by the route's pattern (“site” for files of the web UI, “none” where nothing is routed); status 499 \
        is a client that went away
        """, labels: ["method", "route", "status"])
    static let seconds = Measure.histogram(
        "martlet_http_request_duration_seconds",
        "Time from a request's header to the end of its response; streams of events are not in it",
        labels: ["method", "route"], bounds: Measure.requestSeconds + [30, 60])
    static let inFlight = Measure.gauge("martlet_http_requests_in_flight", "Requests under way, streams included")
    static let connections = Measure.gauge("martlet_http_connections", "Connections that are open")
    static let evicted = Measure.counter(
        "martlet_http_connections_evicted_total", "Connections that waited for a request and were closed to make room")
    static let refused = Measure.counter(
        "martlet_http_connections_refused_total", "Connections that were refused for want of room")
    static let timeouts = Measure.counter(
        "martlet_http_timeouts_total", "Headers, bodies and readers of answers that took too long")
    static let uploads = Measure.counter(
        "martlet_dataset_uploads_total", "Uploads of datasets by what became of them", labels: ["outcome"])
    static let uploadBytes = Measure.counter(
        "martlet_dataset_upload_bytes_total", "Bytes of files that were uploaded whole")
    static let predictions = Measure.counter(
        "martlet_predictions_total", "Rows predicted: “rows” come in JSON, those of “file” as a table", labels: ["mode"]
    )
    static let predictionSeconds = Measure.histogram(
        "martlet_prediction_duration_seconds", "Time of a call that predicts, whatever its rows", labels: ["mode"],
        bounds: Measure.requestSeconds + [30, 60])

    private static let ofConnections = [inFlight, connections, evicted, refused, timeouts]

    static let longWork = Measure.gauge(
        "martlet_long_work",
        "Predicted files, explanations, uploads that are read and the like: those that take turns are “begun”, others “waiting”",
        labels: ["state"])
    static let longWorkEnded = Measure.counter(
        "martlet_long_work_ended_early_total",
        "Such work that was “refused” because too much of it waited, or “cancelled” because its client had left",
        labels: ["reason"])

    /// What a process that serves the API has.
    public static let all =
        [requests, seconds] + ofConnections + [
            uploads, uploadBytes, predictions, predictionSeconds, longWork, longWorkEnded,
        ]

    /// What became of an upload.
    enum Outcome: String, CaseIterable {
        case stored, refused, failed
    }

    /// How rows to predict come.
    enum Mode: String, CaseIterable {
        case rows, file
    }

    private let requestCounts: Family<Counter>
    private let durations: Family<Histogram>
    private let uploadCounts: Family<Counter>
    private let uploaded: Counter
    private let predicted: Family<Counter>
    private let predictionDurations: Family<Histogram>

    init(_ registry: MetricRegistry) {
        requestCounts = registry.counters(ServerMetrics.requests, limit: 2000)
        durations = registry.histograms(ServerMetrics.seconds)
        uploadCounts = registry.counters(ServerMetrics.uploads)
        uploaded = registry.counter(ServerMetrics.uploadBytes)
        predicted = registry.counters(ServerMetrics.predictions)
        predictionDurations = registry.histograms(ServerMetrics.predictionSeconds)
        for outcome in Outcome.allCases { _ = uploadCounts(outcome.rawValue) }
        for mode in Mode.allCases { _ = predicted(mode.rawValue) }
    }

    /// Has the requests under way told of.
    func register(_ http: HTTPServer, in registry: MetricRegistry) {
        registry.collect(ServerMetrics.ofConnections) { [weak http] collection in
            guard let http else { return }
            let statistics = http.statistics
            collection.add(ServerMetrics.inFlight, http.activeRequests)
            collection.add(ServerMetrics.connections, statistics.connections)
            collection.add(ServerMetrics.evicted, statistics.evicted)
            collection.add(ServerMetrics.refused, statistics.refused)
            collection.add(ServerMetrics.timeouts, statistics.timeouts)
        }
    }

    /// Has the long work told of.
    func register(_ work: LongWork, in registry: MetricRegistry) {
        registry.collect([ServerMetrics.longWork, ServerMetrics.longWorkEnded]) { collection in
            let statistics = work.statistics
            collection.add(ServerMetrics.longWork, ["begun"], statistics.begun)
            collection.add(ServerMetrics.longWork, ["waiting"], statistics.waiting)
            collection.add(ServerMetrics.longWorkEnded, ["refused"], statistics.refused)
            collection.add(ServerMetrics.longWorkEnded, ["cancelled"], statistics.cancelled)
        }
    }

    /// A request is over.
    func ended(method: Method, route: String?, status: Status?, _ duration: Duration) {
        let known: Set<Method> = [.get, .head, .post, .put, .patch, .delete]
        let method = known.contains(method) ? method.rawValue : "other"
        let route = route == Site.pattern ? "site" : route ?? "none"
        requestCounts(method, route, "\(status?.rawValue ?? 499)").increment()
        if route != EventStream.route { durations(method, route).observe(duration) }
    }

    /// The file of an upload has come.
    func received(bytes: Int) { uploaded.increment(by: bytes) }

    /// An upload is over.
    func uploadEnded(_ outcome: Outcome) { uploadCounts(outcome.rawValue).increment() }

    /// Rows were predicted.
    func predicted(_ rows: Int, mode: Mode, _ duration: Duration) {
        predicted(mode.rawValue).increment(by: rows)
        predictionDurations(mode.rawValue).observe(duration)
    }
}
