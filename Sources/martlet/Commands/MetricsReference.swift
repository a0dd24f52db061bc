import Drivers
import Platform
import Server
import Telemetry

/// All metrics as Markdown, made from their declarations; `docs/metrics.md` is this text.
enum MetricsReference {
    static let groups: [(title: String, measures: [Measure])] = [
        ("Every process", ProcessMetrics.all + PlatformMetrics.common),
        ("`serve` and `master`", ServerMetrics.all + PlatformMetrics.service),
        ("`serve` and `worker`", PlatformMetrics.worker),
        ("`master` and `worker`", DriverMetrics.all),
    ]

    static var text: String {
        var lines = [
            "# Metrics", "",
            "What `/metrics` tells, made from the code by `martlet reference metrics`. Counters begin at 0 with the process;",
            "a series is there once it was counted or looked at. [Running the server](operations.md) says who may read them.",
        ]
        for group in groups {
            lines += ["", "## \(group.title)", "| metric | kind | labels | meaning |", "|---|---|---|---|"]
            for measure in group.measures {
                let labels = measure.labels.map { "`\($0)`" }.joined(separator: ", ")
                lines.append("| `\(measure.name)` | \(measure.kind.rawValue) | \(labels) | \(measure.help) |")
            }
        }
        return lines.joined(separator: "\n")
    }
}
