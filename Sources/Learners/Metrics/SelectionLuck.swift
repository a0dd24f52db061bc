public import Search

/// What the best of several candidates owes to having been chosen by the very rows that score it: bootstrap bias-corrected
/// cross-validation (Tsamardinos, Greasidou, Borboudakis 2018), as the difference to the chosen one on the same rows.
///
/// In each resample the candidate that is best on the rows drawn is scored on the rows that were not. Under pure noise that
/// is what chance gives, while the best of all candidates shows more on the same rows; where one candidate is truly the best it
/// is chosen again and again, and nothing is taken off.
public struct SelectionLuck: Sendable {
    /// One candidate's losses: for each resample on the rows that were drawn, and on those that were not.
    public struct Losses: Sendable, Hashable {
        var drawn: [Double]
        var left: [Double]
    }

    /// Row visits that all candidates may cost together before there are fewer resamples, of which there are at least 20.
    public static let work = 500_000_000
    private static let most = 200
    private static let least = 20

    private let metric: Metric
    /// For each resample, how often each row is drawn, and 1 for each row that is not.
    private let counts: [(drawn: [UInt8], left: [UInt8])]

    /// Draws the resamples of `rows` rows for so many candidates.
    public init(_ metric: Metric, rows: Int, candidates: Int, seed: Seed, work: Int = SelectionLuck.work) {
        self.metric = metric
        let rounds = work / max(1, 2 * rows * candidates)
        var random = seed.child("selection").generator()
        let table = poissonTable()
        counts = (0..<min(SelectionLuck.most, max(SelectionLuck.least, rounds))).map { _ in
            var counts = [UInt8](repeating: 0, count: rows)
            drawCounts(&counts, table, &random)
            return (counts, counts.map { $0 == 0 ? 1 : 0 })
        }
    }

    /// A candidate's losses; arguments as for `Metric.evaluate`. NaN in a resample for which the metric is not defined.
    public func losses(
        _ predictions: Predictions, _ target: Target, rows: [Int32]? = nil, weights: [Float]? = nil
    ) -> Losses {
        guard let sample = ScoredSample(metric, predictions, target, rows: rows, weights: weights) else {
            return Losses(drawn: [], left: [])
        }
        var losses = Losses(drawn: [], left: [])
        for (drawn, left) in counts {
            losses.drawn.append(metric.loss(sample.score(counts: drawn)))
            losses.left.append(metric.loss(sample.score(counts: left)))
        }
        return losses
    }

    /// How much higher the loss of `chosen`, the best candidate of all, is expected to be than it shows; at least 0, and 0 for
    /// one candidate alone or where no resample could be scored. Of candidates that are equally good the earliest counts.
    public static func bias(_ candidates: [Losses], of chosen: Int) -> Double {
        guard candidates.count > 1, candidates.indices.contains(chosen) else { return 0 }
        var sum = 0.0
        var rounds = 0
        for round in candidates[chosen].left.indices {
            var best = (index: -1, loss: Double.infinity)
            for (index, candidate) in candidates.enumerated() where round < candidate.drawn.count {
                if candidate.drawn[round] < best.loss { best = (index, candidate.drawn[round]) }
            }
            guard best.index >= 0 else { continue }
            let difference = candidates[best.index].left[round] - candidates[chosen].left[round]
            guard difference.isFinite else { continue }
            sum += difference
            rounds += 1
        }
        return rounds > 0 ? max(0, sum / Double(rounds)) : 0
    }
}
