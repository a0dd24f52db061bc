/// Statements that are carried out together: all or none of a logged batch, in one partition or many.
public struct Batch: Sendable {
    /// How the statements belong together.
    public enum Kind: UInt8, Sendable, Hashable {
        /// All of them are carried out in the end, or none.
        case logged = 0
        /// Sent together, no more; atomic within one partition.
        case unlogged = 1
        /// Changes of counters.
        case counter = 2
    }

    struct Entry: Sendable {
        var text: String
        var statement: PreparedStatement?
        var values: [any CQLEncodable]
    }

    /// How the statements belong together.
    public var kind: Kind
    var entries: [Entry] = []

    /// An empty batch.
    public init(_ kind: Kind = .logged) { self.kind = kind }

    /// The number of statements; 65,535 at most can be sent.
    public var count: Int { entries.count }

    /// Adds a statement by its text; with values it is prepared when the batch is sent.
    public mutating func add(_ text: String, _ values: [any CQLEncodable] = []) {
        entries.append(Entry(text: text, statement: nil, values: values))
    }

    /// Adds a prepared statement.
    public mutating func add(_ statement: PreparedStatement, _ values: [any CQLEncodable] = []) {
        entries.append(Entry(text: statement.text, statement: statement, values: values))
    }
}
