import Foundation
public import Search
import Tabular

/// Naive Bayes: within a class every feature is independent of the others.
///
/// Numbers are Gaussian, a missing one says nothing; numbers of two values, categories and hashed words have smoothed
/// frequencies. The likelihood
/// may be tempered (`likelihood_weight`), as dependent features make it too sure of itself.
public struct GaussianNaiveBayesLearner: Learner {
    /// A learner without state.
    public init() {}

    /// The name on the wire.
    public var name: String { "gaussian_naive_bayes" }

    /// Smoothing, tempering and the scale of numbers.
    public func searchSpace(for shape: ProblemShape) -> SearchSpace {
        SearchSpace(
            parameters: [
                Parameter("variance_smoothing", .double(low: 1e-9, high: 1, log: true), default: .double(1e-3)),
                Parameter("level_smoothing", .double(low: 0.01, high: 100, log: true), default: .double(1)),
                Parameter("likelihood_weight", .double(low: 0.05, high: 1, log: true), default: .double(0.4)),
                Parameter(
                    "numbers", .choice([.string("standard"), .string("normal_scores")]),
                    default: .string("normal_scores")),
            ],
            portfolio: [
                [
                    "variance_smoothing": .double(1e-3), "level_smoothing": .double(1),
                    "likelihood_weight": .double(0.4), "numbers": .string("normal_scores"),
                ],
                [
                    "variance_smoothing": .double(1e-9), "level_smoothing": .double(1),
                    "likelihood_weight": .double(1), "numbers": .string("standard"),
                ],
            ])
    }

    /// Two passes over the cells.
    public func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        let cells =
            Double(shape.rows) * Double(shape.numericColumns + shape.categoricalColumns + 20 * shape.textColumns)
        return 1e-3 + cells * 4e-8
    }

    /// A column at a time, and a text column's hashed words.
    public func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        shape.rows * 24 + shape.levels * shape.outputs * 8 + (shape.textColumns > 0 ? shape.rows * 2048 : 0)
    }

    /// Classes only.
    public func isSuitable(for task: Task) -> Bool { task.isClassification }

    /// Fits; a regression throws `TrainingError.unsuitable`.
    public func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel {
        guard problem.target.task.isClassification else {
            throw TrainingError.unsuitable("naive Bayes predicts classes only")
        }
        try context.check()
        let fitting = try NaiveBayesFitting(problem, training, configuration)
        var parts: [NaiveBayesPart] = []
        for (index, column) in problem.features.columns.enumerated() {
            try context.check()
            if let part = try fitting.part(column) { parts.append(part) }
            context.progress(Double(index + 1) / Double(problem.features.columns.count))
        }
        return GaussianNaiveBayesModel(
            logPriors: fitting.logPriors, likelihoodWeight: configuration.double("likelihood_weight", default: 0.4),
            parts: parts)
    }
}

/// The training rows of a naive Bayes model by class.
private struct NaiveBayesFitting {
    let rows: [Int32]
    let classes: [Int]
    let weights: [Double]
    let classCount: Int
    let logPriors: [Double]
    let smoothing: Double
    let levelSmoothing: Double
    var options = DenseEncoder.Options()

    init(_ problem: LearningProblem, _ training: [Int32], _ configuration: Configuration) throws {
        rows = training
        classes = training.map { Int(problem.target.values[Int($0)]) }
        weights = training.map { row in problem.weights.map { Double($0[Int(row)]) } ?? 1 }
        classCount = problem.target.outputCount
        smoothing = max(1e-12, configuration.double("variance_smoothing", default: 1e-3))
        levelSmoothing = max(1e-6, configuration.double("level_smoothing", default: 1))
        options.numbers =
            DenseEncoder.NumberScaling(rawValue: configuration.string("numbers", default: "normal_scores"))
            ?? .normalScores
        var totals = [Double](repeating: 0, count: classCount)
        for (index, weight) in zip(classes, weights) { totals[index] += weight }
        let total = totals.reduce(0, +)
        guard total > 0 else { throw TrainingError.unsuitable("there are no rows to train on") }
        logPriors = totals.map { log(max($0 / total, 1e-9)) }
    }

    func part(_ column: Column) throws -> NaiveBayesPart? {
        if let values = column.doubles() {
            if let pair = pair(column.name, values) { return .pair(pair) }
            return NumberEncoding(column.name, rows.map { values[Int($0)] }, options: options).flatMap {
                numbers($0, values)
            }
        }
        if column.type == .text { return .text(try text(column)) }
        let encoding = LevelEncoding(column, rows: rows)
        return encoding.width > 1 ? .levels(try levels(column, encoding)) : nil
    }

    private func numbers(_ encoding: NumberEncoding, _ values: [Double]) -> NaiveBayesPart? {
        if !encoding.hasValue { return nil }
        var count = [Double](repeating: 0, count: classCount)
        var sum = count
        var squares = count
        for (index, row) in rows.enumerated() where !values[Int(row)].isNaN {
            count[classes[index]] += weights[index]
            sum[classes[index]] += weights[index] * encoding.scaled(values[Int(row)])
        }
        let means = zip(sum, count).map { $1 > 0 ? $0 / $1 : 0 }
        for (index, row) in rows.enumerated() where !values[Int(row)].isNaN {
            let difference = encoding.scaled(values[Int(row)]) - means[classes[index]]
            squares[classes[index]] += weights[index] * difference * difference
        }
        let variances = zip(squares, count).map { ($1 > 0 ? $0 / $1 : 1) + smoothing }
        return .number(NaiveBayesNumber(encoding: encoding, means: means, variances: variances))
    }

    /// The shares of a column of two finite values in the training rows; nil for any other column.
    private func pair(_ column: String, _ values: [Double]) -> NaiveBayesPair? {
        var low = Double.nan
        var high = Double.nan
        for row in rows {
            let value = values[Int(row)]
            if value.isNaN || value == low || value == high { continue }
            guard value.isFinite, high.isNaN else { return nil }
            if low.isNaN {
                low = value
            } else {
                (low, high) = (min(low, value), max(low, value))
            }
        }
        if high.isNaN { return nil }
        let threshold = low / 2 + high / 2
        var counts = [Double](repeating: levelSmoothing, count: 2 * classCount)
        for (index, row) in rows.enumerated() where !values[Int(row)].isNaN {
            counts[(values[Int(row)] > threshold ? classCount : 0) + classes[index]] += weights[index]
        }
        return NaiveBayesPair(column: column, threshold: threshold, logShares: logShares(counts))
    }

    private func levels(_ column: Column, _ encoding: LevelEncoding) throws -> NaiveBayesLevels {
        let codes = try encoding.lookup.codes(column, rows: rows, unknown: -1, missing: encoding.missingEntry)
        var counts = [Double](repeating: levelSmoothing, count: encoding.width * classCount)
        for (index, code) in codes.enumerated() where code >= 0 {
            counts[Int(code) * classCount + classes[index]] += weights[index]
        }
        return NaiveBayesLevels(encoding: encoding, logShares: logShares(counts))
    }

    private func text(_ column: Column) throws -> NaiveBayesText {
        let encoder = try HashedTextEncoder(fitting: column, rows: rows, width: options.textWidth)
        var counts = [Double](repeating: levelSmoothing, count: encoder.width * classCount)
        guard case .strings(let codes, let levels) = column.storage else {
            return NaiveBayesText(encoder: encoder, logShares: logShares(counts))
        }
        let entries = encoder.entries(levels, used: codes, rows: rows)
        for (index, row) in rows.enumerated() {
            let code = Int(codes[Int(row)])
            if code < 0 { continue }
            for entry in entries[code] {
                counts[Int(entry.bucket) * classCount + classes[index]] += weights[index] * Double(entry.value)
            }
        }
        return NaiveBayesText(encoder: encoder, logShares: logShares(counts))
    }

    /// Logarithms of the shares within each class; even ones for a class without rows.
    private func logShares(_ counts: [Double]) -> [Float] {
        var totals = [Double](repeating: 0, count: classCount)
        for (index, count) in counts.enumerated() { totals[index % classCount] += count }
        return counts.enumerated().map { Float(log($1 / totals[$0 % classCount])) }
    }
}
