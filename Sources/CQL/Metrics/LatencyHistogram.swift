/// How long requests took, in buckets whose bounds double: from 64 µs to about 67 s.
public struct LatencyHistogram: Sendable, Hashable {
    /// Upper bounds of the buckets in seconds; the last bucket of `counts` is for all beyond.
    public static let bounds: [Double] = (0..<21).map { Double(64 << $0) / 1_000_000 }

    /// Requests of each bucket, not cumulated; one more than `bounds`.
    public private(set) var counts = [UInt64](repeating: 0, count: 22)
    /// The sum of all times in seconds.
    public private(set) var sum: Double = 0

    /// An empty histogram.
    public init() {}

    /// The number of requests.
    public var count: UInt64 { counts.reduce(0, +) }

    /// The upper bound of the bucket in which the quantile (0 to 1) lies, in seconds; nil without requests.
    public func quantile(_ quantile: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let rank = UInt64((Double(total) * min(max(quantile, 0), 1)).rounded(.up))
        var seen: UInt64 = 0
        for (bound, count) in zip(Self.bounds, counts) {
            seen += count
            if seen >= rank { return bound }
        }
        return .infinity
    }

    mutating func record(nanoseconds: UInt64) {
        let units = max(nanoseconds, 1) / 64_000
        counts[min(64 - units.leadingZeroBitCount, counts.count - 1)] += 1
        sum += Double(nanoseconds) / 1_000_000_000
    }

    mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
    }
}
