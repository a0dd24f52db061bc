/// The fields of a message in their order; names compare without regard to case.
public struct Headers: Sendable, ExpressibleByDictionaryLiteral, Sequence {
    private var fields: [(name: String, value: String)]

    /// No fields.
    public init() { fields = [] }

    /// The given fields, in the order they are written.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first field called `name`; setting it replaces all of that name, nil removes them.
    public subscript(name: String) -> String? {
        get { fields.first { Headers.same($0.name, name) }?.value }
        set {
            guard let newValue else {
                fields.removeAll { Headers.same($0.name, name) }
                return
            }
            if let index = fields.firstIndex(where: { Headers.same($0.name, name) }) {
                fields[index].value = newValue
                let after = fields.index(after: index)
                let rest = fields[after...].filter { !Headers.same($0.name, name) }
                fields.replaceSubrange(after..., with: rest)
            } else {
                fields.append((name, newValue))
            }
        }
    }

    /// Every value of the fields called `name`.
    public func values(_ name: String) -> [String] {
        fields.filter { Headers.same($0.name, name) }.map(\.value)
    }

    /// Adds a field and leaves others of that name.
    public mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    /// Number of fields.
    public var count: Int { fields.count }

    /// The fields in their order.
    public func makeIterator() -> IndexingIterator<[(name: String, value: String)]> { fields.makeIterator() }

    /// Whether two names are the same, in whatever case they are written.
    static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && left.utf8.elementsEqual(right.utf8) { $0 == $1 || lowercase($0) == lowercase($1) }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }
}
