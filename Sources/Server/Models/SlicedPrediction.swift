internal import AutoML
internal import Learners
internal import Platform
internal import Tabular

/// Predicts tables of any length a few rows at a time, so that other work has its turn between.
struct SlicedPrediction {
    /// What a slice should take.
    private static let aim = Duration.milliseconds(16)
    private static let mostRows = 4096

    private let model: ModelArtifact
    private let turn: Turn
    /// The level of the ranges that are wanted; nil for none.
    private let interval: Double?
    /// Rows of the next slice.
    private var rows = 16

    init(_ model: ModelArtifact, interval: Double?, _ turn: Turn) {
        self.model = model
        self.turn = turn
        self.interval = interval
    }

    /// Predicts the rows of `table` in their order and passes them on, slice by slice; at least one, which may be empty.
    /// - Throws: what a prediction throws, what `body` throws, and `CancellationError` when nobody wants it any more.
    mutating func predict(_ table: Table, _ body: (PredictedRows) throws -> Void) throws {
        var first = 0
        repeat {
            try turn.checkpoint()
            let end = min(table.rowCount, first + rows)
            let slice = first == 0 && end == table.rowCount ? table : table.slice(first..<end)
            let start = ContinuousClock.now
            try body(try model.rows(slice, interval: interval, context: turn.context))
            let took = ContinuousClock.now - start
            // Only whole slices tell how long rows take.
            if end - first == rows {
                if took < SlicedPrediction.aim / 2 {
                    rows = min(SlicedPrediction.mostRows, rows * 2)
                } else if took > SlicedPrediction.aim * 2 {
                    rows = max(1, rows / 2)
                }
            }
            first = end
        } while first < table.rowCount
    }
}
