internal import Synchronization

/// Something of a registry that counts. Updates take no lock.
public protocol Instrument: AnyObject, Sendable {
    /// One of a declared metric.
    init(_ measure: Measure)
    /// The kind of metric it is for.
    static var kind: Measure.Kind { get }
    /// What it says now.
    var value: SampleValue { get }
}

/// What a series says at one moment.
public enum SampleValue: Sendable, Hashable {
    /// The number of a counter or a gauge.
    case number(Double)
    /// A histogram: how many values each bucket has, the last one for all beyond the bounds, and the sum of all.
    case histogram(counts: [UInt64], sum: Double)
}

/// A whole number that only grows.
public final class Counter: Instrument {
    /// Counters.
    public static let kind = Measure.Kind.counter
    private let count = Atomic<UInt64>(0)

    /// A counter at 0.
    public init(_ measure: Measure) {}

    /// Adds to it; what is below 0 adds nothing.
    public func increment(by amount: Int = 1) {
        if amount > 0 { count.wrappingAdd(UInt64(amount), ordering: .relaxed) }
    }

    /// The count so far.
    public var total: UInt64 { count.load(ordering: .relaxed) }

    /// The count so far.
    public var value: SampleValue { .number(Double(total)) }
}

/// A number that goes up and down.
public final class Gauge: Instrument {
    /// Gauges.
    public static let kind = Measure.Kind.gauge
    private let bits = Atomic<UInt64>(0)

    /// A gauge at 0.
    public init(_ measure: Measure) {}

    /// Sets it.
    public func set(_ number: Double) { bits.store(number.bitPattern, ordering: .relaxed) }

    /// Sets it.
    public func set(_ number: Int) { set(Double(number)) }

    /// Adds to it.
    public func add(_ number: Double) { bits.add(number) }

    /// What it was set to.
    public var number: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    /// What it was set to.
    public var value: SampleValue { .number(number) }
}

/// Values counted by size.
public final class Histogram: Instrument, @unchecked Sendable {
    // Sendable by hand: the memory holds atomics alone and stays where it is.

    /// Histograms.
    public static let kind = Measure.Kind.histogram
    private let bounds: [Double]
    private let counts: UnsafeMutableBufferPointer<Atomic<UInt64>>
    private let sum = Atomic<UInt64>(0)

    /// An empty histogram with the metric's bounds.
    public init(_ measure: Measure) {
        bounds = measure.bounds
        counts = .allocate(capacity: measure.bounds.count + 1)
        for index in counts.indices { counts.initializeElement(at: index, to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize()
        counts.deallocate()
    }

    /// Takes a value in; one that is not a number is left out.
    public func observe(_ number: Double) {
        guard !number.isNaN else { return }
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < number { low = middle + 1 } else { high = middle }
        }
        counts[low].wrappingAdd(1, ordering: .relaxed)
        sum.add(number)
    }

    /// Takes a time in, in seconds.
    public func observe(_ duration: Duration) {
        let parts = duration.components
        observe(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }

    /// What was taken in so far.
    public var value: SampleValue {
        .histogram(
            counts: counts.indices.map { counts[$0].load(ordering: .relaxed) },
            sum: Double(bitPattern: sum.load(ordering: .relaxed)))
    }
}

extension Atomic<UInt64> {
    /// Adds to the number whose bit pattern it holds.
    fileprivate borrowing func add(_ number: Double) {
        var old = load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + number).bitPattern
            let result = weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if result.exchanged { return }
            old = result.original
        }
    }
}
