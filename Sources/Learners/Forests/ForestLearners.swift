public import Search

/// A random forest (Breiman 2001) on binned features.
public struct RandomForest: Learner {
    /// `random_forest`.
    public let name = "random_forest"
    /// The trees finished so far.
    public let keepsPartialModels = true
    /// True.
    public let usesBins = true

    /// The learner.
    public init() {}

    /// The hyperparameters a search varies.
    public func searchSpace(for shape: ProblemShape) -> SearchSpace { ForestSpace.space(for: shape, defaults(shape)) }

    /// Sorting of rows by bins at every depth of every tree.
    public func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        ForestSpace.seconds(shape, ForestParameters(configuration, defaults: defaults(shape)))
    }

    /// The bins, the trees and a few arrays a thread.
    public func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        ForestSpace.bytes(shape, ForestParameters(configuration, defaults: defaults(shape)))
    }

    /// The trees.
    public func estimatedModelBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        ForestSpace.modelBytes(shape, ForestParameters(configuration, defaults: defaults(shape)))
    }

    /// Trains; at the deadline the trees finished so far are the model. Validation rows are not used.
    public func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel {
        let shape = ProblemShape(problem, rows: training.count)
        let parameters = ForestParameters(configuration, defaults: defaults(shape))
        return try ForestTrainer(problem: problem, parameters: parameters, seed: seed, context: context).run(training)
    }

    private func defaults(_ shape: ProblemShape) -> ForestParameters {
        ForestSpace.defaults(shape, randomThresholds: false)
    }
}

/// Extremely randomised trees (Geurts, Ernst, Wehenkel 2006) on binned features.
public struct ExtraTrees: Learner {
    /// `extra_trees`.
    public let name = "extra_trees"
    /// The trees finished so far.
    public let keepsPartialModels = true
    /// True.
    public let usesBins = true

    /// The learner.
    public init() {}

    /// The hyperparameters a search varies.
    public func searchSpace(for shape: ProblemShape) -> SearchSpace { ForestSpace.space(for: shape, defaults(shape)) }

    /// A pass over the rows for each feature at every depth of every tree.
    public func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        ForestSpace.seconds(shape, ForestParameters(configuration, defaults: defaults(shape)))
    }

    /// The bins, the trees and a few arrays a thread.
    public func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        ForestSpace.bytes(shape, ForestParameters(configuration, defaults: defaults(shape)))
    }

    /// The trees.
    public func estimatedModelBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        ForestSpace.modelBytes(shape, ForestParameters(configuration, defaults: defaults(shape)))
    }

    /// Trains; at the deadline the trees finished so far are the model. Validation rows are not used.
    public func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel {
        let shape = ProblemShape(problem, rows: training.count)
        let parameters = ForestParameters(configuration, defaults: defaults(shape))
        return try ForestTrainer(problem: problem, parameters: parameters, seed: seed, context: context).run(training)
    }

    private func defaults(_ shape: ProblemShape) -> ForestParameters {
        ForestSpace.defaults(shape, randomThresholds: true)
    }
}

/// A single classification or regression tree (Breiman et al. 1984) on binned features.
public struct DecisionTree: Learner {
    /// `decision_tree`.
    public let name = "decision_tree"
    /// True.
    public let usesBins = true

    /// The learner.
    public init() {}

    /// The hyperparameters a search varies.
    public func searchSpace(for shape: ProblemShape) -> SearchSpace {
        var parameters = [
            Parameter("max_depth", .integer(low: 2, high: 20, log: false), default: .integer(8)),
            Parameter("min_data_in_leaf", .integer(low: 1, high: 100, log: true), default: .integer(10)),
        ]
        if shape.task.isClassification { parameters.append(ForestSpace.criterion) }
        return SearchSpace(parameters: parameters)
    }

    /// Sorting of rows by bins at every depth.
    public func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        ForestSpace.seconds(shape, parameters(configuration))
    }

    /// The bins and a few arrays.
    public func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        ForestSpace.bytes(shape, parameters(configuration))
    }

    /// The tree.
    public func estimatedModelBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        ForestSpace.modelBytes(shape, parameters(configuration))
    }

    /// Trains; validation rows are not used.
    public func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel {
        try ForestTrainer(problem: problem, parameters: parameters(configuration), seed: seed, context: context)
            .run(training)
    }

    private func parameters(_ configuration: Configuration) -> ForestParameters {
        var defaults = ForestParameters()
        defaults.bootstraps = false
        defaults.maximumDepth = 8
        defaults.minimumRows = 10
        defaults.smoothing = 1
        var parameters = ForestParameters(configuration, defaults: defaults)
        parameters.trees = 1
        return parameters
    }
}
