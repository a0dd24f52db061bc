internal import Synchronization

/// The metrics of one process, or of one service in it. Each is registered once; there is no registry for all.
public final class MetricRegistry: Sendable {
    private struct Source: Sendable {
        let metrics: [Measure]
        let collect: @Sendable (inout MetricCollection) -> Void
    }

    private let sources = Mutex<[Source]>([])

    /// An empty registry.
    public init() {}

    /// A counter without labels.
    public func counter(_ measure: Measure) -> Counter { single(measure) }

    /// A gauge without labels.
    public func gauge(_ measure: Measure) -> Gauge { single(measure) }

    /// A histogram without labels.
    public func histogram(_ measure: Measure) -> Histogram { single(measure) }

    /// Counters by the values of their labels, at most `limit` of them.
    public func counters(_ measure: Measure, limit: Int = 500) -> Family<Counter> { family(measure, limit) }

    /// Gauges by the values of their labels, at most `limit` of them.
    public func gauges(_ measure: Measure, limit: Int = 500) -> Family<Gauge> { family(measure, limit) }

    /// Histograms by the values of their labels, at most `limit` of them.
    public func histograms(_ measure: Measure, limit: Int = 200) -> Family<Histogram> { family(measure, limit) }

    /// Has `body` asked for these metrics at every collection, for what is counted elsewhere. It must neither block nor wait.
    public func collect(_ metrics: [Measure], _ body: @escaping @Sendable (inout MetricCollection) -> Void) {
        sources.withLock { sources in
            let known = Set(sources.flatMap { $0.metrics.map(\.name) })
            for measure in metrics {
                precondition(!known.contains(measure.name), "\(measure.name) is registered twice")
            }
            sources.append(Source(metrics: metrics, collect: body))
        }
    }

    /// All metrics with what they say now, by name; those without a series are left out.
    public func collected() -> [CollectedMetric] {
        var all: [CollectedMetric] = []
        for source in sources.withLock({ $0 }) {
            var collection = MetricCollection(metrics: source.metrics)
            source.collect(&collection)
            for measure in source.metrics {
                if let samples = collection.samples[measure.name], !samples.isEmpty {
                    all.append(CollectedMetric(measure: measure, samples: samples))
                }
            }
        }
        return all.sorted { $0.measure.name < $1.measure.name }
    }

    private func single<Value: Instrument>(_ measure: Measure) -> Value {
        precondition(measure.labels.isEmpty, "\(measure.name) has labels")
        let family: Family<Value> = family(measure, 1)
        return family()
    }

    private func family<Value: Instrument>(_ measure: Measure, _ limit: Int) -> Family<Value> {
        precondition(measure.kind == Value.kind, "\(measure.name) is a \(measure.kind.rawValue)")
        let family = Family<Value>(measure, limit: limit)
        collect([measure]) { collection in
            for sample in family.samples { collection.add(measure, sample) }
        }
        return family
    }
}

/// A metric and what its series say at one moment.
public struct CollectedMetric: Sendable, Hashable {
    /// The declaration.
    public let measure: Measure
    /// Its series.
    public let samples: [MetricSample]

    /// A metric with its series.
    public init(measure: Measure, samples: [MetricSample]) {
        self.measure = measure
        self.samples = samples
    }
}

/// Takes what a collector has to say.
public struct MetricCollection {
    fileprivate let metrics: [Measure]
    fileprivate var samples: [String: [MetricSample]] = [:]

    fileprivate init(metrics: [Measure]) { self.metrics = metrics }

    /// Adds a number under these values of the labels.
    public mutating func add(_ measure: Measure, _ labels: [String], _ number: Double) {
        add(measure, MetricSample(labels: labels, value: .number(number)))
    }

    /// Adds a number under these values of the labels.
    public mutating func add(_ measure: Measure, _ labels: [String], _ number: some BinaryInteger) {
        add(measure, labels, Double(number))
    }

    /// Adds the number of a metric without labels.
    public mutating func add(_ measure: Measure, _ number: Double) { add(measure, [], number) }

    /// Adds the number of a metric without labels.
    public mutating func add(_ measure: Measure, _ number: some BinaryInteger) { add(measure, [], number) }

    /// Adds a series.
    public mutating func add(_ measure: Measure, _ sample: MetricSample) {
        precondition(metrics.contains(measure), "the collector did not declare \(measure.name)")
        precondition(sample.labels.count == measure.labels.count, "\(measure.name) has labels \(measure.labels)")
        samples[measure.name, default: []].append(sample)
    }
}
