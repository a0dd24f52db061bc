/// What one process is watched by, handed from whoever makes the process's parts to each of them.
public struct Instruments: Sendable {
    /// Its metrics.
    public let metrics: MetricRegistry
    /// Its log.
    public let log: Logger
    /// What makes its spans.
    public let tracer: Tracer

    /// Instruments of these parts; by default nobody reads them.
    public init(metrics: MetricRegistry = MetricRegistry(), log: Logger = .silent, tracer: Tracer = Tracer()) {
        self.metrics = metrics
        self.log = log
        self.tracer = tracer
    }
}
