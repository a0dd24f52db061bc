import Foundation
import Search

/// What the two kinds of forests share: defaults, search space and estimates.
enum ForestSpace {
    static let criterion = Parameter(
        "criterion", .choice([.string("gini"), .string("entropy")]), default: .string("gini"))

    static func defaults(_ shape: ProblemShape, randomThresholds: Bool) -> ForestParameters {
        var parameters = ForestParameters()
        parameters.randomThresholds = randomThresholds
        parameters.bootstraps = !randomThresholds
        let features = Double(max(1, shape.numericColumns + shape.categoricalColumns))
        parameters.featureFraction = shape.task == .regression ? 0.5 : min(1, features.squareRoot() / features)
        parameters.minimumRows = shape.task == .regression ? 2 : 1
        parameters.smoothing = shape.task == .regression ? 0 : 0.1
        return parameters
    }

    static func space(for shape: ProblemShape, _ defaults: ForestParameters) -> SearchSpace {
        var parameters = [
            Parameter("trees", .integer(low: 50, high: 1000, log: true), default: .integer(defaults.trees)),
            Parameter(
                "feature_fraction", .double(low: 0.1, high: 1, log: false),
                default: .double(min(1, max(0.1, defaults.featureFraction)))),
            Parameter(
                "min_data_in_leaf", .integer(low: 1, high: 30, log: true), default: .integer(defaults.minimumRows)),
        ]
        if shape.task.isClassification { parameters.append(criterion) }
        let space = SearchSpace(parameters: parameters)
        var portfolio = [space.defaults]
        var coarse = space.defaults
        coarse.values["min_data_in_leaf"] = .integer(5)
        coarse.values["feature_fraction"] = .double(shape.task == .regression ? 0.8 : 0.5)
        portfolio.append(coarse)
        return SearchSpace(parameters: parameters, portfolio: portfolio)
    }

    static func seconds(_ shape: ProblemShape, _ parameters: ForestParameters) -> Double {
        let columns = Double(shape.numericColumns + shape.categoricalColumns)
        let rows = Double(max(2, shape.rows))
        let depth = min(
            parameters.maximumDepth > 0 ? Double(parameters.maximumDepth) : 64,
            1.5 * log2(max(2, rows / Double(parameters.minimumRows))))
        let perFeature = parameters.randomThresholds ? 3e-9 : 6e-9
        let perTree = rows * depth * (1e-8 + max(1, columns * parameters.featureFraction) * perFeature)
        return 0.002 + perTree * Double(parameters.trees) + rows * columns * 6e-8
    }

    /// Bytes of a fit, the model among them.
    static func bytes(_ shape: ProblemShape, _ parameters: ForestParameters) -> Int {
        let columns = shape.numericColumns + shape.categoricalColumns
        return shape.rows * (3 * columns + 64) + modelBytes(shape, parameters) + (1 << 20)
    }

    static func modelBytes(_ shape: ProblemShape, _ parameters: ForestParameters) -> Int {
        let width = shape.task == .multiclass ? shape.outputs : 1
        let leaves = max(1, shape.rows / max(1, 2 * parameters.minimumRows))
        let deepest = parameters.maximumDepth > 0 ? 1 << min(40, parameters.maximumDepth) : leaves
        let treeBytes = min(1 << 30, min(leaves, deepest) * (24 + 4 * width))
        return (1 << 18) + treeBytes * min(parameters.trees, 2000)
    }
}
