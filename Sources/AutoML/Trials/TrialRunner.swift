import Dispatch
public import Learners
import Search
import Synchronization
import Tabular

/// Trains and scores one trial.
public struct TrialRunner: Sendable {
    /// Expected bytes that trials may have at a time, beyond the data.
    public let memory: MemoryBudget

    /// A runner whose trials share a budget.
    public init(memory: MemoryBudget = MemoryBudget()) { self.memory = memory }

    /// Bytes that one trial is expected to need beyond the data.
    public struct Need: Sendable, Hashable {
        /// For the models of all folds, whichever is being trained.
        public var kept: Int
        /// For each fold that is being trained.
        public var fold: Int

        /// Bytes with one fold at a time, which is the least.
        public var least: Int {
            let (sum, isTooLarge) = kept.addingReportingOverflow(fold)
            return isTooLarge ? .max : sum
        }
    }

    /// What the trial is expected to need; nothing where the learner is not known.
    public func need(of spec: TrialSpec, _ experiment: PreparedExperiment) -> Need {
        guard let learner = experiment.learners.learner(spec.learner) else { return Need(kept: 0, fold: 0) }
        let plan = experiment.validation
        let rows = plan.scoredRows.count
        // The sums of the predictions, and what is kept of them; the models once as they are and once as bytes.
        let outcomes = rows * experiment.problem.target.outputCount * (8 + 4 + 4)
        let models = learner.estimatedModelBytes(for: experiment.shape, spec.configuration)
        let (all, isTooLarge) = models.multipliedReportingOverflow(by: 2 * plan.splitCount)
        let predictions =
            rows / max(1, plan.splitCount / max(1, plan.repeats)) * experiment.problem.target.outputCount * 8
        let fit = learner.estimatedPeakBytes(for: experiment.shape, spec.configuration)
        let (fold, isTooLargeAlso) = max(0, fit - models).addingReportingOverflow(predictions)
        return Need(
            kept: isTooLarge ? .max : min(.max - outcomes, all) + outcomes, fold: isTooLargeAlso ? .max : fold)
    }

    /// Trains the folds of `spec` and scores them. It never throws: a trial that cannot be trained has a reason.
    ///
    /// With several folds the threads of the context take a fold each, as far as the budget allows, and it waits where other
    /// trials hold what one fold needs; the outcome, measured times aside, depends on neither. A fold's deadline is the
    /// earlier of the context's and the trial's time limit. One that is to be alone waits for all of the budget and trains a
    /// fold at a time.
    public func run(
        _ spec: TrialSpec, _ experiment: PreparedExperiment, context: TrainingContext = TrainingContext(),
        isAlone: Bool = false
    ) -> TrialOutcome {
        guard let learner = experiment.learners.learner(spec.learner) else {
            let reason = "there is no learner \"\(spec.learner)\""
            return TrialOutcome(result: TrialResult(spec, status: .failed, reason: reason))
        }
        let expected = need(of: spec, experiment)
        var need = expected
        if isAlone { need.kept = max(need.kept, memory.bytes - min(memory.bytes, need.fold)) }
        let plan = experiment.validation
        let most = plan.isCrossValidation && !isAlone ? max(1, min(context.pool.threadCount, plan.splitCount)) : 1
        let parts: Int
        do {
            guard let granted = try memory.take(fixed: need.kept, part: need.fold, most: most, context) else {
                let refusal = MemoryRefusal(neededBytes: need.least, limitBytes: memory.bytes)
                return TrialOutcome(result: TrialResult(spec, refusal: refusal))
            }
            parts = granted
        } catch {
            let status: TrialStatus = error as? TrainingError == .cancelled ? .cancelled : .timedOut
            return TrialOutcome(result: TrialResult(spec, status: status, reason: "\(error)"))
        }
        defer { memory.giveBack(fixed: need.kept, part: need.fold, parts: parts) }
        let limit = spec.timeLimitSeconds.map { Deadline.after(seconds: $0) } ?? .never
        let folds = FoldRun(
            spec: spec, learner: learner, experiment: experiment, context: context,
            deadline: limit.earlier(context.deadline), foldsAtATime: parts)
        var outcome = folds.run()
        outcome.result.estimatedPeakBytes = expected.least
        return outcome
    }
}

/// The folds of one trial while they are trained.
private struct FoldRun {
    let spec: TrialSpec
    let learner: any Learner
    let experiment: PreparedExperiment
    let context: TrainingContext
    let deadline: Deadline
    /// Folds that there is memory for at a time.
    let foldsAtATime: Int

    struct Fold: Sendable {
        var model: any FittedModel
        var fitSeconds: Double
        /// Whether its time was over before the fit was.
        var isCutShort = false
        /// Nil until it is known how many stages the model keeps.
        var scored: Scored?
    }

    struct Scored: Sendable {
        var predictions: Predictions
        var rows: [Int32]
        var score: Double
        var seconds: Double
    }

    func run() -> TrialOutcome {
        let started = DispatchTime.now().uptimeNanoseconds
        do {
            var folds = try each { try train($0, $1) }
            let counts = StageChoice.counts(
                folds.map { ($0.model as? any StagedModel)?.watchedLosses ?? [] }, folds: experiment.validation.folds)
            if folds.contains(where: { $0.scored == nil }) {
                folds = try each { [folds] in try finish(folds[$0], $0, stages: counts[$0], $1) }
            }
            return outcome(folds)
        } catch let errors as FoldErrors {
            return failure(errors.all, after: Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9)
        } catch {
            return failure([error], after: Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9)
        }
    }

    private struct FoldErrors: Error { let all: [any Error] }

    /// Does something for all folds, as many at a time as there are threads and memory for; throws `FoldErrors`.
    private func each(_ body: @escaping @Sendable (Int, TrainingContext) throws -> Fold) throws -> [Fold] {
        let plan = experiment.validation
        let count = plan.splitCount
        let results = Mutex<[Result<Fold, any Error>?]>(Array(repeating: nil, count: count))
        let progress = Mutex<[Double]>(Array(repeating: 0, count: count))
        let stop = Cancellation()
        let atATime = min(foldsAtATime, context.pool.threadCount)
        let isParallel = count > 1 && atATime > 1
        let waves = isParallel ? (count + atATime - 1) / atATime : count
        let turns = DispatchSemaphore(value: max(1, atATime))
        @Sendable func one(_ index: Int) {
            turns.wait()
            defer { turns.signal() }
            if stop.isCancelled || context.cancellation.isCancelled {
                results.withLock { $0[index] = .failure(TrainingError.cancelled) }
                return
            }
            // What is left of the trial's time is shared by the rounds of folds that are still to come.
            let wave = isParallel ? index / atATime : index
            // A learner that stops at its deadline and keeps its model then needs some of it to predict.
            let kept = learner.keepsPartialModels ? 0.9 : 1
            let share = kept * deadline.secondsLeft / Double(max(1, waves - wave))
            let fold = TrainingContext(
                pool: isParallel ? .single : context.pool,
                deadline: share.isFinite ? deadline.earlier(.after(seconds: share)) : deadline,
                cancellation: context.cancellation
            ) { share in
                let mean = progress.withLock { all -> Double in
                    all[index] = max(all[index], min(1, share))
                    return all.reduce(0, +) / Double(count)
                }
                context.progress(mean)
            }
            let result = Result { try body(index, fold) }
            if case .failure = result { stop.cancel() }
            results.withLock { $0[index] = result }
        }
        if isParallel {
            context.pool.forEach(count) { one($0) }
        } else {
            for index in 0..<count { one(index) }
        }
        var folds: [Fold] = []
        for result in results.withLock({ $0 }) {
            switch result {
            case .success(let fold): folds.append(fold)
            case .failure, nil: break
            }
        }
        if folds.count < count {
            let errors = results.withLock { $0 }.compactMap { result -> (any Error)? in
                if case .failure(let error) = result { error } else { nil }
            }
            throw FoldErrors(all: errors)
        }
        return folds
    }

    /// A fold with its model. One with stages is scored when the other folds have chosen for it; where there is none, it is
    /// watched on rows set apart from those that it is trained on.
    private func train(_ index: Int, _ context: TrainingContext) throws -> Fold {
        let plan = experiment.validation
        let split = plan.split(index)
        try context.check()
        let started = DispatchTime.now().uptimeNanoseconds
        let isSetApart = learner.hasStages && !plan.isCrossValidation
        var model = try learner.fit(
            experiment.problem, training: isSetApart ? split.training.without(split.watched) : split.training,
            validation: !learner.hasStages ? [] : isSetApart ? split.watched : split.validation,
            configuration: spec.configuration, seed: spec.seed.child("fold", index), context: context)
        if isSetApart, let staged = model as? any StagedModel {
            model = staged.keepingBestStages()
        }
        var fold = Fold(model: model, fitSeconds: Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9)
        fold.isCutShort = context.deadline.hasPassed
        if !learner.hasStages || isSetApart { fold.scored = try score(model, split.validation, context) }
        return fold
    }

    /// The fold with that many stages and its scores. Where its own rows ended it before, it is trained again without a look
    /// at them, unless time was what ended it.
    private func finish(_ fold: Fold, _ index: Int, stages: Int, _ context: TrainingContext) throws -> Fold {
        guard fold.scored == nil, let staged = fold.model as? any StagedModel else { return fold }
        let split = experiment.validation.split(index)
        let started = DispatchTime.now().uptimeNanoseconds
        var fold = fold
        fold.model = staged.keepingStages(stages)
        if stages > staged.stageCount, !fold.isCutShort {
            let again = try learner.fit(
                experiment.problem, training: split.training, validation: [],
                configuration: learner.configuration(spec.configuration, stages: stages),
                seed: spec.seed.child("fold", index), context: context)
            if !context.deadline.hasPassed { fold.model = again }
        }
        fold.fitSeconds += Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        fold.scored = try score(fold.model, split.validation, context)
        return fold
    }

    private func score(_ model: any FittedModel, _ rows: [Int32], _ context: TrainingContext) throws -> Scored {
        let problem = experiment.problem
        let fitted = DispatchTime.now().uptimeNanoseconds
        // A model that was stopped by its deadline still has to predict; another has no more time than the trial has.
        let predicting = TrainingContext(
            pool: context.pool, deadline: learner.keepsPartialModels ? .never : deadline,
            cancellation: context.cancellation)
        let predictions = try model.predict(problem, rows: rows, context: predicting)
        let predicted = DispatchTime.now().uptimeNanoseconds
        guard predictions.outputCount == problem.target.outputCount, predictions.rowCount == rows.count,
            predictions.values.allSatisfy(\.isFinite)
        else { throw TrainingError.unsuitable("its predictions are not finite numbers") }
        let score = experiment.metric.evaluate(
            predictions, problem.target, rows: rows, weights: problem.weights)
        return Scored(
            predictions: predictions, rows: rows, score: score, seconds: Double(predicted - fitted) / 1e9)
    }

    private func failure(_ errors: [any Error], after seconds: Double) -> TrialOutcome {
        let first = errors.first { $0 as? TrainingError != .cancelled } ?? errors.first ?? TrainingError.cancelled
        let status: TrialStatus
        switch first as? TrainingError {
        case .cancelled: status = .cancelled
        case .deadlineExceeded: status = .timedOut
        default: status = .failed
        }
        var result = TrialResult(spec, status: status, reason: "\(first)")
        result.fitSeconds = seconds
        return TrialOutcome(result: result)
    }

    private func outcome(_ folds: [Fold]) -> TrialOutcome {
        let problem = experiment.problem
        let outOfFold = gather(folds)
        let rows = experiment.validation.scoredRows
        // Decisions need all folds: a fold's are made at the threshold that is best on the others.
        let predictions = experiment.scored(outOfFold)
        let score = experiment.metric.evaluate(predictions, problem.target, rows: rows, weights: problem.weights)
        guard score.isFinite else {
            return TrialOutcome(
                result: TrialResult(
                    spec, status: .failed, reason: "the metric \(experiment.metric.rawValue) is not defined for it"))
        }
        let interval = experiment.metric.bootstrapInterval(
            predictions, problem.target, rows: rows, weights: problem.weights,
            seed: experiment.seed.child("interval", spec.index))
        var result = TrialResult(
            index: spec.index, learner: spec.learner, configuration: spec.configuration, status: .completed,
            score: score, foldScores: foldScores(folds, predictions), scoreInterval: interval,
            fitSeconds: folds.reduce(0) { $0 + $1.fitSeconds },
            predictSeconds: folds.reduce(0) { $0 + ($1.scored?.seconds ?? 0) })
        result.metrics = experiment.scores(of: outOfFold)
        let blobs = TrialBlobs(
            predictions: outOfFold.encoded(), models: ModelBag(folds.map(\.model)).encoded())
        return TrialOutcome(result: result, blobs: blobs)
    }

    /// Each fold's score, over its rows of what the trial's score is made of where that is decisions.
    private func foldScores(_ folds: [Fold], _ predictions: Predictions) -> [Double] {
        guard experiment.metric.usesClassesOnly else { return folds.compactMap(\.scored?.score) }
        var place = [Int32: Int](minimumCapacity: predictions.rowCount)
        for (index, row) in experiment.validation.scoredRows.enumerated() { place[row] = index }
        let width = predictions.outputCount
        return folds.compactMap(\.scored?.rows).map { rows in
            let values = rows.compactMap { place[$0] }.flatMap { predictions.values[$0 * width..<($0 + 1) * width] }
            return experiment.metric.evaluate(
                Predictions(outputCount: width, values: values), experiment.problem.target, rows: rows,
                weights: experiment.problem.weights)
        }
    }

    private func gather(_ folds: [Fold]) -> OutOfFold {
        let plan = experiment.validation
        let width = experiment.problem.target.outputCount
        let scored = plan.scoredRows
        var place = [Int32](repeating: -1, count: plan.rowCount)
        for (index, row) in scored.enumerated() { place[Int(row)] = Int32(index) }
        var sums = [Double](repeating: 0, count: scored.count * width)
        for fold in folds.compactMap(\.scored) {
            for (index, row) in fold.rows.enumerated() {
                let to = Int(place[Int(row)]) * width
                for output in 0..<width { sums[to + output] += fold.predictions.values[index * width + output] }
            }
        }
        let repeats = Double(plan.repeats)
        let origin = experiment.problem.target.origin
        return OutOfFold(outputCount: width, values: sums.map { Float($0 / repeats - origin) }, origin: origin)
    }
}
