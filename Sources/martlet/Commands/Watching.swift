import AutoML
import CommandLine
import Dispatch
import Drivers
import Foundation
import Platform
import Telemetry

/// What a long-running command is watched by: its options, its log, its metrics.
final class Watching: @unchecked Sendable {
    // Sendable by hand: the sources are only held.

    static let level = Option<String>.choice(
        "log-level", value: "LEVEL",
        help: "The least that is logged: \(LogLevel.allCases.map(\.rawValue).joined(separator: ", ")) (info)",
        choices: LogLevel.allCases.map(\.rawValue), default: LogLevel.info.rawValue
    ).configured(key: "log.level", environment: "MARTLET_LOG_LEVEL")
    static let format = Option<String>.choice(
        "log-format", value: "FORMAT", help: "text for people, or json, an object a line (text)",
        choices: LogFormat.allCases.map(\.rawValue), default: LogFormat.text.rawValue
    ).configured(key: "log.format", environment: "MARTLET_LOG_FORMAT")

    static let collector = Option<String?>.text(
        "otlp-endpoint", value: "URL", help: "Where spans of traces are sent, such as http://127.0.0.1:4318 (nowhere)",
        environment: "MARTLET_OTLP_ENDPOINT"
    ).configured(key: "traces.otlp_endpoint")

    static let declarations = [level.declaration, format.declaration, collector.declaration]

    /// What the parts of the process are handed.
    let instruments: Instruments
    private let signals: [any DispatchSourceSignal]

    /// The log goes to standard error. SIGUSR1 has more logged, SIGUSR2 less, as long as this object is there.
    init(_ invocation: Invocation, role: String) throws {
        let log = Logger(
            level: LogLevel(rawValue: invocation[Watching.level]) ?? .info,
            format: LogFormat(rawValue: invocation[Watching.format]) ?? .text
        ) { Console.printError($0) }
        // The second is what OpenTelemetry's own libraries read.
        let address =
            invocation[Watching.collector] ?? ProcessInfo.processInfo.environment["OTEL_EXPORTER_OTLP_ENDPOINT"]
        var exporter: SpanExporter?
        if let address, !address.isEmpty {
            let sender = try OTLPSender(address)
            exporter = SpanExporter(
                resource: [
                    LogField("service.name", "martlet-\(role)"), LogField("service.version", martletVersion),
                    LogField("process.pid", Int(ProcessInfo.processInfo.processIdentifier)),
                ], log: log
            ) { try await sender.send($0) }
        }
        instruments = Instruments(log: log, tracer: Tracer(exporter: exporter))
        PlatformMetrics.register(role: role, in: instruments)
        signals = [(SIGUSR1, -1), (SIGUSR2, 1)].map { number, step in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .utility))
            source.setEventHandler { Watching.move(log, step) }
            source.activate()
            return source
        }
    }

    private static func move(_ log: Logger, _ step: Int) {
        let levels = LogLevel.allCases
        let place = (levels.firstIndex(of: log.level) ?? 1) + step
        let level = levels[min(max(place, 0), levels.count - 1)]
        log.set(level)
        log.log(max(level, .info), "the log's level was changed", LogField("new_level", level.rawValue))
    }
}
