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
        _ target: Target, settings: ExperimentSettings, order: RowOrder?, seed: Seed,
        fitSeconds: (_ rows: Int) -> Double
    ) throws -> ValidationPlan {
        if case .moments(let moments, let name) = order {
            return try .latest(target, moments, share: settings.holdout ?? 0.2, name: name)
        }
        if let share = settings.holdout {
            if case .together(let together) = order {
                return try .groupedHoldOut(
                    target, together.groups, share: share, name: together.what, what: together.what, seed: seed)
            }
            guard case .groups(let groups, let name) = order else {
                return .holdOut(target, share: share, seed: seed)
            }
            return try .groupedHoldOut(target, groups, share: share, name: name, seed: seed)
        }
        let rows = target.values.count
        let repeats = rows < repeatedBelow ? 3 : 1
        let count = settings.folds.map { min($0, rows) } ?? affordableFolds(rows, settings, fitSeconds)
        if case .groups(let groups, let name) = order {
            guard let count else { return try .groupedHoldOut(target, groups, share: 0.2, name: name, seed: seed) }
            return try .grouped(target, groups, folds: count, repeats: repeats, name: name, seed: seed)
        }
        if case .together(let together) = order {
            if let count { return .together(target, together, folds: count, repeats: repeats, seed: seed) }
            return try .groupedHoldOut(
                target, together.groups, share: rows < 20_000 ? 0.2 : 0.1, name: together.what, what: together.what,
                seed: seed)
        }
        if let count { return .crossValidation(target, folds: count, repeats: repeats, seed: seed) }
        return .holdOut(target, oneIn: rows < 20_000 ? 5 : 10, seed: seed)
    }

    /// Nil where even three folds of a typical trial take too long.
    private static func affordableFolds(
        _ rows: Int, _ settings: ExperimentSettings, _ fitSeconds: (_ rows: Int) -> Double
    ) -> Int? {
        let affordable: Double
        switch settings.budget {
        case .seconds(let seconds): affordable = seconds * shareOfBudget
        case .trials: affordable = secondsOfTrial
        }
        return [5, 3].first { Double($0) * fitSeconds(rows * ($0 - 1) / $0) <= affordable }
    }
}
