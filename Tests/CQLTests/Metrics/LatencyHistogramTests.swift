import Testing

@testable import CQL

struct LatencyHistogramTests {
    @Test func buckets() {
        var histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == nil)
        histogram.record(nanoseconds: 0)
        histogram.record(nanoseconds: 63_999)
        histogram.record(nanoseconds: 64_000)
        histogram.record(nanoseconds: .max)
        #expect(histogram.counts[0] == 2 && histogram.counts[1] == 1 && histogram.counts[21] == 1)
        #expect(histogram.count == 4)
        #expect(histogram.quantile(0.5) == LatencyHistogram.bounds[0])
        #expect(histogram.quantile(1) == .infinity)
        #expect(LatencyHistogram.bounds.count + 1 == histogram.counts.count)
    }
}
