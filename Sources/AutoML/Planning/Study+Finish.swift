import Dispatch
public import Learners
import Search

extension Study {
    /// Trials that an ensemble is selected from, at most, by score.
    private static let mostFinalists = 40
    /// Bytes of out-of-fold predictions that an ensemble is selected from, at most.
    private static let finalistBytes = 400 << 20

    /// The trials whose out-of-fold predictions `select` needs, best first: those of the best scores and the best of each
    /// learner. A trial that is none of them now will be none later, so what it left behind may be dropped.
    public var finalists: [Int] {
        let metric = experiment.metric
        let ranked = endedResults.filter { $0.status == .completed && $0.score != nil }.sorted {
            let (left, right) = (metric.loss($0.score ?? .nan), metric.loss($1.score ?? .nan))
            return left == right ? $0.index < $1.index : left < right
        }
        let bytes = experiment.validation.scoredRows.count * experiment.problem.target.outputCount * 4
        let most = max(5, min(Study.mostFinalists, Study.finalistBytes / max(1, bytes)))
        var seen: Set<String> = []
        return ranked.enumerated().filter { entry in
            let isBestOfLearner = seen.insert(entry.element.learner).inserted
            return entry.offset < most || isBestOfLearner
        }.map(\.element.index)
    }

    /// The leaderboard of the trials that have ended.
    public var leaderboard: Leaderboard { Leaderboard(experiment, results: endedResults) }

    /// Selects the ensemble over the finalists' out-of-fold predictions (`TrialBlobs.predictions`) and ranks it among them.
    ///
    /// The ensemble's score is cross-fitted: each row's is the prediction of members selected without it. The score of the
    /// best trial is not, although it was selected too; so the two are compared with both cross-fitted, and an ensemble that
    /// wins is shown with no worse a score than the best trial. One that loses leaves that trial as the model. Throws `AutoMLError.noModel` where no trial completed, and
    /// `.damagedModel` for bytes that are not predictions for this experiment.
    public func select(
        _ predictions: (_ trial: Int) throws -> [UInt8], context: TrainingContext = TrainingContext()
    ) throws -> EnsembleSelection {
        let finalists = finalists
        guard !finalists.isEmpty else { throw noModel() }
        let started = DispatchTime.now().uptimeNanoseconds
        let rows = experiment.validation.scoredRows
        let width = experiment.problem.target.outputCount
        let candidates = try finalists.map { trial in
            let own = try OutOfFold(decoding: predictions(trial))
            guard own.outputCount == width, own.rowCount == rows.count else {
                throw AutoMLError(.damagedModel, "the predictions of trial \(trial) are not for this experiment")
            }
            return own
        }
        let (metric, target, weights) = (experiment.metric, experiment.problem.target, experiment.problem.weights)
        let ensemble = Ensemble.select(
            candidates, metric: metric, target: target, rows: rows, weights: weights, pool: context.pool)
        var entry: Leaderboard.Entry?
        var crossFitted: OutOfFold?
        if ensemble.members.count > 1, !context.cancellation.isCancelled, !context.deadline.hasPassed,
            let score = Ensemble.crossFittedScore(
                candidates, metric: metric, target: target, rows: rows, weights: weights,
                seed: experiment.seed.child("ensemble"), pool: context.pool)
        {
            crossFitted = score.predictions
            entry = self.entry(ensemble, comparable(score, results[finalists[0]]), finalists, started: started)
        }
        let leaderboard = Leaderboard(experiment, results: endedResults, ensemble: entry)
        let isEnsemble = leaderboard.best?.trial == nil
        let best = isEnsemble ? ensemble : Ensemble(only: 0)
        let members = best.members.map {
            EnsembleSelection.Member(trial: finalists[$0.candidate], weight: $0.weight)
        }
        let blend = best.blend(candidates)
        return EnsembleSelection(
            leaderboard: leaderboard, members: members.sorted { $0.trial < $1.trial },
            threshold: threshold(blend, rows), outOfFold: isEnsemble ? crossFitted ?? blend : blend)
    }

    /// Puts the model together from the fold models (`TrialBlobs.models`) of the selection's members; `board` is the
    /// leaderboard that it carries, where that is not the selection's.
    public func assemble(
        _ selection: EnsembleSelection, _ models: (_ trial: Int) throws -> [UInt8], board: Leaderboard? = nil,
        context: TrainingContext = TrainingContext()
    ) throws -> FinishedExperiment {
        guard let best = selection.leaderboard.best else { throw noModel() }
        let bags = try selection.members.map { member in
            try ModelBag(decoding: models(member.trial), learners: experiment.learners)
        }
        let plan = experiment.plan
        let header = ModelHeader(
            martletVersion: martletVersion, name: best.model, task: experiment.task, target: experiment.settings.target,
            classes: experiment.classes, metric: experiment.metric, score: best.score,
            scoreInterval: best.scoreInterval,
            threshold: selection.threshold, schema: plan.sourceSchema, plan: plan,
            members: selection.members.map { member in
                let spec = specs[member.trial]
                return ModelHeader.Member(
                    model: TrialResult.modelName(learner: spec.learner, index: spec.index), learner: spec.learner,
                    weight: member.weight)
            },
            rows: experiment.problem.rowCount, validation: experiment.validation.summary,
            settings: experiment.settings, memoryCut: (board ?? selection.leaderboard).memoryCut)
        let evaluation = evaluationRecord(
            selection.outOfFold, threshold: selection.threshold, leaderboard: board ?? selection.leaderboard)
        let model = try ModelArtifact(
            header: header, bags: bags, goldenRows: experiment.goldenRows, evaluation: evaluation,
            context: TrainingContext())
        return FinishedExperiment(leaderboard: selection.leaderboard, model: model, artifact: try model.encoded())
    }

    /// Selects and assembles, where blobs can be had at once.
    public func finish(
        _ blobs: (_ trial: Int) throws -> TrialBlobs, context: TrainingContext = TrainingContext()
    ) throws -> FinishedExperiment {
        let selection = try select({ try blobs($0).predictions }, context: context)
        return try assemble(selection, { try blobs($0).models }, context: context)
    }

    private func noModel() -> AutoMLError {
        let ended = endedResults
        guard let first = ended.first(where: { $0.status == .failed }) ?? ended.first else {
            return AutoMLError(.noModel, "no trial was run: there is no model")
        }
        let reason = first.reason ?? first.status.rawValue
        return AutoMLError(.noModel, "none of \(ended.count) trials gave a model; \(first.modelName): \(reason)")
    }

    /// The score as it stands beside that of the best trial.
    private func comparable(_ score: EnsembleScore, _ best: TrialResult?) -> EnsembleScore {
        let metric = experiment.metric
        guard let own = best?.score, metric.loss(score.score) <= metric.loss(score.singleScore),
            metric.loss(own) < metric.loss(score.score)
        else { return score }
        var score = score
        score.score = own
        score.interval.low = min(score.interval.low, own)
        score.interval.high = max(score.interval.high, own)
        return score
    }

    private func entry(
        _ ensemble: Ensemble, _ score: EnsembleScore, _ finalists: [Int], started: UInt64
    ) -> Leaderboard.Entry {
        var fitSeconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        var predictSeconds = 0.0
        var weights = Configuration()
        for member in ensemble.members {
            guard let result = results[finalists[member.candidate]] else { continue }
            fitSeconds += result.fitSeconds
            predictSeconds += result.predictSeconds
            weights.values[result.modelName] = .double(member.weight)
        }
        var metrics = experiment.scores(of: score.predictions)
        metrics?[experiment.metric.rawValue] = score.score
        return Leaderboard.Entry(
            ensemble: score, metrics: metrics, fitSeconds: fitSeconds, predictSeconds: predictSeconds, weights: weights)
    }

    /// For binary tasks 0.5, or the threshold of the best metric where that scores predicted classes.
    func threshold(_ blend: OutOfFold, _ rows: [Int32]) -> Double? {
        guard experiment.task == .binary else { return nil }
        let metric = experiment.metric
        guard metric.usesClassesOnly else { return 0.5 }
        let probabilities = (0..<blend.rowCount).map { Double(blend.values[$0 * 2 + 1]) }
        func score(_ threshold: Double) -> Double {
            var values: [Double] = []
            values.reserveCapacity(probabilities.count * 2)
            for probability in probabilities { values += probability > threshold ? [0, 1] : [1, 0] }
            return metric.loss(
                metric.evaluate(
                    Predictions(outputCount: 2, values: values), experiment.problem.target, rows: rows,
                    weights: experiment.problem.weights))
        }
        let sorted = probabilities.sorted()
        var best = (threshold: 0.5, loss: score(0.5))
        let steps = min(100, sorted.count)
        for step in 1..<max(2, steps) {
            let threshold = sorted[step * (sorted.count - 1) / steps]
            let loss = score(threshold)
            if loss < best.loss - 1e-9 { best = (threshold, loss) }
        }
        return best.threshold
    }
}
