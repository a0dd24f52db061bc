import Learners
import Search

extension Decider {
    /// What `rule` says for a task; without one, the best threshold for a metric of two classes, and else the class of the
    /// highest probability. Throws `AutoMLError.invalidSetting` for a rule that does not fit the task.
    init(_ rule: ThresholdRule?, task: Task, metric: Metric, classes: [String]) throws {
        guard let rule else {
            kind =
                task == .binary && metric.usesClassesOnly ? .chosen(.metric(metric)) : .largest(weights: nil)
            return
        }
        guard task.isClassification else {
            throw ThresholdRule.mistake("a threshold is for classes, and this is a regression")
        }
        if case .weights(let weights) = rule {
            let factors = try Decider.weights(weights, classes)
            kind = task == .binary ? .above(factors[0] / (factors[0] + factors[1])) : .largest(weights: factors)
            return
        }
        guard task == .binary else {
            throw ThresholdRule.mistake(
                "\(rule) is for two classes and there are \(classes.count): give weights:CLASS=1,CLASS=5")
        }
        switch rule {
        case .number(let threshold): kind = .above(threshold)
        case .cost(let falsePositive, let falseNegative):
            kind = .chosen(.cost(falsePositive: falsePositive, falseNegative: falseNegative))
        case .precision(let wanted): kind = .chosen(.precision(wanted))
        case .recall(let wanted): kind = .chosen(.recall(wanted))
        case .weights: kind = .largest(weights: nil)
        }
    }

    /// The weight of each class, 1 for those that are not named.
    static func weights(_ named: [String: Double], _ classes: [String]) throws -> [Double] {
        for name in named.keys.sorted() where !classes.contains(name) {
            throw ThresholdRule.mistake(PreparedExperiment.noClass(name, among: classes))
        }
        return classes.map { named[$0] ?? 1 }
    }
}

extension PreparedExperiment {
    /// That there is no such class, with the one that may be meant.
    static func noClass(_ name: String, among classes: [String]) -> String {
        let shown = classes.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
        let hint =
            nearest(name, among: classes).map { "did you mean \"\($0)\"?" }
            ?? "there are \(shown)\(classes.count > 8 ? " and \(classes.count - 8) more" : "")"
        return "there is no class \"\(name)\"; \(hint)"
    }

    /// Target and weights of the scored rows, and the part of each whose decisions are made without it: its fold, or one of
    /// five parts of rows held out.
    var scoredTruth: (truth: [Double], weights: [Double]?, parts: [UInt8]) {
        let rows = validation.scoredRows
        let truth = rows.map { problem.target.values[Int($0)] }
        let parts: [UInt8]
        if validation.isCrossValidation {
            parts = validation.folds(of: rows)[0]
        } else {
            let target = Target(task: task, classes: classes, values: truth)
            parts = ValidationPlan.deal(target, into: min(5, rows.count), seed: seed.child("decisions"))
        }
        return (truth, problem.weights.map { all in rows.map { Double(all[Int($0)]) } }, parts)
    }

    /// What metrics of classes score for predictions of the scored rows: no row is decided at a threshold that it had a share
    /// in.
    func decided(_ predictions: OutOfFold) -> Predictions {
        guard decider.aim != nil else { return decider.decided(predictions, truth: [], weights: nil, parts: []) }
        let (truth, weights, parts) = scoredTruth
        return decider.decided(predictions, truth: truth, weights: weights, parts: parts)
    }

    /// What the experiment's own metric scores.
    func scored(_ predictions: OutOfFold) -> Predictions {
        metric.usesClassesOnly ? decided(predictions) : predictions.predictions
    }

    /// How a model with these predictions decides, which is chosen on all of them; a note where what is wanted is out of reach.
    func decision(_ predictions: OutOfFold) -> ModelDecision {
        switch decider.kind {
        case .largest(let weights): return ModelDecision(threshold: task == .binary ? 0.5 : nil, weights: weights)
        case .above(let threshold): return ModelDecision(threshold: threshold)
        case .chosen(let aim):
            let (truth, weights, _) = scoredTruth
            let ranked = RankedDecisions(predictions.secondClass, truth: truth, weights: weights)
            guard let choice = ranked.best(aim) else { return ModelDecision(threshold: 0.5) }
            return ModelDecision(threshold: choice.threshold, note: aim.shortfall(choice.counts))
        }
    }
}

extension DecisionAim {
    /// What is out of reach and the best that can be; nil where the aim is reached.
    func shortfall(_ counts: DecisionCounts) -> String? {
        func text(_ value: Double?) -> String { value.map { "\(($0 * 1e4).rounded() / 1e4)" } ?? "none" }
        switch self {
        case .precision(let wanted) where (counts.precision ?? 0) < wanted:
            return "no threshold has a precision of \(wanted): the best is \(text(counts.precision)), with a recall of "
                + text(counts.recall)
        case .recall(let wanted) where (counts.recall ?? 0) < wanted:
            return "no threshold has a recall of \(wanted): the best is \(text(counts.recall)), with a precision of "
                + text(counts.precision)
        default: return nil
        }
    }
}
