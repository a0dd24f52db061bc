internal import HTTP
internal import Platform

extension Request {
    /// A whole number of the query within `range`.
    func integer(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
        guard let text = query[name] else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw Problem.parameter(
                name, "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
        }
        return value
    }

    /// What a list is asked for.
    func page() throws -> (limit: Int, cursor: Cursor?) {
        (try integer("limit", in: 1...1000, default: 50), query["cursor"].map(Cursor.init(text:)))
    }

    /// The id in the path.
    var id: String { parameters["id"] ?? "" }
}
