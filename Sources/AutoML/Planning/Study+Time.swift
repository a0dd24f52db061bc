public import Learners
import Search

extension Study {
    /// The share of a time budget that scoring by time may take.
    public static let shareForTime = 0.1
    /// The share of the rows that are the latest.
    private static let latestShare = 0.2
    /// Seconds below which it is not begun.
    private static let leastSeconds = 0.01

    /// Scores the best trial's configuration, or that of the ensemble's best member, once more by time, and puts the score
    /// into the selection's leaderboard; leaves it alone where rows do not change with time or are divided by it anyway.
    ///
    /// - Parameters:
    ///   - secondsLeft: Seconds that it may take; nil without a limit, where the score depends on the settings and the table
    ///     alone.
    ///   - context: A cancellation skips it.
    public func scoreByTime(
        _ selection: inout EnsembleSelection, runner: TrialRunner, secondsLeft: Double? = nil,
        context: TrainingContext = TrainingContext()
    ) {
        guard experiment.isScoredByTime, let moments = experiment.relations.moments, let spec = bestSpec(selection)
        else { return }
        var score = TimeScore(
            time: moments.name, model: TrialResult.modelName(learner: spec.learner, index: spec.index), trainedRows: 0,
            scoredRows: 0)
        defer { selection.leaderboard.timeScore = score }
        if context.cancellation.isCancelled {
            score.reason = "skipped, since the run was stopped"
            return
        }
        if let secondsLeft, secondsLeft < Study.leastSeconds {
            score.reason = "there was no time left for it"
            return
        }
        do {
            let plan = try ValidationPlan.latest(
                experiment.problem.target, moments.values, share: Study.latestShare, name: moments.name)
            score.scoredRows = plan.scoredRows.count
            score.trainedRows = plan.trainingRowCount
            var spec = spec
            spec.timeLimitSeconds = secondsLeft
            let divided = PreparedExperiment(experiment, dividedBy: plan)
            let result = runner.run(spec, divided, context: context).result
            score.score = result.score
            score.scoreInterval = result.scoreInterval.flatMap { interval in
                interval.low.isFinite && interval.high.isFinite ? [interval.low, interval.high] : nil
            }
            score.reason =
                switch result.status {
                case .completed: nil
                case .cancelled: "skipped, since the run was stopped"
                case .timedOut: "there was no time left for it"
                case .failed: result.reason
                }
        } catch {
            score.reason = (error as? AutoMLError)?.message ?? "\(error)"
        }
    }

    /// The trial of the best score among those that the model is made of.
    private func bestSpec(_ selection: EnsembleSelection) -> TrialSpec? {
        let metric = experiment.metric
        let best = selection.members.map(\.trial).min { left, right in
            let (one, other) = (loss(left, metric), loss(right, metric))
            return one == other ? left < right : one < other
        }
        return best.map { specs[$0] }
    }

    private func loss(_ trial: Int, _ metric: Metric) -> Double {
        results[trial]?.score.map { metric.loss($0) } ?? .infinity
    }
}
