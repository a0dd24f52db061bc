/// Which span of which trace something belongs to, as W3C Trace Context carries it.
public struct SpanContext: Sendable, Hashable {
    /// The name of the field, or of the message's header, that carries it.
    public static let field = "traceparent"
    /// The name of the one that carries what others attach to it.
    public static let stateField = "tracestate"
    /// Longest state that is passed on, in bytes.
    private static let longestState = 512

    /// The trace: 32 hexadecimal digits, not all of them 0.
    public let traceID: String
    /// The span: 16 hexadecimal digits, not all of them 0.
    public let spanID: String
    /// Whether whoever began the trace keeps it.
    public let isSampled: Bool
    /// What others attached to the trace.
    public let state: String?

    /// The context that the current task works in; nil outside any span.
    @TaskLocal public static var current: SpanContext?

    /// A span of a new trace.
    init() {
        traceID = SpanContext.digits() + SpanContext.digits()
        spanID = SpanContext.digits()
        isSampled = true
        state = nil
    }

    /// A new span within `parent`.
    init(in parent: SpanContext) {
        traceID = parent.traceID
        spanID = SpanContext.digits()
        isSampled = parent.isSampled
        state = parent.state
    }

    /// Reads the fields (W3C Trace Context, section 3.2); nil for what is not one, which then counts as not there.
    public init?(parent: String?, state: String? = nil) {
        guard let parent else { return nil }
        let parts = parent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2,
            parts[0...3].allSatisfy({ $0.utf8.allSatisfy(SpanContext.isDigit) }),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        traceID = String(parts[1])
        spanID = String(parts[2])
        isSampled = flags & 1 == 1
        let isFine = state.map { !$0.isEmpty && $0.utf8.count <= SpanContext.longestState } ?? false
        self.state = isFine ? state : nil
    }

    /// Reads a message's headers.
    public init?(headers: [String: String]) {
        self.init(parent: headers[SpanContext.field], state: headers[SpanContext.stateField])
    }

    /// The value of `traceparent`.
    public var parent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    /// A message's headers.
    public var headers: [String: String] {
        var headers = [SpanContext.field: parent]
        headers[SpanContext.stateField] = state
        return headers
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func digits() -> String {
        let text = String(UInt64.random(in: 1 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
