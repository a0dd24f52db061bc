import Foundation

extension Metric {
    /// The score of `predictions`, in O(n log n) at most.
    ///
    /// Row *i* of the predictions is for row `rows[i]` of the target and the weights, or for row *i* where `rows` is nil.
    /// Defined answers: NaN where there is nothing to score (no rows, no weight) or a prediction is not a number; with one
    /// class alone present `roc_auc` is 0.5, `mcc` 0 and `average_precision` 1 or 0 as that class is the positive one or
    /// not; `f1` without any positive is 0; `r2` of a constant target is 1 when every prediction is exact and 0 otherwise.
    public func evaluate(
        _ predictions: Predictions, _ target: Target, rows: [Int32]? = nil, weights: [Float]? = nil
    ) -> Double {
        guard let sample = ScoredSample(self, predictions, target, rows: rows, weights: weights) else { return .nan }
        let score = sample.score(counts: nil)
        return score.isNaN ? sample.degenerateScore : score
    }
}

/// Predictions reduced to what a metric needs to score any re-weighting of their rows in one pass.
struct ScoredSample {
    /// What is kept of the rows.
    enum Reduced {
        /// A loss a row, averaged; the root of the mean where `isRooted`.
        case mean([Double], isRooted: Bool)
        /// Target (less its mean) and residual a row.
        case variance(centred: [Double], residuals: [Double])
        /// `true class × classCount + predicted class` a row.
        case confusion([Int32], classCount: Int)
        /// One ranking for binary, else one a class.
        case rankings([Ranking])
    }

    /// Rows in falling order of a class's probability.
    struct Ranking {
        /// Row numbers, best first.
        let order: [Int32]
        /// Bit 0: the row is of the class. Bit 1: the next row has a lower probability.
        let flags: [UInt8]
    }

    let metric: Metric
    let rowCount: Int
    let reduced: Reduced
    let weights: [Double]?

    /// Nil where there is nothing to score or a prediction is not finite.
    init?(_ metric: Metric, _ predictions: Predictions, _ target: Target, rows: [Int32]?, weights: [Float]?) {
        let truth = rows.map { $0.map { target.values[Int($0)] } } ?? target.values
        precondition(truth.count == predictions.rowCount, "predictions and target differ in length")
        let picked = weights.map { all in rows.map { $0.map { Double(all[Int($0)]) } } ?? all.map(Double.init) }
        guard !truth.isEmpty, picked.map({ $0.contains { $0 > 0 } }) ?? true,
            predictions.values.allSatisfy(\.isFinite)
        else { return nil }
        self.metric = metric
        self.weights = picked
        rowCount = truth.count
        reduced = ScoredSample.reduce(metric, predictions, truth, weights: picked)
    }

    /// How many row visits one scoring takes.
    var work: Int {
        if case .rankings(let rankings) = reduced { rowCount * rankings.count } else { rowCount }
    }

    private static func reduce(
        _ metric: Metric, _ predictions: Predictions, _ truth: [Double], weights: [Double]?
    ) -> Reduced {
        let values = predictions.values
        let width = predictions.outputCount
        switch metric {
        case .rmse, .mae, .mape, .rmsle:
            let losses = zip(values, truth).map { metric.loss(predicted: $0, actual: $1) }
            return .mean(losses, isRooted: metric == .rmse || metric == .rmsle)
        case .r2:
            var sum = 0.0
            var total = 0.0
            for (row, value) in truth.enumerated() {
                let weight = weights?[row] ?? 1
                sum += weight * value
                total += weight
            }
            let mean = sum / total
            return .variance(centred: truth.map { $0 - mean }, residuals: zip(values, truth).map { $0 - $1 })
        case .logLoss, .brier:
            let losses = truth.indices.map { row in
                metric.loss(probabilities: values[row * width..<(row + 1) * width], actual: Int(truth[row]))
            }
            return .mean(losses, isRooted: false)
        case .accuracy, .balancedAccuracy, .f1, .mcc:
            let classes = predictions.predictedClasses()
            let cells = truth.indices.map { Int32(truth[$0]) * Int32(width) + classes[$0] }
            return .confusion(cells, classCount: width)
        case .rocAUC, .averagePrecision:
            let ranked = width == 2 ? [1] : Array(0..<width)
            return .rankings(ranked.map { rank(values, width: width, column: $0, truth: truth) })
        }
    }

    private static func rank(_ values: [Double], width: Int, column: Int, truth: [Double]) -> Ranking {
        var pairs = truth.indices.map { (score: values[$0 * width + column], row: Int32($0)) }
        pairs.sort { $0.score > $1.score }
        let last = pairs.count - 1
        let flags = pairs.indices.map { index -> UInt8 in
            let isOfClass = Int(truth[Int(pairs[index].row)]) == column
            let isLast = index == last || pairs[index + 1].score < pairs[index].score
            return (isOfClass ? 1 : 0) | (isLast ? 2 : 0)
        }
        return Ranking(order: pairs.map(\.row), flags: flags)
    }
}

extension Metric {
    /// The loss of one number, before it is averaged.
    fileprivate func loss(predicted: Double, actual: Double) -> Double {
        switch self {
        case .mae: return abs(predicted - actual)
        case .mape: return abs(predicted - actual) / max(abs(actual), .ulpOfOne)
        case .rmsle:
            let difference = log1p(max(0, predicted)) - log1p(max(0, actual))
            return difference * difference
        default: return (predicted - actual) * (predicted - actual)
        }
    }

    /// The loss of one row of probabilities, before it is averaged.
    fileprivate func loss(probabilities: ArraySlice<Double>, actual: Int) -> Double {
        let first = probabilities.startIndex
        if self == .logLoss { return -log(min(max(probabilities[first + actual], 1e-15), 1 - 1e-15)) }
        if probabilities.count == 2 {
            let error = probabilities[first + 1] - Double(actual)
            return error * error
        }
        return probabilities.enumerated().reduce(0) { sum, entry in
            let error = entry.element - (entry.offset == actual ? 1 : 0)
            return sum + error * error
        }
    }
}

extension Predictions {
    /// The class with the highest probability of each row, of equal ones the first.
    public func predictedClasses() -> [Int32] {
        (0..<rowCount).map { row in
            var best = 0
            for column in 1..<max(1, outputCount)
            where values[row * outputCount + column] > values[row * outputCount + best] { best = column }
            return Int32(best)
        }
    }
}
