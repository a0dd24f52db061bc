import Foundation
import Testing

@testable import Telemetry

@Suite struct ProcessMetricsTests {
    @Test func theProcessIsDescribed() throws {
        let registry = MetricRegistry()
        ProcessMetrics.register(in: registry)
        var values: [String: Double] = [:]
        for collected in registry.collected() {
            if case .number(let number) = collected.samples[0].value { values[collected.measure.name] = number }
        }
        #expect(Set(values.keys) == Set(ProcessMetrics.all.map(\.name)))
        #expect(try #require(values["process_resident_memory_bytes"]) > 1_048_576)
        #expect(try #require(values["process_open_fds"]) >= 3)
        #expect(try #require(values["process_threads"]) >= 1)
        let start = try #require(values["process_start_time_seconds"])
        #expect(start > 1.7e9 && start <= Date().timeIntervalSince1970 + 2)
    }

    @Test func namesWithBlanksAndBracketsAreRead() throws {
        let text = "42 (a ) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23"
        let status = try #require(ProcessStatus(text))
        #expect(status.userTicks == 11 && status.systemTicks == 12 && status.threads == 17)
        #expect(status.startTicks == 19 && status.virtualBytes == 20 && status.residentPages == 21)
        #expect(ProcessStatus("42 (a) S 1") == nil)
    }
}
