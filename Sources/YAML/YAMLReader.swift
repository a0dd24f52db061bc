internal import CYAML

/// Reads one YAML document of scalars, lists and maps. Aliases are refused, so a document cannot swell; a key given twice is an
/// error.
public struct YAMLReader: Sendable {
    /// Most levels of lists and maps within each other.
    public var depthLimit = 32
    /// Most bytes of a document.
    public var sizeLimit = 1 << 20

    /// A reader with the usual limits.
    public init() {}

    /// The document in `text`; a document without content is null. Throws `YAMLError`.
    public func read(_ text: String) throws -> YAMLNode {
        let bytes = Array(text.utf8)
        guard bytes.count <= sizeLimit else {
            throw YAMLError(line: 1, message: "the document is larger than \(sizeLimit) bytes")
        }
        return try bytes.withUnsafeBufferPointer { bytes in
            let events = try EventSource(bytes)
            defer { events.end() }
            return try document(events)
        }
    }

    private func document(_ events: EventSource) throws -> YAMLNode {
        var root: YAMLNode?
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamStart, .documentEnd: continue
            case .documentStart:
                guard root == nil else { throw YAMLError(line: event.line, message: "only one document is read") }
                root = try node(try events.next(), events, depth: 0)
            default: return root ?? YAMLNode(content: .null, line: 1)
            }
        }
    }

    private func node(_ event: EventSource.Event, _ events: EventSource, depth: Int) throws -> YAMLNode {
        guard depth <= depthLimit else {
            throw YAMLError(line: event.line, message: "more than \(depthLimit) levels")
        }
        switch event.kind {
        case .scalar(let text, let isPlain):
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(text)
            return YAMLNode(content: isNull ? .null : .scalar(text), line: event.line)
        case .listStart:
            var values: [YAMLNode] = []
            while true {
                let next = try events.next()
                if case .end = next.kind { return YAMLNode(content: .list(values), line: event.line) }
                values.append(try node(next, events, depth: depth + 1))
            }
        case .mapStart: return try map(event.line, events, depth: depth)
        case .alias: throw YAMLError(line: event.line, message: "aliases are not read")
        default: throw YAMLError(line: event.line, message: "a value was expected")
        }
    }

    private func map(_ line: Int, _ events: EventSource, depth: Int) throws -> YAMLNode {
        var entries: [YAMLNode.Entry] = []
        var keys: Set<String> = []
        while true {
            let event = try events.next()
            switch event.kind {
            case .end: return YAMLNode(content: .map(entries), line: line)
            case .scalar(let key, _):
                guard keys.insert(key).inserted else {
                    throw YAMLError(line: event.line, message: "the key “\(key)” is given twice")
                }
                let value = try node(try events.next(), events, depth: depth + 1)
                entries.append(.init(key: key, line: event.line, value: value))
            case .alias: throw YAMLError(line: event.line, message: "aliases are not read")
            default: throw YAMLError(line: event.line, message: "a key has to be a word")
            }
        }
    }
}

/// libyaml's parser, an event at a time.
private final class EventSource {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd, listStart, mapStart, end, alias
        case scalar(String, isPlain: Bool)
    }

    struct Event {
        let kind: Kind
        let line: Int
    }

    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)

    /// Reads from `bytes`, which have to outlive it.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard yaml_parser_initialize(parser) != 0 else {
            parser.deallocate()
            throw YAMLError(line: 1, message: "there is no memory for the parser")
        }
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    func end() {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    func next() throws -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) != 0 else {
            let mark = parser.pointee.problem_mark
            let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it is no YAML"
            throw YAMLError(line: Int(clamping: mark.line) + 1, message: problem)
        }
        defer { yaml_event_delete(&event) }
        return Event(kind: EventSource.kind(event), line: Int(clamping: event.start_mark.line) + 1)
    }

    private static func kind(_ event: yaml_event_t) -> Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_START_EVENT: return .listStart
        case YAML_MAPPING_START_EVENT: return .mapStart
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
        case YAML_ALIAS_EVENT: return .alias
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
        default: return .streamEnd
        }
    }
}
