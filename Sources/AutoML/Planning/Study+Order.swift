import Search

extension Study {
    /// What it is worth to begin a trial before one that was proposed right after it, in mean seconds of a trial, while later
    /// proposals wait for the results of both. Simulated with the times of 40 trials on adult and diamonds on 2 to 4 slots: from
    /// 0.2 to 0.4 all end up to 2 % sooner than with 0.
    private static let worthOfAge = 0.4

    /// Trials that wait for a slot in the order in which slots are best given them, where there are several: those of learners
    /// of which none has ended, and then those that are expected to take longest, so that none of these is begun last while the
    /// other slots have nothing to do (longest processing time first, Graham 1969); as long as there are trials to propose, the
    /// older ones somewhat sooner, since those to come wait for them. It changes what is done when, and no result. Until a trial
    /// has ended the order is that of their indices, whose first is quick.
    public func longestFirst(_ waiting: [TrialSpec]) -> [TrialSpec] {
        guard waiting.count > 1 else { return waiting }
        let ended = endedResults.filter { $0.status == .completed }
        guard !ended.isEmpty else { return waiting }
        var age = 0.0
        if case .trials(let count) = experiment.settings.budget, specs.count < count {
            let seconds = ended.reduce(0) { $0 + $1.fitSeconds + $1.predictSeconds }
            age = Study.worthOfAge * seconds / Double(ended.count)
        }
        return waiting.map { spec in
            let seconds = expectedSeconds(spec, ended) ?? .infinity
            return (spec, seconds + age * Double(specs.count - spec.index))
        }
        .sorted { ($1.1, $0.0.index) < ($0.1, $1.0.index) }
        .map(\.0)
    }

    /// Seconds that a trial took, of those of its learner, the nearer their configurations the more they count; nil where none
    /// has ended. What early stopping makes of a configuration is seen in its neighbours alone.
    private func expectedSeconds(_ spec: TrialSpec, _ ended: [TrialResult]) -> Double? {
        guard let space = spaces[spec.learner] else { return nil }
        var sum = 0.0
        var weights = 0.0
        for result in ended where result.learner == spec.learner {
            let weight = 1 / (0.05 + space.squaredDistance(result.configuration, spec.configuration))
            sum += weight * (result.fitSeconds + result.predictSeconds)
            weights += weight
        }
        return weights > 0 ? sum / weights : nil
    }
}
