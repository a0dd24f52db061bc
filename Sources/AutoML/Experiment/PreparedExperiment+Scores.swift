import Learners

extension PreparedExperiment {
    /// Predicted values above which only the experiment's own metric is taken.
    private static let mostScoredValues = 4_000_000

    /// All metrics of the task over predictions of the scored rows, by name; those that are not defined are left out. Nil for
    /// very many predictions. Those of classes score what is decided, or `decided(_:)` where that is nil.
    func scores(of predictions: OutOfFold, decided: Predictions? = nil) -> [String: Double]? {
        let rows = validation.scoredRows
        guard predictions.values.count <= PreparedExperiment.mostScoredValues, predictions.rowCount == rows.count else {
            return nil
        }
        let predicted = predictions.predictions
        let decided = task.isClassification ? decided ?? self.decided(predictions) : predicted
        var scores: [String: Double] = [:]
        for metric in Metric.all(for: task) {
            let score = metric.evaluate(
                metric.usesClassesOnly ? decided : predicted, problem.target, rows: rows, weights: problem.weights)
            if score.isFinite { scores[metric.rawValue] = score }
        }
        return scores
    }
}
