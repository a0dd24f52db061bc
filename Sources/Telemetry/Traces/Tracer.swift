internal import Glibc

/// Makes spans and hands those that have ended to an exporter. Without one, spans cost nothing.
public struct Tracer: Sendable {
    private let exporter: SpanExporter?

    /// A tracer whose spans go to `exporter`; nil is for none.
    public init(exporter: SpanExporter? = nil) { self.exporter = exporter }

    /// Sends what waits, and ends.
    public func shutdown() async { await exporter?.shutdown() }

    /// Spans that were dropped; nil where none are made.
    public var dropped: Int? { exporter?.dropped }

    /// Spans that were delivered; nil where none are made.
    public var exported: Int? { exporter?.exported }

    /// Whether spans are made.
    public var isOn: Bool { exporter != nil }

    /// Runs `body` in a span within `parent`, or within that of the current task, or in a new trace. What it calls is within
    /// the span; an error that it throws marks the span as failed.
    public func span<Value>(
        _ name: String, kind: Span.Kind = .inside, within parent: SpanContext? = nil,
        _ attributes: @autoclosure () -> [LogField] = [], isolation: isolated (any Actor)? = #isolation,
        _ body: (SpanNotes) async throws -> Value
    ) async rethrows -> Value {
        let notes = SpanNotes()
        guard let exporter else { return try await body(notes) }
        let parent = parent ?? SpanContext.current
        let context = parent.map { SpanContext(in: $0) } ?? SpanContext()
        guard context.isSampled else {
            return try await SpanContext.$current.withValue(context) { try await body(notes) }
        }
        let start = Tracer.now()
        func end(_ error: (any Error)?) {
            exporter.take(
                Span(
                    name: name, kind: kind, context: context, parentID: parent?.spanID, start: start, end: Tracer.now(),
                    attributes: attributes() + notes.fields, failure: error.map { "\($0)" } ?? notes.failure))
        }
        do {
            let value = try await SpanContext.$current.withValue(context) { try await body(notes) }
            end(nil)
            return value
        } catch {
            end(error)
            throw error
        }
    }

    /// Nanoseconds since 1970.
    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
