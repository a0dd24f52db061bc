import Learners

extension ModelArtifact {
    /// The same model that decides by another rule. A cost, a precision or a recall becomes the best of the thresholds that the
    /// model's evaluation holds, over rows that its parts have not seen.
    ///
    /// Throws `AutoMLError.invalidSetting` for a rule that does not fit the task, that is out of reach, or that needs an
    /// evaluation where there is none.
    public func deciding(by rule: ThresholdRule) throws -> ModelArtifact {
        try rule.validate()
        let decider = try Decider(rule, task: header.task, metric: header.metric, classes: header.classes)
        var copy = self
        copy.header.thresholdNote = nil
        switch decider.kind {
        case .largest(let weights): copy.header.classWeights = weights
        case .above(let threshold): copy.header.threshold = threshold
        case .chosen(let aim): copy.header.threshold = try threshold(aim, rule)
        }
        copy.header.settings.threshold = rule
        return copy
    }

    private func threshold(_ aim: DecisionAim, _ rule: ThresholdRule) throws -> Double {
        guard let all = evaluation?.document.evaluation.thresholds, let first = all.first else {
            throw ThresholdRule.mistake("the model has no evaluation that \(rule) could be found in: give a number")
        }
        var best = first
        for other in all.dropFirst() {
            let isNearer =
                DecisionAim.isNearer(aim.distance(other.counts), aim.distance(best.counts))
                ?? (abs(other.threshold - 0.5) < abs(best.threshold - 0.5))
            if isNearer { best = other }
        }
        if let shortfall = aim.shortfall(best.counts) { throw ThresholdRule.mistake(shortfall) }
        return best.threshold
    }
}

extension Evaluation.ThresholdScores {
    /// The counts alone.
    var counts: DecisionCounts {
        DecisionCounts(
            truePositives: truePositives, falsePositives: falsePositives, falseNegatives: falseNegatives,
            trueNegatives: trueNegatives)
    }
}
