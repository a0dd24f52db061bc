internal import Synchronization

/// Writes lines about what happens, each with a level and named values. Copies share the level and the counts.
public struct Logger: Sendable {
    private final class Shared: Sendable {
        let level: Atomic<UInt8>
        let format: LogFormat
        let write: @Sendable (String) -> Void
        let clock: @Sendable () -> LogTime
        let counts = Counts()

        init(
            level: LogLevel, format: LogFormat, clock: @escaping @Sendable () -> LogTime,
            write: @escaping @Sendable (String) -> Void
        ) {
            self.level = Atomic(level.rank)
            self.format = format
            self.clock = clock
            self.write = write
        }
    }

    private final class Counts: Sendable {
        let debug = Atomic<Int>(0)
        let info = Atomic<Int>(0)
        let warning = Atomic<Int>(0)
        let error = Atomic<Int>(0)

        func count(_ level: LogLevel) {
            switch level {
            case .debug: debug.wrappingAdd(1, ordering: .relaxed)
            case .info: info.wrappingAdd(1, ordering: .relaxed)
            case .warning: warning.wrappingAdd(1, ordering: .relaxed)
            case .error: error.wrappingAdd(1, ordering: .relaxed)
            }
        }

        subscript(level: LogLevel) -> Int {
            switch level {
            case .debug: debug.load(ordering: .relaxed)
            case .info: info.load(ordering: .relaxed)
            case .warning: warning.load(ordering: .relaxed)
            case .error: error.load(ordering: .relaxed)
            }
        }
    }

    private let shared: Shared
    private var fields: [LogField] = []

    /// A logger that hands whole lines, without the line break, to `write`, on any thread.
    public init(
        level: LogLevel = .info, format: LogFormat = .text, write: @escaping @Sendable (String) -> Void
    ) {
        self.init(level: level, format: format, clock: LogTime.now, write: write)
    }

    init(
        level: LogLevel, format: LogFormat, clock: @escaping @Sendable () -> LogTime,
        write: @escaping @Sendable (String) -> Void
    ) {
        shared = Shared(level: level, format: format, clock: clock, write: write)
    }

    /// A logger that says nothing.
    public static var silent: Logger { Logger { _ in } }

    /// The least level that is written; may be changed at any time.
    public var level: LogLevel {
        let rank = shared.level.load(ordering: .relaxed)
        return LogLevel.allCases.first { $0.rank == rank } ?? .info
    }

    /// Changes the least level that is written, for all copies.
    public func set(_ level: LogLevel) { shared.level.store(level.rank, ordering: .relaxed) }

    /// The same logger with these fields on every line.
    public func with(_ fields: LogField...) -> Logger {
        var copy = self
        copy.fields += fields
        return copy
    }

    /// Lines written so far.
    public func count(_ level: LogLevel) -> Int { shared.counts[level] }

    /// Writes a line, unless the level is below the one that is written.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String, _ fields: LogField...) {
        write(level, message, fields)
    }

    /// Writes a line, unless the level is below the one that is written.
    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [LogField]
    ) {
        if level >= self.level { write(level, message, fields()) }
    }

    /// Writes a line about what goes as it should.
    public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [LogField]) {
        log(.info, message(), fields())
    }

    /// Writes a line about what failed.
    public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [LogField]) {
        log(.error, message(), fields())
    }

    /// Writes a line for who looks for a fault.
    public func debug(_ message: @autoclosure () -> String, _ fields: LogField...) { write(.debug, message, fields) }

    /// Writes a line about what goes as it should.
    public func info(_ message: @autoclosure () -> String, _ fields: LogField...) { write(.info, message, fields) }

    /// Writes a line about what is dealt with.
    public func warning(_ message: @autoclosure () -> String, _ fields: LogField...) {
        write(.warning, message, fields)
    }

    /// Writes a line about what failed.
    public func error(_ message: @autoclosure () -> String, _ fields: LogField...) { write(.error, message, fields) }

    private func write(_ level: LogLevel, _ message: () -> String, _ own: [LogField]) {
        guard level.rank >= shared.level.load(ordering: .relaxed) else { return }
        shared.counts.count(level)
        let trace = SpanContext.current.map { [LogField("trace_id", $0.traceID)] } ?? []
        let line = LogLine(
            time: shared.clock(), level: level, message: message(), fields: own + fields + LogField.ofTask + trace)
        shared.write(line.text(shared.format))
    }
}
