/// A model's answer: row-major, `outputCount` numbers a row. Probabilities in class order (two columns for binary), or one
/// value for regression.
public struct Predictions: Sendable, Hashable {
    /// Columns: the number of classes, or 1 for regression.
    public let outputCount: Int
    /// Row-major values, `rowCount × outputCount`.
    public var values: [Double]

    /// Predictions of these parts.
    public init(outputCount: Int, values: [Double]) {
        precondition(outputCount > 0 && values.count % outputCount == 0, "values are not whole rows")
        self.outputCount = outputCount
        self.values = values
    }

    /// Number of rows.
    public var rowCount: Int { values.count / outputCount }
}
