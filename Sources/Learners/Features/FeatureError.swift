/// Why a table cannot be turned into a model's features.
public struct FeatureError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without the place.
    public let message: String
    /// The column it is in.
    public let column: String
    /// The first row it is in, counted from 0; nil where it is about the whole column.
    public let row: Int?

    /// An error of these parts.
    public init(message: String, column: String, row: Int? = nil) {
        self.message = message
        self.column = column
        self.row = row
    }

    /// One line for people; it counts rows from 1.
    public var description: String {
        row.map { "column \"\(column)\", row \($0 + 1): \(message)" } ?? "column \"\(column)\": \(message)"
    }
}
