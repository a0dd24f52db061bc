import Learners
import Search
import Tabular

/// Learns a model's uncertainty from its out-of-fold predictions, and measures how well it covers.
struct UncertaintyMaker {
    let experiment: PreparedExperiment
    let outOfFold: OutOfFold
    /// How the model decides between classes.
    let decision: ModelDecision

    /// Rows that it is learnt from, at most, and cells of the table that tells the residuals' size.
    private static let mostRows = 20_000
    private static let mostCells = 4_000_000
    /// Rows below which residuals are taken to be of one size.
    private static let leastScaledRows = 300
    /// The share that a local size has to take off the loss of intervals.
    private static let leastGain = 0.005
    /// Levels whose coverage is measured.
    private static let measuredLevels = [0.5, 0.8, 0.9, 0.95]
    /// The level whose intervals tell whether a local size pays.
    private static let decidingLevel = 0.9
    /// Numbers kept of a list of scores.
    private static let mostScores = 1001
    private static let mostClassScores = 201

    /// The size of a residual: about the mean of those alike, by few small trees.
    private static let scaleConfiguration: Configuration = [
        "trees": .integer(60), "learning_rate": .double(0.1), "max_leaves": .integer(8),
        "min_data_in_leaf": .double(20), "early_stopping_rounds": .integer(0),
    ]

    /// Some of the scored rows, each in one of two halves: what is learnt from one is measured on the other.
    private struct Sample {
        /// Places among the scored rows, in random order.
        var places: [Int]
        /// Rows of the problem.
        var rows: [Int32]
        var truth: [Double]
        var weights: [Double]?

        /// Indices of one half.
        func half(_ index: Int) -> [Int] { Array(stride(from: index, to: rows.count, by: 2)) }

        func weights(_ indices: [Int]) -> [Double]? { weights.map { all in indices.map { all[$0] } } }
    }

    /// The uncertainty and its coverage; nil where fewer than two rows were scored.
    func make(_ context: TrainingContext) throws -> (uncertainty: Uncertainty, coverage: [Evaluation.Coverage])? {
        let sample = sample()
        guard sample.rows.count >= 2 else { return nil }
        let own = outOfFold.selecting(sample.places).predictions
        return experiment.task.isClassification ? labels(sample, own) : try values(sample, own.values, context)
    }

    private func sample() -> Sample {
        let scored = experiment.validation.scoredRows
        var places = Array(scored.indices)
        if let weights = experiment.problem.weights { places.removeAll { weights[Int(scored[$0])] == 0 } }
        var random = experiment.seed.child("uncertainty").generator()
        random.shuffle(&places)
        places = Array(places.prefix(UncertaintyMaker.mostRows))
        let rows = places.map { scored[$0] }
        return Sample(
            places: places, rows: rows, truth: rows.map { experiment.problem.target.values[Int($0)] },
            weights: experiment.problem.weights.map { all in rows.map { Double(all[Int($0)]) } })
    }

    // MARK: Classes

    private func labels(_ sample: Sample, _ predictions: Predictions) -> (Uncertainty, [Evaluation.Coverage]) {
        let most = UncertaintyMaker.mostClassScores
        let truth = sample.truth.map { Int($0) }
        let all = ScoredRows(
            task: experiment.task, classes: experiment.classes, predictions: predictions,
            target: Target(task: experiment.task, classes: experiment.classes, values: sample.truth), weights: nil,
            threshold: decision.threshold, classWeights: decision.weights)
        let predicted = all.predictedClasses
        var sums = [(covered: Double, size: Double, weight: Double)](
            repeating: (0, 0, 0), count: UncertaintyMaker.measuredLevels.count)
        for index in 0..<2 {
            let (learnt, tested) = (sample.half(index), sample.half(1 - index))
            let labels = LabelUncertainty(
                all.selecting(learnt).predictions, classes: learnt.map { truth[$0] }, weights: sample.weights(learnt),
                most: most)
            let own = all.selecting(tested).predictions
            for (place, level) in UncertaintyMaker.measuredLevels.enumerated() {
                let sets = labels.sets(own, predicted: tested.map { predicted[$0] }, level: level)
                for (row, set) in zip(tested, sets) {
                    let weight = sample.weights?[row] ?? 1
                    sums[place].weight += weight
                    sums[place].size += weight * Double(set.count)
                    if set.contains(Int32(truth[row])) { sums[place].covered += weight }
                }
            }
        }
        let coverage = zip(UncertaintyMaker.measuredLevels, sums).map { level, sum in
            Evaluation.Coverage(
                level: level, coverage: (sum.covered / sum.weight).short, size: (sum.size / sum.weight).short)
        }
        let labels = LabelUncertainty(predictions, classes: truth, weights: sample.weights, most: most)
        return (Uncertainty(.labels(labels)), coverage)
    }

    // MARK: Values

    private func values(
        _ sample: Sample, _ predictions: [Double], _ context: TrainingContext
    ) throws -> (Uncertainty, [Evaluation.Coverage]) {
        let residuals = zip(sample.truth, predictions).map { $0 - $1 }
        let sizes = residuals.map { abs($0) }
        let sum = zip(sizes.indices, sizes).reduce(0) { $0 + (sample.weights?[$1.0] ?? 1) * $1.1 }
        let mean = sum / (sample.weights?.reduce(0, +) ?? Double(sizes.count))
        let unit = mean > 0 && mean.isFinite ? mean : 1
        let same = [Double](repeating: 1, count: sizes.count)
        var (best, bag) = (same, ModelBag?.none)
        if let local = try localSizes(sample, predictions, sizes.map { $0 / unit }, context),
            loss(sample, residuals, local.sizes, unit)
                < (1 - UncertaintyMaker.leastGain) * loss(sample, residuals, same, unit)
        {
            (best, bag) = (local.sizes, local.bag)
        }
        let coverage = UncertaintyMaker.measuredLevels.compactMap { level in
            measured(sample, residuals, best, unit, level).map {
                Evaluation.Coverage(level: level, coverage: $0.coverage.short, size: $0.width.short)
            }
        }
        let scores = SortedScores(
            zip(residuals, best).map { $0 / ($1 * unit) }, weights: sample.weights, most: UncertaintyMaker.mostScores)
        let values = ValueUncertainty(
            scale: bag, unit: unit, residuals: scores,
            isNonNegative: experiment.problem.target.values.allSatisfy { $0 >= 0 })
        return (Uncertainty(.values(values)), coverage)
    }

    /// The residuals' sizes in units, each by a model that was trained on the other half; and both models. Nil where there are
    /// too few rows for so many columns.
    private func localSizes(
        _ sample: Sample, _ predictions: [Double], _ sizes: [Double], _ context: TrainingContext
    ) throws -> (sizes: [Double], bag: ModelBag)? {
        let features = experiment.problem.features
        let count = min(sizes.count, UncertaintyMaker.mostCells / max(1, features.columns.count))
        guard count >= UncertaintyMaker.leastScaledRows, count == sizes.count else { return nil }
        // One residual beyond all others must not tell the size of many.
        let cap = sizes.sorted()[(sizes.count - 1) * 199 / 200]
        let problem = LearningProblem(
            features: ValueUncertainty.features(features.selecting(sample.rows), predictions),
            target: Target(task: .regression, classes: [], values: sizes.map { min($0, cap) }),
            weights: sample.weights.map { all in all.map { Float($0) } })
        let seed = experiment.seed.child("uncertainty")
        var own = [Double](repeating: 1, count: sizes.count)
        var models: [any FittedModel] = []
        for index in 0..<2 {
            let (learnt, tested) = (sample.half(index), sample.half(1 - index).map { Int32($0) })
            let model = try GradientBoosting().fit(
                problem, training: learnt.map { Int32($0) }, validation: [],
                configuration: UncertaintyMaker.scaleConfiguration, seed: seed.child("half", index), context: context)
            let values = try model.predict(problem, rows: tested, context: context).values
            for (row, value) in zip(tested, values) { own[Int(row)] = max(ValueUncertainty.leastScale, value) }
            models.append(model)
        }
        return (own, ModelBag(models))
    }

    /// The mean loss of intervals at the deciding level: their width, and for a row beyond one its distance times 2 / (1 − level)
    /// (Winkler 1972).
    private func loss(_ sample: Sample, _ residuals: [Double], _ sizes: [Double], _ unit: Double) -> Double {
        measured(sample, residuals, sizes, unit, UncertaintyMaker.decidingLevel)?.loss ?? .infinity
    }

    /// What limits learnt from each half come to on the other; nil where there are too few rows for the level.
    private func measured(
        _ sample: Sample, _ residuals: [Double], _ sizes: [Double], _ unit: Double, _ level: Double
    ) -> (coverage: Double, width: Double, loss: Double)? {
        var (covered, width, beyond, total) = (0.0, 0.0, 0.0, 0.0)
        for index in 0..<2 {
            let learnt = sample.half(index)
            let scores = SortedScores(
                learnt.map { residuals[$0] / (sizes[$0] * unit) }, weights: sample.weights(learnt),
                most: UncertaintyMaker.mostScores)
            guard let limits = ValueUncertainty.limits(scores, level) else { return nil }
            for row in sample.half(1 - index) {
                let weight = sample.weights?[row] ?? 1
                let (low, high) = (limits.low * sizes[row] * unit, limits.high * sizes[row] * unit)
                total += weight
                width += weight * (high - low)
                beyond += weight * (max(0, low - residuals[row]) + max(0, residuals[row] - high))
                if residuals[row] >= low, residuals[row] <= high { covered += weight }
            }
        }
        return (covered / total, width / total, (width + 2 / (1 - level) * beyond) / total)
    }
}
