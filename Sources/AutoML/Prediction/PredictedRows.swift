public import Learners
public import Tabular

/// What a model says of some rows.
public struct PredictedRows: Sendable {
    /// A row a row.
    public let predictions: Predictions
    /// The label of each row; none for regression.
    public let labels: [String]
    /// What holds the truth of each row, where that was asked for.
    public let ranges: PredictionRanges?

    /// Number of rows.
    public var rowCount: Int { predictions.rowCount }

    /// Rows of these parts.
    public init(predictions: Predictions, labels: [String], ranges: PredictionRanges?) {
        self.predictions = predictions
        self.labels = labels
        self.ranges = ranges
    }
}

extension ModelArtifact {
    /// Predictions for every row of `table`, with ranges of the level `interval` unless that is nil. Throws what `predict` and
    /// `ranges` throw.
    public func rows(
        _ table: Table, interval: Double?, context: TrainingContext = TrainingContext()
    ) throws -> PredictedRows {
        let predictions = try predict(table, context: context)
        return PredictedRows(
            predictions: predictions, labels: labels(predictions),
            ranges: try interval.map { try ranges(predictions, of: table, level: $0, context: context) })
    }
}
