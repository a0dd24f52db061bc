import Telemetry
import Testing

@Suite struct RegistryTests {
    private static let requests = Measure.counter("requests_total", "Requests", labels: ["method", "status"])
    private static let seconds = Measure.histogram("wait_seconds", "Waits", bounds: [0.1, 1])

    private func value(_ registry: MetricRegistry, _ name: String, _ labels: [String] = []) -> SampleValue? {
        registry.collected().first { $0.measure.name == name }?.samples.first { $0.labels == labels }?.value
    }

    @Test func threadsLoseNoIncrement() async {
        let registry = MetricRegistry()
        let family = registry.counters(RegistryTests.requests)
        let gauge = registry.gauge(.gauge("load", "Load"))
        let histogram = registry.histogram(RegistryTests.seconds)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for turn in 0..<5000 {
                        family("GET", task % 2 == 0 ? "200" : "404").increment()
                        gauge.add(0.5)
                        histogram.observe(turn % 2 == 0 ? 0.05 : 5)
                    }
                }
            }
        }
        #expect(value(registry, "requests_total", ["GET", "200"]) == .number(20_000))
        #expect(value(registry, "requests_total", ["GET", "404"]) == .number(20_000))
        #expect(value(registry, "load") == .number(20_000))
        guard case .histogram(let counts, let sum) = value(registry, "wait_seconds") else {
            Issue.record("there is no histogram")
            return
        }
        #expect(counts == [20_000, 0, 20_000])
        #expect(abs(sum - 101_000) < 1e-3)
    }

    @Test func aValueOnABoundIsWithinIt() {
        let registry = MetricRegistry()
        let histogram = registry.histogram(RegistryTests.seconds)
        for value in [0.1, 1, 1.0001, -1, .infinity, .nan] { histogram.observe(value) }
        guard case .histogram(let counts, _) = value(registry, "wait_seconds") else { return }
        #expect(counts == [2, 1, 2])
    }

    @Test func seriesBeyondTheLimitAreCountedTogether() {
        let registry = MetricRegistry()
        let family = registry.counters(RegistryTests.requests, limit: 2)
        for name in ["a", "b", "c", "d", "a"] { family(name, "200").increment() }
        family(String(repeating: "x", count: 300), "200").increment()
        #expect(value(registry, "requests_total", ["a", "200"]) == .number(2))
        #expect(value(registry, "requests_total", ["other", "other"]) == .number(3))
        #expect(registry.collected().first?.samples.count == 3)
    }

    @Test func countersDoNotFall() {
        let counter = MetricRegistry().counter(.counter("things_total", "Things"))
        counter.increment(by: 3)
        counter.increment(by: -2)
        #expect(counter.total == 3)
    }

    @Test func collectorsSayWhatIsCountedElsewhere() {
        let registry = MetricRegistry()
        let measure = Measure.gauge("depth", "Depth", labels: ["queue"])
        registry.collect([measure]) { $0.add(measure, ["a"], 7) }
        #expect(value(registry, "depth", ["a"]) == .number(7))
    }

    @Test func unitsAreReadFromNames() {
        #expect(Measure.counter("cpu_seconds_total", "").unit == "seconds")
        #expect(Measure.gauge("size_bytes", "").unit == "bytes")
        #expect(Measure.gauge("threads", "").unit == nil)
    }
}
