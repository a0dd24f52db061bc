public import Search

extension GradientBoosting {
    /// The hyperparameters a search varies, and configurations that do well on many tables.
    public func searchSpace(for shape: ProblemShape) -> SearchSpace {
        var parameters = [
            Parameter("learning_rate", .double(low: 0.01, high: 0.3, log: true), default: .double(0.1)),
            Parameter("trees", .integer(low: 100, high: 4000, log: true), default: .integer(1000)),
            Parameter("max_leaves", .integer(low: 4, high: 255, log: true), default: .integer(31)),
            Parameter("min_data_in_leaf", .integer(low: 1, high: 100, log: true), default: .integer(20)),
            Parameter("min_child_weight", .double(low: 1e-3, high: 10, log: true), default: .double(1e-3)),
            Parameter("l1", .double(low: 1e-6, high: 10, log: true), default: .double(1e-6)),
            Parameter("l2", .double(low: 1e-6, high: 100, log: true), default: .double(1e-6)),
            Parameter("feature_fraction", .double(low: 0.3, high: 1, log: false), default: .double(1)),
            Parameter("row_fraction", .double(low: 0.5, high: 1, log: false), default: .double(1)),
            Parameter("extra_trees", .choice([.boolean(false), .boolean(true)]), default: .boolean(false)),
        ]
        if shape.categoricalColumns > 0 {
            parameters += [
                Parameter("cat_smooth", .double(low: 1, high: 100, log: true), default: .double(10)),
                Parameter("cat_l2", .double(low: 0.1, high: 100, log: true), default: .double(10)),
            ]
        }
        if shape.task == .regression {
            parameters += [
                Parameter("target_transform", .choice([.string("none"), .string("log1p")]), default: .string("none"))
            ]
        }
        return SearchSpace(parameters: parameters)
    }

    /// Histograms, splits and score updates of every tree.
    public func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        let parameters = BoostingParameters(configuration)
        let columns = Double(shape.numericColumns + shape.categoricalColumns) * parameters.tree.featureFraction
        let rows = Double(shape.rows) * parameters.rowFraction
        let depth = max(1, Double(parameters.tree.maximumLeaves).squareRoot())
        let scores = shape.task == .multiclass ? Double(shape.outputs) : 1
        let perTree = rows * (8 + depth * 1.2 * columns) * 1e-9 + Double(parameters.tree.maximumLeaves) * columns * 5e-7
        return 0.002 + perTree * Double(parameters.trees) * scores + rows * columns * 6e-8
    }

    /// Bins twice, derivatives, scores and one histogram a leaf.
    public func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        let parameters = BoostingParameters(configuration)
        let columns = shape.numericColumns + shape.categoricalColumns
        let scores = shape.task == .multiclass ? shape.outputs : 1
        let histograms = parameters.tree.maximumLeaves * columns * 256 * 8 * min(scores, 8)
        return shape.rows * (3 * columns + 16 * scores + 24 * min(scores, 8)) + histograms + (1 << 20)
    }
}
