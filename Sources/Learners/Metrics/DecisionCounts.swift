/// Weight of rows by true and predicted class of two; the second is the positive one.
public struct DecisionCounts: Sendable, Hashable {
    /// Positive rows that are predicted to be.
    public var truePositives: Double
    /// Negative rows that are predicted to be positive.
    public var falsePositives: Double
    /// Positive rows that are predicted to be negative.
    public var falseNegatives: Double
    /// Negative rows that are predicted to be.
    public var trueNegatives: Double

    /// Counts of these parts.
    public init(truePositives: Double, falsePositives: Double, falseNegatives: Double, trueNegatives: Double) {
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.falseNegatives = falseNegatives
        self.trueNegatives = trueNegatives
    }

    /// Share of the rows predicted to be positive that are; nil where none is predicted.
    public var precision: Double? {
        let predicted = truePositives + falsePositives
        return predicted > 0 ? truePositives / predicted : nil
    }

    /// Share of the positive rows that are found; nil where there is none.
    public var recall: Double? {
        let actual = truePositives + falseNegatives
        return actual > 0 ? truePositives / actual : nil
    }
}

extension Metric {
    /// The score of decisions between two classes, as `evaluate` gives it; NaN for a metric that takes more than classes.
    public func score(_ counts: DecisionCounts) -> Double {
        let (hits, alarms) = (counts.truePositives, counts.falsePositives)
        let (missed, quiet) = (counts.falseNegatives, counts.trueNegatives)
        switch self {
        case .accuracy: return (hits + quiet) / (hits + alarms + missed + quiet)
        case .balancedAccuracy:
            let (positives, negatives) = (hits + missed, alarms + quiet)
            if positives == 0 { return quiet / negatives }
            return negatives == 0 ? hits / positives : (hits / positives + quiet / negatives) / 2
        case .f1:
            let sum = 2 * hits + alarms + missed
            return sum > 0 ? 2 * hits / sum : 0
        case .mcc:
            let scale = ((hits + alarms) * (hits + missed) * (quiet + alarms) * (quiet + missed)).squareRoot()
            return scale > 0 ? (hits * quiet - alarms * missed) / scale : 0
        default: return .nan
        }
    }
}
