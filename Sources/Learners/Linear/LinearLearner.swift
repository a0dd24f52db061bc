import Foundation
public import Search

/// Linear models: logistic regression of two or more classes, and linear regression, with an L2, an L1 or a mixed penalty.
///
/// With `knots`, every number also gets a piecewise linear basis, which makes the model additive rather than linear. The
/// strength of the penalty is per training row: `penalty` / total weight. Intercepts are not penalised.
public struct LinearLearner: Learner {
    /// Columns up to which a regression is solved by its normal equations.
    static let normalEquationsLimit = 1_024
    /// Rows above which the iterative solver starts on an even part of them.
    static let warmStartRows = 80_000

    /// A learner without state.
    public init() {}

    /// The name on the wire.
    public var name: String { "linear" }

    /// Penalty, basis and scale of numbers, and for classes their weights.
    public func searchSpace(for shape: ProblemShape) -> SearchSpace {
        var parameters = [
            Parameter("penalty", .double(low: 1e-4, high: 1e4, log: true), default: .double(1)),
            Parameter("l1_ratio", .choice([.double(0), .double(0.5), .double(1)]), default: .double(0)),
            Parameter("knots", .choice([.integer(0), .integer(8), .integer(20)]), default: .integer(0)),
            Parameter(
                "numbers", .choice([.string("standard"), .string("normal_scores")]), default: .string("standard")),
        ]
        if shape.task.isClassification {
            parameters.append(
                Parameter("class_weights", .choice([.string("none"), .string("balanced")]), default: .string("none")))
        }
        return SearchSpace(
            parameters: parameters,
            portfolio: [
                [
                    "penalty": .double(1), "l1_ratio": .double(0), "knots": .integer(8), "numbers": .string("standard"),
                ],
                [
                    "penalty": .double(3), "l1_ratio": .double(0.5), "knots": .integer(20),
                    "numbers": .string("normal_scores"),
                ],
                [
                    "penalty": .double(1), "l1_ratio": .double(0), "knots": .integer(0), "numbers": .string("standard"),
                ],
            ])
    }

    /// Passes over the encoded rows, or the moments of their columns.
    public func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        let width = Double(DenseEncoder.expectedWidth(shape, LinearLearner.options(configuration)))
        let cells = Double(shape.rows) * width
        let encoding = 2e-8 * cells
        if shape.task == .regression, width <= Double(LinearLearner.normalEquationsLimit) {
            return 1e-3 + encoding + cells * width * 1.5e-10 + width * width * width * 1e-9
        }
        let outputs = shape.task == .multiclass ? Double(shape.outputs) : 1
        let iterations = shape.rows > LinearLearner.warmStartRows ? 40.0 : 80.0
        return 1e-3 + encoding + iterations * (cells * outputs * 5e-10 + Double(shape.rows) * outputs * 1.5e-8)
    }

    /// The encoded rows and the sums of the blocks.
    public func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        let width = DenseEncoder.expectedWidth(shape, LinearLearner.options(configuration))
        let moments = shape.task == .regression ? min(width, LinearLearner.normalEquationsLimit) * width * 80 : 0
        return 1 << 20 + shape.rows * (4 * width + 40) + moments + 64 * 8 * width * shape.outputs
    }

    /// Fits; a deadline that passes after the first step leaves the model as it is then.
    public func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel {
        try context.check()
        let target = problem.target
        var weights = training.map { row in problem.weights.map { Double($0[Int(row)]) } ?? 1 }
        guard weights.contains(where: { $0 > 0 }) else {
            throw TrainingError.unsuitable("there are no rows to train on")
        }
        let total = weights.reduce(0, +)
        let values = training.map { target.values[Int($0)] }
        if target.task.isClassification, configuration.string("class_weights", default: "none") == "balanced" {
            LinearLearner.balance(&weights, values, classCount: target.outputCount)
        }
        let encoded = try DenseEncoder.fit(
            problem, rows: training, options: LinearLearner.options(configuration), seed: seed.child("encoder"),
            context: context)
        let strength = max(0, configuration.double("penalty", default: 1)) / total
        let ratio = min(max(configuration.double("l1_ratio", default: 0), 0), 1)
        let fitting = LinearFitting(
            matrix: encoded.training, values: values, weights: weights, l1: strength * ratio,
            l2: strength * (1 - ratio), context: context)
        switch target.task {
        case .regression: return try fitting.regression(encoded.encoder)
        case .binary: return try fitting.classification(encoded.encoder, classCount: 2)
        case .multiclass: return try fitting.classification(encoded.encoder, classCount: target.outputCount)
        }
    }

    private static func options(_ configuration: Configuration) -> DenseEncoder.Options {
        var options = DenseEncoder.Options()
        options.numbers =
            DenseEncoder.NumberScaling(rawValue: configuration.string("numbers", default: "standard")) ?? .standard
        options.knots = min(max(configuration.integer("knots", default: 0), 0), 64)
        options.oneHotLimit = 64
        return options
    }

    /// Makes every class that is present weigh the same.
    private static func balance(_ weights: inout [Double], _ values: [Double], classCount: Int) {
        var totals = [Double](repeating: 0, count: classCount)
        for (value, weight) in zip(values, weights) { totals[Int(value)] += weight }
        let share = totals.reduce(0, +) / Double(max(1, totals.filter { $0 > 0 }.count))
        for index in weights.indices where weights[index] > 0 { weights[index] *= share / totals[Int(values[index])] }
    }
}

/// The training rows of a linear model.
private struct LinearFitting {
    let matrix: DenseMatrix
    let values: [Double]
    let weights: [Double]
    let l1: Double
    let l2: Double
    let context: TrainingContext

    func regression(_ encoder: DenseEncoder) throws -> LinearModel {
        let total = weights.reduce(0, +)
        let centre = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
        let spread = zip(values, weights).reduce(0) { $0 + $1.1 * ($1.0 - centre) * ($1.0 - centre) } / total
        guard centre.isFinite, spread.isFinite else {
            throw TrainingError.unsuitable("the target's values are too large to be squared")
        }
        let scale = spread > 0 ? spread.squareRoot() : 1
        let objective = LinearObjective(
            matrix, loss: .squared, outputCount: 1, targets: values.map { Float(($0 - centre) / scale) },
            weights: weights, ridge: l2)
        if matrix.columnCount > LinearLearner.normalEquationsLimit {
            let start = [Double](repeating: 0, count: objective.parameterCount)
            return LinearModel(
                encoder: encoder, outputCount: 1, parameters: try minimise(objective, start), centre: centre,
                scale: scale, means: means)
        }
        let equations = try NormalEquations(
            matrix, targets: objective.targets, weights: objective.weights, context: context)
        context.progress(0.8)
        let solution =
            l1 > 0
            ? try equations.elasticNet(l1: l1, l2: l2, context: context)
            : try equations.ridge(l2, context: context)
        let intercept = equations.targetMean - zip(solution, equations.means).reduce(0) { $0 + $1.0 * $1.1 }
        context.progress(1)
        return LinearModel(
            encoder: encoder, outputCount: 1, parameters: solution + [intercept], centre: centre, scale: scale,
            means: means)
    }

    func classification(_ encoder: DenseEncoder, classCount: Int) throws -> LinearModel {
        let outputCount = classCount == 2 ? 1 : classCount
        let objective = LinearObjective(
            matrix, loss: .logistic, outputCount: outputCount, targets: values.map { Float($0) }, weights: weights,
            ridge: l2)
        var start = [Double](repeating: 0, count: objective.parameterCount)
        var totals = [Double](repeating: 0.5, count: classCount)
        for (value, weight) in zip(values, weights) { totals[Int(value)] += weight }
        for output in 0..<outputCount {
            let place = output * (matrix.columnCount + 1) + matrix.columnCount
            start[place] = outputCount == 1 ? log(totals[1] / totals[0]) : log(totals[output])
        }
        return LinearModel(
            encoder: encoder, outputCount: classCount, parameters: try minimise(objective, start), centre: 0, scale: 1,
            means: means)
    }

    /// The weighted mean of each column of the matrix.
    private var means: [Float] {
        var sums = [Double](repeating: 0, count: matrix.columnCount)
        matrix.values.withUnsafeBufferPointer { values in
            for row in 0..<matrix.rowCount where weights[row] > 0 {
                for column in sums.indices {
                    sums[column] += weights[row] * Double(values[row * sums.count + column])
                }
            }
        }
        let total = max(weights.reduce(0, +), 1e-300)
        return sums.map { Float($0 / total) }
    }

    private func minimise(_ objective: LinearObjective, _ start: [Double]) throws -> [Double] {
        var solver = QuasiNewton()
        if l1 > 0 { solver.penalties = start.indices.map { objective.isIntercept($0) ? 0 : l1 } }
        var start = start
        if matrix.rowCount > LinearLearner.warmStartRows {
            // Most steps are taken on a part of the rows; all of them then need few.
            let part = objective.thinned(to: LinearLearner.warmStartRows / 2)
            start = try solver.minimise(start, progress: { context.progress(0.5 * $0) }) {
                try part.evaluate($0, context: context)
            }
            solver.tolerance = 1e-5
            solver.maxIterations = 60
            return try solver.minimise(start, progress: { context.progress(0.5 + 0.5 * $0) }) {
                try objective.evaluate($0, context: context)
            }
        }
        return try solver.minimise(start, progress: context.progress) {
            try objective.evaluate($0, context: context)
        }
    }
}
