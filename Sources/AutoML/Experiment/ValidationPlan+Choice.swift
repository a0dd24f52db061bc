import Learners
import Search

extension ValidationPlan {
    /// Rows below which folds are drawn more than once.
    static let repeatedBelow = 1_000
    /// The share of a time budget that the folds of one typical trial may take.
    static let shareOfBudget = 0.6
    /// Seconds that the folds of one typical trial may take where the budget counts trials.
    static let secondsOfTrial = 90.0

    /// Cross-validation, repeated for few rows, where the trials are cheap enough for it, else one hold-out.
    ///
    /// It depends on the settings and the problem alone, so that every worker makes the same.
    /// - Parameter fitSeconds: expected seconds of one typical fit on so many rows, on one thread.
    static func automatic(
        _ target: Target, settings: ExperimentSettings, seed: Seed, fitSeconds: (_ rows: Int) -> Double
    ) -> ValidationPlan {
        let rows = target.values.count
        let repeats = rows < repeatedBelow ? 3 : 1
        if let folds = settings.folds {
            return .crossValidation(target, folds: min(folds, rows), repeats: repeats, seed: seed)
        }
        let affordable: Double
        switch settings.budget {
        case .seconds(let seconds): affordable = seconds * shareOfBudget
        case .trials: affordable = secondsOfTrial
        }
        for folds in [5, 3] where Double(folds) * fitSeconds(rows * (folds - 1) / folds) <= affordable {
            return .crossValidation(target, folds: folds, repeats: repeats, seed: seed)
        }
        return .holdOut(target, oneIn: rows < 20_000 ? 5 : 10, seed: seed)
    }
}
