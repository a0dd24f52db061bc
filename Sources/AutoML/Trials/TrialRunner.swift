import Dispatch
public import Learners
import Search
import Synchronization
import Tabular

/// Trains and scores one trial.
public struct TrialRunner: Sendable {
    /// Expected bytes of one fit, beyond the data, above which a trial is refused.
    public var memoryLimit: Int

    /// A runner with a limit on the expected memory of a fit, in bytes.
    public init(memoryLimit: Int = .max) { self.memoryLimit = memoryLimit }

    /// Bytes, beyond the data, that the trial is expected to need at its peak with so many threads; 0 where the learner is
    /// not known.
    public func expectedBytes(of spec: TrialSpec, _ experiment: PreparedExperiment, threads: Int) -> Int {
        guard let learner = experiment.learners.learner(spec.learner) else { return 0 }
        let parallelFolds = experiment.validation.isCrossValidation ? max(1, threads) : 1
        let (bytes, isTooLarge) = learner.estimatedPeakBytes(for: experiment.shape, spec.configuration)
            .multipliedReportingOverflow(by: parallelFolds)
        return isTooLarge ? .max : bytes
    }

    /// Trains the folds of `spec` and scores them. It never throws: a trial that cannot be trained has a reason.
    ///
    /// With several folds the threads of the context take a fold each; the outcome, measured times aside, does not depend
    /// on their number. A fold's deadline is the earlier of the context's and the trial's time limit.
    public func run(
        _ spec: TrialSpec, _ experiment: PreparedExperiment, context: TrainingContext = TrainingContext()
    ) -> TrialOutcome {
        guard let learner = experiment.learners.learner(spec.learner) else {
            let reason = "there is no learner \"\(spec.learner)\""
            return TrialOutcome(result: TrialResult(spec, status: .failed, reason: reason))
        }
        let peak = expectedBytes(of: spec, experiment, threads: context.pool.threadCount)
        guard peak <= memoryLimit else {
            var result = TrialResult(
                spec, status: .failed,
                reason: "it would need about \(peak >> 20) MiB of memory and the limit is \(memoryLimit >> 20) MiB")
            result.estimatedPeakBytes = learner.estimatedPeakBytes(for: experiment.shape, spec.configuration)
            return TrialOutcome(result: result)
        }
        let limit = spec.timeLimitSeconds.map { Deadline.after(seconds: $0) } ?? .never
        let folds = FoldRun(
            spec: spec, learner: learner, experiment: experiment, context: context,
            deadline: limit.earlier(context.deadline))
        var outcome = folds.run()
        outcome.result.estimatedPeakBytes = learner.estimatedPeakBytes(for: experiment.shape, spec.configuration)
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

    struct Fold: Sendable {
        var model: any FittedModel
        var predictions: Predictions
        var rows: [Int32]
        var score: Double
        var fitSeconds: Double
        var predictSeconds: Double
    }

    func run() -> TrialOutcome {
        let plan = experiment.validation
        let count = plan.splitCount
        let results = Mutex<[Result<Fold, any Error>?]>(Array(repeating: nil, count: count))
        let progress = Mutex<[Double]>(Array(repeating: 0, count: count))
        let stop = Cancellation()
        let isParallel = count > 1 && context.pool.threadCount > 1
        let waves = isParallel ? (count + context.pool.threadCount - 1) / context.pool.threadCount : count
        let started = DispatchTime.now().uptimeNanoseconds
        @Sendable func train(_ index: Int) {
            if stop.isCancelled || context.cancellation.isCancelled {
                results.withLock { $0[index] = .failure(TrainingError.cancelled) }
                return
            }
            // What is left of the trial's time is shared by the rounds of folds that are still to come.
            let wave = isParallel ? index / context.pool.threadCount : index
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
            let result = Result { try self.train(index, fold) }
            if case .failure = result { stop.cancel() }
            results.withLock { $0[index] = result }
        }
        if isParallel {
            context.pool.forEach(count) { train($0) }
        } else {
            for index in 0..<count { train(index) }
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
            return failure(errors, after: Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9)
        }
        return outcome(folds)
    }

    private func train(_ index: Int, _ context: TrainingContext) throws -> Fold {
        let split = experiment.validation.split(index)
        let problem = experiment.problem
        try context.check()
        let started = DispatchTime.now().uptimeNanoseconds
        let model = try learner.fit(
            problem, training: split.training, validation: split.validation, configuration: spec.configuration,
            seed: spec.seed.child("fold", index), context: context)
        let fitted = DispatchTime.now().uptimeNanoseconds
        // A model that was stopped by its deadline still has to predict; another has no more time than the trial has.
        let predicting = TrainingContext(
            pool: context.pool, deadline: learner.keepsPartialModels ? .never : deadline,
            cancellation: context.cancellation)
        let predictions = try model.predict(problem, rows: split.validation, context: predicting)
        let predicted = DispatchTime.now().uptimeNanoseconds
        guard predictions.outputCount == problem.target.outputCount, predictions.rowCount == split.validation.count,
            predictions.values.allSatisfy(\.isFinite)
        else { throw TrainingError.unsuitable("its predictions are not finite numbers") }
        let score = experiment.metric.evaluate(
            predictions, problem.target, rows: split.validation, weights: problem.weights)
        return Fold(
            model: model, predictions: predictions, rows: split.validation, score: score,
            fitSeconds: Double(fitted - started) / 1e9, predictSeconds: Double(predicted - fitted) / 1e9)
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
        let predictions = outOfFold.predictions
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
            score: score, foldScores: folds.map(\.score), scoreInterval: interval,
            fitSeconds: folds.reduce(0) { $0 + $1.fitSeconds },
            predictSeconds: folds.reduce(0) { $0 + $1.predictSeconds })
        result.metrics = experiment.scores(of: outOfFold)
        let blobs = TrialBlobs(
            predictions: outOfFold.encoded(), models: ModelBag(folds.map(\.model)).encoded())
        return TrialOutcome(result: result, blobs: blobs)
    }

    private func gather(_ folds: [Fold]) -> OutOfFold {
        let plan = experiment.validation
        let width = experiment.problem.target.outputCount
        let scored = plan.scoredRows
        var place = [Int32](repeating: -1, count: plan.rowCount)
        for (index, row) in scored.enumerated() { place[Int(row)] = Int32(index) }
        var sums = [Double](repeating: 0, count: scored.count * width)
        for fold in folds {
            for (index, row) in fold.rows.enumerated() {
                let to = Int(place[Int(row)]) * width
                for output in 0..<width { sums[to + output] += fold.predictions.values[index * width + output] }
            }
        }
        let repeats = Double(plan.repeats)
        return OutOfFold(outputCount: width, values: sums.map { Float($0 / repeats) })
    }
}
