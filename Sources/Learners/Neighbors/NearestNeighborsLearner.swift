import Foundation
public import Search

/// The mean, or the vote, of the nearest training rows by Euclidean distance on scaled features (Cover, Hart 1967).
///
/// Of more training rows than `rowLimit` a seeded sample is kept, so that a prediction takes bounded time and memory.
public struct NearestNeighborsLearner: Learner {
    /// A learner without state.
    public init() {}

    /// The name on the wire.
    public var name: String { "k_nearest_neighbors" }

    /// Training rows that are kept at most: 50,000, and fewer the wider the encoded rows are (2 million numbers in all, but
    /// never below 1,000 rows).
    static func rowLimit(width: Int) -> Int { max(1_000, min(50_000, 2_000_000 / max(1, width))) }

    /// Neighbours, how much nearer ones count for more, how much the prior counts, and the scale of numbers.
    public func searchSpace(for shape: ProblemShape) -> SearchSpace {
        SearchSpace(
            parameters: [
                Parameter("neighbors", .integer(low: 1, high: 100, log: true), default: .integer(25)),
                Parameter("distance_power", .double(low: 0, high: 6, log: false), default: .double(2)),
                Parameter("smoothing", .double(low: 0.01, high: 1, log: true), default: .double(0.1)),
                Parameter(
                    "numbers", .choice([.string("standard"), .string("normal_scores")]), default: .string("standard")),
            ],
            portfolio: [
                [
                    "neighbors": .integer(25), "distance_power": .double(2), "smoothing": .double(0.1),
                    "numbers": .string("standard"),
                ],
                [
                    "neighbors": .integer(10), "distance_power": .double(4), "smoothing": .double(0.05),
                    "numbers": .string("standard"),
                ],
                [
                    "neighbors": .integer(40), "distance_power": .double(1), "smoothing": .double(0.3),
                    "numbers": .string("normal_scores"),
                ],
            ])
    }

    /// Encoding, and the distances of a fourth as many rows as are trained on, which a fold's score will ask for.
    public func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        let width = max(1, DenseEncoder.expectedWidth(shape, NearestNeighborsLearner.options(configuration)))
        let kept = Double(min(shape.rows, NearestNeighborsLearner.rowLimit(width: width)))
        return 1e-3 + Double(shape.rows) * (Double(width) * 2e-8 + 0.25 * kept * (Double(width) * 1.5e-10 + 2e-9))
    }

    /// The encoded rows, twice.
    public func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        let width = DenseEncoder.expectedWidth(shape, NearestNeighborsLearner.options(configuration))
        let kept = min(shape.rows, NearestNeighborsLearner.rowLimit(width: width))
        return (1 << 20) + 2 * (kept + 16_384) * (4 * width + 32) + shape.rows * 24
    }

    /// The encoded rows.
    public func estimatedModelBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        let width = DenseEncoder.expectedWidth(shape, NearestNeighborsLearner.options(configuration))
        let kept = min(shape.rows, NearestNeighborsLearner.rowLimit(width: width))
        return (1 << 18) + kept * (4 * width + 16)
    }

    /// Encodes and keeps rows.
    public func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel {
        try context.check()
        let target = problem.target
        let usable = training.filter { row in problem.weights.map { $0[Int(row)] > 0 } ?? true }
        guard !usable.isEmpty else { throw TrainingError.unsuitable("there are no rows to train on") }
        let options = NearestNeighborsLearner.options(configuration)
        let width = DenseEncoder.expectedWidth(ProblemShape(problem, rows: usable.count), options)
        let kept = NearestNeighborsLearner.sample(
            usable, limit: NearestNeighborsLearner.rowLimit(width: width), seed: seed.child("rows"))
        let encoded = try DenseEncoder.fit(
            problem, rows: kept, options: options, seed: seed.child("encoder"), context: context)
        context.progress(0.5)
        try context.check()
        let answers = kept.map { target.values[Int($0)] }
        let weights = kept.map { row in problem.weights?[Int(row)] ?? 1 }
        var prior = [Double](repeating: 0, count: target.outputCount)
        var total = 0.0
        for (answer, weight) in zip(answers, weights) {
            total += Double(weight)
            if target.task.isClassification {
                prior[Int(answer)] += Double(weight)
            } else {
                prior[0] += Double(weight) * answer
            }
        }
        let model = NearestNeighborsModel(
            encoder: encoded.encoder, outputCount: target.outputCount,
            neighborCount: min(max(1, configuration.integer("neighbors", default: 25)), kept.count),
            power: min(max(configuration.double("distance_power", default: 2), 0), 8),
            smoothing: max(0, configuration.double("smoothing", default: 0.1)),
            panels: NeighborPanels(encoded.training), answers: answers, weights: weights,
            prior: prior.map { $0 / total })
        context.progress(1)
        return model
    }

    private static func options(_ configuration: Configuration) -> DenseEncoder.Options {
        var options = DenseEncoder.Options()
        options.numbers =
            DenseEncoder.NumberScaling(rawValue: configuration.string("numbers", default: "standard")) ?? .standard
        options.textWidth = 64
        return options
    }

    /// `limit` of the rows, in their order.
    private static func sample(_ rows: [Int32], limit: Int, seed: Seed) -> [Int32] {
        if rows.count <= limit { return rows }
        var random = seed.generator()
        var kept: [Int32] = []
        kept.reserveCapacity(limit)
        for (index, row) in rows.enumerated() where random.below(rows.count - index) < limit - kept.count {
            kept.append(row)
        }
        return kept
    }
}
