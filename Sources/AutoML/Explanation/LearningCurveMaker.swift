import Foundation
import Learners
import Search
import Tabular

/// The score of a model's first member against the rows it is trained on: its learner, with its hyperparameters, is trained
/// again on parts of some rows and scored on those that were kept from it, as its trial was.
struct LearningCurveMaker {
    let model: ModelArtifact
    let table: Table
    let scored: ScoredRows
    /// Whether the rows are those that the model carries, with the folds that they were scored in.
    let isOwn: Bool
    let seed: Seed
    /// Seconds that it may take, about; smaller parts come first.
    let seconds: Double

    /// Shares of the rows of a fold's training part.
    private static let shares = [0.125, 0.25, 0.5, 1]
    private static let leastRows = 20
    private static let folds = 5

    /// Nil where the model does not tell hyperparameters or there are too few rows; `context` may cancel it.
    func run(_ context: TrainingContext) throws -> Explanation.LearningCurve? {
        let members = model.header.members
        guard let best = members.indices.max(by: { members[$0].weight < members[$1].weight }),
            let hyperparameters = model.evaluation?.document.leaderboard
                .first(where: { $0.model == members[best].model })?.hyperparameters,
            let learner = LearnerSet.standard.learner(members[best].learner)
        else { return nil }
        let problem = LearningProblem(
            features: try model.features(of: table), target: scored.target, weights: scored.weights)
        var curve = Explanation.LearningCurve(
            metric: model.header.metric, model: members[best].model, learner: members[best].learner,
            scoredRows: scored.count, points: [])
        let refit = Refit(
            problem: problem, splits: splits(), learner: learner,
            configuration: Configuration(hyperparameters), seed: seed,
            deadline: .after(seconds: seconds))
        let whole = refit.splits.map(\.training.count).min() ?? 0
        let started = Date()
        for share in LearningCurveMaker.shares {
            let size = Int(share * Double(whole))
            if size < max(LearningCurveMaker.leastRows, 4 * model.header.classes.count) { continue }
            let before = Date()
            guard let predictions = try refit.predictions(size: size, context) else { break }
            add(predictions, rows: size, isModel: false, to: &curve)
            let now = Date()
            if now.timeIntervalSince(started) + 2.5 * now.timeIntervalSince(before) > seconds { break }
        }
        if isOwn, let (predictions, rows) = try ownPoint(best, context) {
            add(predictions, rows: rows, isModel: true, to: &curve)
        }
        return curve.points.count > 1 ? curve : nil
    }

    private func add(
        _ predictions: Predictions, rows: Int, isModel: Bool, to curve: inout Explanation.LearningCurve
    ) {
        let own = ScoredRows(
            task: scored.task, classes: scored.classes, predictions: predictions, target: scored.target,
            weights: scored.weights, threshold: nil)
        let found = own.score(curve.metric, seed: seed.child("interval"), work: 2_000_000)
        guard let score = found.score else { return }
        curve.points.append(
            Explanation.LearningCurve.Point(
                rows: rows, score: score.short, interval: found.interval?.map(\.short), isModel: isModel))
    }

    /// The member as it is, on the rows that the model carries, and the rows that a part of it was trained on.
    private func ownPoint(_ member: Int, _ context: TrainingContext) throws -> (Predictions, rows: Int)? {
        guard let sample = model.evaluation?.sample, let all = model.evaluation?.document.evaluation.rows else {
            return nil
        }
        var header = model.header
        header.members = [header.members[member]]
        header.members[0].weight = 1
        let alone = try ModelArtifact(
            header: header, bags: [model.bags[member]], goldenRows: model.goldenRows, evaluation: model.evaluation,
            context: context)
        guard let predictor = RowPredictor(outOfFold: alone) else { return nil }
        let rows =
            sample.foldCount > 1 ? header.rows * (sample.foldCount - 1) / sample.foldCount : header.rows - all
        return rows > 0 ? (try predictor.predict(table, context: context), rows) : nil
    }

    /// The folds that the rows were scored in; where all were in one, and for rows that were given, folds made here.
    private func splits() -> [Refit.Split] {
        var foldOf = [Int](repeating: 0, count: scored.count)
        var order = Array(0..<scored.count)
        var random = seed.child("order").generator()
        random.shuffle(&order)
        var count = LearningCurveMaker.folds
        if isOwn, let sample = model.evaluation?.sample, sample.foldCount > 1 {
            foldOf = sample.folds[0].map(Int.init)
            count = sample.foldCount
        } else {
            for (place, row) in order.enumerated() { foldOf[row] = place % count }
        }
        return (0..<count).map { fold in
            Refit.Split(
                training: order.filter { foldOf[$0] != fold }.map(Int32.init),
                validation: foldOf.indices.filter { foldOf[$0] == fold }.map(Int32.init))
        }.filter { !$0.validation.isEmpty }
    }
}

/// A learner that is trained again on parts of some rows.
private struct Refit {
    struct Split {
        /// In random order, so that each part is in the next larger one.
        let training: [Int32]
        let validation: [Int32]
    }

    let problem: LearningProblem
    let splits: [Split]
    let learner: any Learner
    let configuration: Configuration
    let seed: Seed
    let deadline: Deadline

    /// Out-of-fold predictions with so many training rows; nil where time is up or the learner cannot be trained on them.
    func predictions(size: Int, _ context: TrainingContext) throws -> Predictions? {
        let width = problem.target.outputCount
        let found = Slots<(rows: [Int32], predictions: Predictions)>(splits.count)
        let models = Slots<any FittedModel>(splits.count)
        let (own, cancellation) = (self, context.cancellation)
        context.pool.forEach(splits.count) { index in
            let split = own.splits[index]
            let fold = TrainingContext(deadline: own.deadline, cancellation: cancellation)
            let model = try? own.learner.fit(
                own.problem, training: split.training.prefix(size).sorted(), validation: split.validation,
                configuration: own.configuration, seed: own.seed.child("fold", index), context: fold)
            // A fit that its deadline cut short is not what was asked for.
            if let model, !own.deadline.hasPassed { models.set(index, model) }
        }
        try context.check()
        let fitted = models.values
        guard fitted.count == splits.count else { return nil }
        let counts = StageChoice.counts(
            fitted.map { ($0 as? any StagedModel)?.watchedLosses ?? [] }, folds: splits.count)
        context.pool.forEach(splits.count) { index in
            let fold = TrainingContext(deadline: own.deadline, cancellation: cancellation)
            let model = (fitted[index] as? any StagedModel)?.keepingStages(counts[index]) ?? fitted[index]
            let rows = own.splits[index].validation
            guard let predictions = try? model.predict(own.problem, rows: rows, context: fold) else { return }
            found.set(index, (rows, predictions))
        }
        try context.check()
        let all = found.values
        guard all.count == splits.count, all.allSatisfy({ $0.predictions.outputCount == width }) else { return nil }
        var values = [Double](repeating: 0, count: problem.rowCount * width)
        for fold in all {
            for (index, row) in fold.rows.enumerated() {
                for output in 0..<width {
                    values[Int(row) * width + output] = fold.predictions.values[index * width + output]
                }
            }
        }
        return values.allSatisfy(\.isFinite) ? Predictions(outputCount: width, values: values) : nil
    }
}
