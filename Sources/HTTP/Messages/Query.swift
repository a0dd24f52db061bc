/// The parameters after the `?` of a request's target, decoded, in their order.
public struct Query: Sendable, Sequence {
    private var items: [(name: String, value: String)] = []

    /// Parameters beyond this number are refused.
    static let limit = 1000

    /// No parameters.
    public init() {}

    /// The parameters of `text` (`a=1&b=two%20words`); a `+` is a space, an item without `=` has an empty value.
    /// Throws `badRequest` for an escape that is not `%` and two hexadecimal digits, and for bytes that are not UTF-8.
    public init(parsing text: Substring) throws {
        // One more than there may be is split off at most.
        let parts = text.split(separator: "&", maxSplits: Query.limit, omittingEmptySubsequences: true)
        guard parts.count <= Query.limit else {
            throw HTTPError(
                .badRequest, status: .uriTooLong, message: "the query has more than \(Query.limit) parameters")
        }
        for item in parts {
            let equals = item.firstIndex(of: "=")
            let name = item[..<(equals ?? item.endIndex)]
            let value = equals.map { item[item.index(after: $0)...] } ?? ""
            guard let name = PercentCoding.decode(name.utf8, plusIsSpace: true),
                let value = PercentCoding.decode(value.utf8, plusIsSpace: true)
            else {
                throw HTTPError(
                    .badRequest, status: .badRequest, message: "the query cannot be decoded as percent-encoded UTF-8")
            }
            items.append((name, value))
        }
    }

    /// The first value given to `name`.
    public subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// Every value given to `name`.
    public func values(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// The parameters in their order.
    public func makeIterator() -> IndexingIterator<[(name: String, value: String)]> { items.makeIterator() }
}
