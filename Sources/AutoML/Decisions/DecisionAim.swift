import Learners

/// What a threshold on the probability of the second of two classes is chosen for.
enum DecisionAim: Sendable, Hashable {
    /// The best score.
    case metric(Metric)
    /// The least cost, where a wrong alarm and a missed row cost so much each.
    case cost(falsePositive: Double, falseNegative: Double)
    /// The highest recall with at least this precision; the highest precision where it is out of reach.
    case precision(Double)
    /// The highest precision with at least this recall; the highest recall where it is out of reach.
    case recall(Double)

    /// How far decisions are from the aim, less is better: of equal first numbers the second decides.
    func distance(_ counts: DecisionCounts) -> (first: Double, second: Double) {
        switch self {
        case .metric(let metric):
            let loss = metric.loss(metric.score(counts))
            return (loss.isNaN ? .infinity : loss, 0)
        case .cost(let falsePositive, let falseNegative):
            return (falsePositive * counts.falsePositives + falseNegative * counts.falseNegatives, 0)
        case .precision(let wanted):
            guard let precision = counts.precision else { return (2, 0) }
            return (max(0, wanted - precision), -(counts.recall ?? 0))
        case .recall(let wanted):
            return (max(0, wanted - (counts.recall ?? 0)), -(counts.precision ?? 0))
        }
    }

    /// Whether the first is nearer than the second by more than sums of weights are rounded.
    static func isNearer(_ left: (first: Double, second: Double), _ right: (first: Double, second: Double)) -> Bool? {
        let slack = 1e-12
        func differs(_ a: Double, _ b: Double) -> Bool { !(abs(a - b) <= slack * max(1, abs(a), abs(b))) }
        if left.first != right.first, differs(left.first, right.first) { return left.first < right.first }
        if left.second != right.second, differs(left.second, right.second) { return left.second < right.second }
        return nil
    }
}
