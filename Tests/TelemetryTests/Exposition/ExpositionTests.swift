import Foundation
import Telemetry
import Testing

@Suite struct ExpositionTests {
    private static func example() -> MetricRegistry {
        let registry = MetricRegistry()
        let requests = registry.counters(
            .counter("test_requests_total", "Requests with a \\ and\na \"quote\"", labels: ["path", "status"]))
        requests("/a\"b\\c\nd", "200").increment(by: 3)
        requests("/", "404").increment()
        registry.gauge(.gauge("test_memory_bytes", "Memory in use")).set(1.5e9)
        registry.gauge(.gauge("test_load_ratio", "Load")).set(0.25)
        registry.gauge(.gauge("test_temperature", "Temperature")).set(-.infinity)
        let waits = registry.histograms(
            .histogram("test_wait_seconds", "Waits", labels: ["queue"], bounds: [0.001, 1, 10]))
        waits("a").observe(0.5)
        waits("a").observe(Duration.seconds(20))
        _ = registry.counters(.counter("test_unused_total", "Never counted", labels: ["kind"]))
        return registry
    }

    @Test func prometheusText() {
        let text = String(decoding: Exposition.prometheus.write(Self.example().collected()), as: UTF8.self)
        #expect(
            text == #"""
                # HELP test_load_ratio Load
                # TYPE test_load_ratio gauge
                test_load_ratio 0.25
                # HELP test_memory_bytes Memory in use
                # TYPE test_memory_bytes gauge
                test_memory_bytes 1500000000
                # HELP test_requests_total Requests with a \\ and\na "quote"
                # TYPE test_requests_total counter
                test_requests_total{path="/",status="404"} 1
                test_requests_total{path="/a\"b\\c\nd",status="200"} 3
                # HELP test_temperature Temperature
                # TYPE test_temperature gauge
                test_temperature -Inf
                # HELP test_wait_seconds Waits
                # TYPE test_wait_seconds histogram
                test_wait_seconds_bucket{queue="a",le="0.001"} 0
                test_wait_seconds_bucket{queue="a",le="1.0"} 1
                test_wait_seconds_bucket{queue="a",le="10.0"} 1
                test_wait_seconds_bucket{queue="a",le="+Inf"} 2
                test_wait_seconds_sum{queue="a"} 20.5
                test_wait_seconds_count{queue="a"} 2

                """#)
    }

    @Test func openMetricsText() {
        let text = String(decoding: Exposition.openMetrics.write(Self.example().collected()), as: UTF8.self)
        #expect(text.hasSuffix("\n# EOF\n"))
        #expect(
            text.contains(
                #"""
                # TYPE test_requests counter
                # HELP test_requests Requests with a \\ and\na \"quote\"
                test_requests_total{path="/",status="404"} 1
                """#))
        #expect(text.contains("# TYPE test_memory_bytes gauge\n# UNIT test_memory_bytes bytes\n# HELP"))
        #expect(!text.contains("test_unused"))
    }

    @Test(arguments: [
        (nil, Exposition.prometheus), ("", .prometheus), ("*/*", .prometheus), ("text/plain", .prometheus),
        ("application/openmetrics-text", .openMetrics),
        ("application/openmetrics-text; version=0.0.1", .prometheus),
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
        ),
        ("text/plain;version=0.0.4;q=0.9, application/openmetrics-text;version=1.0.0;q=0.4", .prometheus),
        ("application/openmetrics-text;q=0", .prometheus),
    ]) func theFormatIsTheOneThatIsLikedBest(accept: String?, format: Exposition) {
        #expect(Exposition.negotiated(accept: accept) == format)
    }

    @Test(.enabled(if: Promtool.path != nil, "promtool is not installed: the package prometheus has it"))
    func promtoolFindsNothingToSay() throws {
        let registry = Self.example()
        ProcessMetrics.register(in: registry)
        let answer = try Promtool.check(Exposition.prometheus.write(registry.collected()))
        #expect(answer.status == 0 && answer.text.isEmpty, "\(answer.text)")
        let broken = try Promtool.check(Array("# TYPE a counter\na{b=\"c} 1\n".utf8))
        #expect(broken.status != 0)
    }
}

/// Prometheus's own judge of what is exposed.
enum Promtool {
    static let path = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    static func check(_ text: [UInt8]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = ["check", "metrics"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text))
        try input.fileHandleForWriting.close()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: answer, as: UTF8.self))
    }
}
