internal import Synchronization

/// The series of one metric, each under the values of its labels, made when they are asked for.
///
/// Looking a series up takes a lock for a moment; who counts often keeps the series. The number of series is bounded: values
/// that come after the last one are counted together under `other`.
public final class Family<Value: Instrument>: Sendable {
    /// The value of every label of the series for all beyond the limit.
    public static var overflow: String { "other" }
    /// Longest value of a label, in bytes.
    private static var longest: Int { 200 }

    /// Its declaration.
    public let measure: Measure
    private let limit: Int
    private let series = Mutex<[[String]: Value]>([:])

    init(_ measure: Measure, limit: Int) {
        self.measure = measure
        self.limit = limit
    }

    /// The series of these values of the labels, in the order of the declaration.
    public func callAsFunction(_ values: String...) -> Value { self[values] }

    /// The series of these values of the labels, in the order of the declaration.
    public subscript(values: [String]) -> Value {
        precondition(values.count == measure.labels.count, "\(measure.name) has labels \(measure.labels)")
        return series.withLock { series in
            if let known = series[values] { return known }
            let isFine = series.count < limit && values.allSatisfy { $0.utf8.count <= Family.longest }
            let key = isFine ? values : values.map { _ in Family.overflow }
            if let known = series[key] { return known }
            let new = Value(measure)
            series[key] = new
            return new
        }
    }

    var samples: [MetricSample] {
        series.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { MetricSample(labels: $0.key, value: $0.value.value) }
    }
}

/// One series of a metric at one moment.
public struct MetricSample: Sendable, Hashable {
    /// The values of its labels, in the order of the declaration.
    public let labels: [String]
    /// What it says.
    public let value: SampleValue

    /// A sample of these parts.
    public init(labels: [String] = [], value: SampleValue) {
        self.labels = labels
        self.value = value
    }
}
