/// An event of a `text/event-stream` (WHATWG HTML, section 9.2).
public struct ServerSentEvent: Sendable, Hashable {
    /// What the client sends back as `Last-Event-ID` when it connects again.
    public var id: String?
    /// The event's type; nil is `message`.
    public var event: String?
    /// The payload; lines are sent as several fields and joined again by the client.
    public var data: String

    /// An event of its parts; line breaks in `id` and `event` are not allowed by the format and are left out.
    public init(id: String? = nil, event: String? = nil, data: String) {
        self.id = id
        self.event = event
        self.data = data
    }

    /// The bytes of a comment, which clients skip: keeps the connection alive and finds out that a client is gone.
    public static func comment(_ text: String) -> [UInt8] {
        Array(": \(singleLine(text))\n\n".utf8)
    }

    /// The event in the format's bytes.
    public var encoded: [UInt8] {
        var text = ""
        if let id { text += "id: \(ServerSentEvent.singleLine(id))\n" }
        if let event { text += "event: \(ServerSentEvent.singleLine(event))\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            text += "data: \(line)\n"
        }
        return Array((text + "\n").utf8)
    }

    private static func singleLine(_ text: String) -> String { String(text.filter { !$0.isNewline && $0 != "\0" }) }
}
