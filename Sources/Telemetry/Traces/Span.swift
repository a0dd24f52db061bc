internal import Synchronization

/// A piece of work that has ended.
public struct Span: Sendable {
    /// The part it plays between processes, numbered as OpenTelemetry does.
    public enum Kind: Int, Sendable {
        /// Within one process.
        case inside = 1
        /// Answers a request.
        case server = 2
        /// Works on a message.
        case consumer = 5
    }

    let name: String
    let kind: Kind
    let context: SpanContext
    let parentID: String?
    /// Nanoseconds since 1970.
    let start: UInt64
    let end: UInt64
    let attributes: [LogField]
    /// Why it failed; nil where it did not.
    let failure: String?

    /// The span as a member of OTLP's JSON.
    var json: String {
        var text = "{\"traceId\":\"\(context.traceID)\",\"spanId\":\"\(context.spanID)\""
        if let parentID { text += ",\"parentSpanId\":\"\(parentID)\"" }
        if let state = context.state { text += ",\"traceState\":\(LogLine.quoted(state))" }
        text += ",\"name\":\(LogLine.quoted(name)),\"kind\":\(kind.rawValue)"
        text += ",\"startTimeUnixNano\":\"\(start)\",\"endTimeUnixNano\":\"\(max(start, end))\""
        if !attributes.isEmpty { text += ",\"attributes\":\(Span.json(attributes))" }
        if let failure { text += ",\"status\":{\"code\":2,\"message\":\(LogLine.quoted(failure))}" }
        return text + "}"
    }

    /// Spans of one process as an OTLP request in JSON.
    static func request(_ spans: [Span], resource: [LogField]) -> [UInt8] {
        let all = spans.map(\.json).joined(separator: ",")
        return Array(
            """
            {"resourceSpans":[{"resource":{"attributes":\(json(resource))},"scopeSpans":[{"scope":{"name":"martlet"},\
            "spans":[\(all)]}]}]}
            """.utf8)
    }

    private static func json(_ fields: [LogField]) -> String {
        let list = fields.map { field in
            let value =
                switch field.value {
                case .text(let text): "\"stringValue\":\(LogLine.quoted(text))"
                case .integer(let number): "\"intValue\":\"\(number)\""
                case .number(let number):
                    number.isFinite ? "\"doubleValue\":\(number)" : "\"stringValue\":\"\(number)\""
                }
            return "{\"key\":\(LogLine.quoted(field.name)),\"value\":{\(value)}}"
        }
        return "[\(list.joined(separator: ","))]"
    }
}

/// What becomes known of a span while it is under way.
public final class SpanNotes: Sendable {
    private let state = Mutex<(fields: [LogField], failure: String?)>(([], nil))

    init() {}

    /// Adds attributes.
    public func add(_ fields: [LogField]) { state.withLock { $0.fields += fields } }

    /// Says that it failed without throwing.
    public func fail(_ reason: String) { state.withLock { $0.failure = reason } }

    var fields: [LogField] { state.withLock { $0.fields } }
    var failure: String? { state.withLock { $0.failure } }
}
