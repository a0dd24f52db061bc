import Dispatch
public import Learners
import Search
import Synchronization

extension Study {
    /// Trials that an ensemble is selected from, at most, by score.
    private static let mostFinalists = 40
    /// Bytes of out-of-fold predictions that `select` takes, at most.
    private static let predictionBytes = 400 << 20

    /// The trials that a model can be made of, best first: those of the best scores and the best of each learner. A trial that
    /// is none of them now will be none later, so its models may be dropped.
    public var finalists: [Int] { best(Study.mostFinalists) }

    /// The trials whose out-of-fold predictions `select` needs, best first: all, as far as there is room for them, since the
    /// best of many is known for what it is beside the others alone. What is none of them now will be none later.
    public var compared: [Int] { best(.max) }

    private func best(_ count: Int) -> [Int] {
        let metric = experiment.metric
        let ranked = endedResults.filter { $0.status == .completed && $0.score != nil }.sorted {
            let (left, right) = (metric.loss($0.score ?? .nan), metric.loss($1.score ?? .nan))
            return left == right ? $0.index < $1.index : left < right
        }
        let bytes = experiment.validation.scoredRows.count * experiment.problem.target.outputCount * 4
        let most = max(5, min(count, Study.predictionBytes / max(1, bytes)))
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
    /// best trial is not, although it was selected too; so the two are compared with both cross-fitted. An ensemble that wins
    /// is first, with its own score, whatever a trial shows. One that loses leaves the best trial as the model, whose score is
    /// then corrected for its selection (`SelectionLuck`). Throws `AutoMLError.noModel` where no trial completed, and
    /// `.damagedModel` for bytes that are not predictions for this experiment.
    public func select(
        _ predictions: (_ trial: Int) throws -> [UInt8], context: TrainingContext = TrainingContext()
    ) throws -> EnsembleSelection {
        let (finalists, compared) = (finalists, compared)
        guard !finalists.isEmpty else { throw noModel() }
        let started = DispatchTime.now().uptimeNanoseconds
        let rows = experiment.validation.scoredRows
        let width = experiment.problem.target.outputCount
        let all = try compared.map { trial in
            let own = try OutOfFold(decoding: predictions(trial))
            guard own.outputCount == width, own.rowCount == rows.count else {
                throw AutoMLError(.damagedModel, "the predictions of trial \(trial) are not for this experiment")
            }
            return own
        }
        let (metric, target, weights) = (experiment.metric, experiment.problem.target, experiment.problem.weights)
        let places = Dictionary(uniqueKeysWithValues: compared.enumerated().map { ($0.element, $0.offset) })
        let candidates = finalists.compactMap { places[$0].map { all[$0] } }
        let ensemble = Ensemble.select(
            candidates, metric: metric, decider: experiment.decider, target: target, rows: rows, weights: weights,
            pool: context.pool)
        var entry: Leaderboard.Entry?
        var crossFitted: EnsembleScore?
        var isEnsemble = false
        if ensemble.members.count > 1, !context.cancellation.isCancelled, !context.deadline.hasPassed,
            let score = Ensemble.crossFittedScore(
                all, most: finalists.count, metric: metric, decider: experiment.decider, target: target, rows: rows,
                weights: weights,
                seed: experiment.seed.child("ensemble"), pool: context.pool)
        {
            crossFitted = score
            entry = self.entry(ensemble, score, finalists, started: started)
            isEnsemble = metric.loss(score.score) <= metric.loss(score.singleScore)
        }
        var leaderboard = Leaderboard(experiment, results: endedResults, ensemble: entry, isEnsembleFirst: isEnsemble)
        if !isEnsemble { leaderboard.correctBest(by: luck(all, rows, context)) }
        let best = isEnsemble ? ensemble : Ensemble(only: 0)
        let members = best.members.map {
            EnsembleSelection.Member(trial: finalists[$0.candidate], weight: $0.weight)
        }
        let blend = best.blend(candidates)
        return EnsembleSelection(
            leaderboard: leaderboard, members: members.sorted { $0.trial < $1.trial },
            decision: experiment.decision(blend),
            outOfFold: isEnsemble ? crossFitted?.predictions ?? blend : blend,
            decided: isEnsemble ? crossFitted?.decided : nil)
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
            scoreInterval: best.scoreInterval, selectionScore: best.selectionScore,
            threshold: selection.decision.threshold, classWeights: selection.decision.weights,
            thresholdNote: selection.decision.note, schema: plan.sourceSchema, plan: plan,
            members: selection.members.map { member in
                let spec = specs[member.trial]
                return ModelHeader.Member(
                    model: TrialResult.modelName(learner: spec.learner, index: spec.index), learner: spec.learner,
                    weight: member.weight)
            },
            rows: experiment.problem.rowCount, validation: experiment.validation.summary,
            settings: experiment.settings, memoryCut: (board ?? selection.leaderboard).memoryCut,
            timeScore: selection.leaderboard.timeScore)
        var evaluation = evaluationRecord(
            selection, of: best, leaderboard: board ?? selection.leaderboard)
        let uncertainty = try uncertainty(selection, context)
        evaluation?.document.evaluation.coverage = uncertainty?.coverage
        let model = try ModelArtifact(
            header: header, bags: bags, goldenRows: experiment.goldenRows, evaluation: evaluation,
            uncertainty: uncertainty?.uncertainty, context: TrainingContext())
        return FinishedExperiment(leaderboard: selection.leaderboard, model: model, artifact: try model.encoded())
    }

    /// Selects and assembles, where blobs can be had at once.
    public func finish(
        _ blobs: (_ trial: Int) throws -> TrialBlobs, context: TrainingContext = TrainingContext()
    ) throws -> FinishedExperiment {
        let selection = try select({ try blobs($0).predictions }, context: context)
        return try assemble(selection, { try blobs($0).models }, context: context)
    }

    /// Nil where the model was cut short.
    private func uncertainty(
        _ selection: EnsembleSelection, _ context: TrainingContext
    ) throws -> (uncertainty: Uncertainty, coverage: [Evaluation.Coverage])? {
        let maker = UncertaintyMaker(
            experiment: experiment, outOfFold: selection.outOfFold, decision: selection.decision)
        do {
            return try maker.make(context)
        } catch TrainingError.cancelled, TrainingError.deadlineExceeded {
            return nil
        }
    }

    private func noModel() -> AutoMLError {
        let ended = endedResults
        guard let first = ended.first(where: { $0.status == .failed }) ?? ended.first else {
            return AutoMLError(.noModel, "no trial was run: there is no model")
        }
        let reason = first.reason ?? first.status.rawValue
        return AutoMLError(.noModel, "none of \(ended.count) trials gave a model; \(first.modelName): \(reason)")
    }

    /// What the first of the candidates, which are ordered best first, owes to having been chosen among them.
    private func luck(_ candidates: [OutOfFold], _ rows: [Int32], _ context: TrainingContext) -> Double? {
        guard candidates.count > 1 else { return nil }
        let (target, weights) = (experiment.problem.target, experiment.problem.weights)
        let luck = SelectionLuck(
            experiment.metric, rows: rows.count, candidates: candidates.count, seed: experiment.seed)
        let losses = Mutex([SelectionLuck.Losses?](repeating: nil, count: candidates.count))
        context.pool.forEach(candidates.count) { index in
            let own = luck.losses(experiment.scored(candidates[index]), target, rows: rows, weights: weights)
            losses.withLock { $0[index] = own }
        }
        return SelectionLuck.bias(losses.withLock { $0.compactMap { $0 } }, of: 0)
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
        var metrics = experiment.scores(of: score.predictions, decided: score.decided)
        metrics?[experiment.metric.rawValue] = score.score
        return Leaderboard.Entry(
            ensemble: score, metrics: metrics, fitSeconds: fitSeconds, predictSeconds: predictSeconds, weights: weights)
    }
}
