public import Search

extension GradientBoosting {
    /// The hyperparameters a search varies, and configurations that do well on many tables.
    public func searchSpace(for shape: ProblemShape) -> SearchSpace {
        var parameters = [
            Parameter("learning_rate", .double(low: 0.01, high: 0.3, log: true), default: .double(0.1)),
            Parameter("trees", .integer(low: 1000, high: 4000, log: true), default: .integer(1000)),
            Parameter("max_leaves", .integer(low: 4, high: 255, log: true), default: .integer(31)),
            Parameter("min_data_in_leaf", .integer(low: 1, high: 100, log: true), default: .integer(20)),
            Parameter("min_child_weight", .double(low: 1e-3, high: 10, log: true), default: .double(1e-3)),
            Parameter("l1", .double(low: 1e-6, high: 10, log: true), default: .double(1e-6)),
            Parameter("l2", .double(low: 1e-6, high: 100, log: true), default: .double(1e-6)),
            Parameter("feature_fraction", .double(low: 0.3, high: 1, log: false), default: .double(1)),
            Parameter("node_feature_fraction", .double(low: 0.3, high: 1, log: false), default: .double(1)),
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
        return SearchSpace(parameters: parameters, portfolio: portfolio(for: shape))
    }

    /// Configurations that between them did well on tables from 800 to 460,000 rows; which comes first depends on the size.
    private func portfolio(for shape: ProblemShape) -> [Configuration] {
        let balanced: Configuration = [
            "learning_rate": .double(0.05), "trees": .integer(2000), "max_leaves": .integer(31), "l2": .double(1),
            "feature_fraction": .double(0.7),
        ]
        let shallow: Configuration = [
            "learning_rate": .double(0.03), "trees": .integer(3000), "max_leaves": .integer(8), "l2": .double(5),
            "feature_fraction": .double(0.6), "row_fraction": .double(0.7),
        ]
        let deep: Configuration = [
            "learning_rate": .double(0.03), "trees": .integer(3000), "max_leaves": .integer(63), "l2": .double(3),
            "min_data_in_leaf": .integer(5), "node_feature_fraction": .double(0.6), "row_fraction": .double(0.7),
        ]
        let random: Configuration = [
            "learning_rate": .double(0.08), "trees": .integer(2000), "max_leaves": .integer(63),
            "min_data_in_leaf": .integer(3), "feature_fraction": .double(0.8), "extra_trees": .boolean(true),
        ]
        let stumpy: Configuration = [
            "learning_rate": .double(0.02), "trees": .integer(4000), "max_leaves": .integer(4),
            "feature_fraction": .double(0.8), "row_fraction": .double(0.8),
        ]
        let wide: Configuration = [
            "learning_rate": .double(0.05), "trees": .integer(2000), "max_leaves": .integer(127), "l2": .double(5),
            "min_data_in_leaf": .integer(10), "feature_fraction": .double(0.6), "row_fraction": .double(0.8),
        ]
        var configurations: [Configuration] =
            if shape.rows < 10_000 {
                [shallow, balanced, stumpy, random, deep]
            } else if shape.task == .regression {
                [deep, balanced, wide, random, shallow]
            } else if shape.task == .multiclass {
                [balanced, random, wide, deep, shallow]
            } else {
                [balanced, shallow, random, deep, wide]
            }
        if shape.task == .regression {
            var logarithmic = shape.rows < 10_000 ? shallow : deep
            logarithmic.values["target_transform"] = .string("log1p")
            configurations.append(logarithmic)
        }
        return configurations
    }

    /// Histograms, splits and score updates of every tree.
    public func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        let parameters = BoostingParameters(configuration)
        let columns = Double(shape.numericColumns + shape.categoricalColumns) * parameters.tree.featureFraction
        let rows = Double(shape.rows) * parameters.rowFraction
        let depth = max(1, Double(parameters.tree.maximumLeaves).squareRoot())
        let scores = shape.task == .multiclass ? Double(shape.outputs) : 1
        let perTree = rows * (8 + depth * 1.2 * columns) * 1e-9 + Double(parameters.tree.maximumLeaves) * columns * 5e-7
        // Early stopping ends most runs well before the last tree.
        let trees = min(Double(parameters.trees), 60 / max(1e-3, parameters.learningRate))
        return 0.002 + perTree * trees * scores + rows * columns * 6e-8
    }

    /// The bins of the rows, scores, derivatives and one histogram a leaf. Covertype (522,910 rows, 54 columns, 7 classes) takes
    /// 60 MB beyond its table and its bins where this expects 110.
    public func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        let parameters = BoostingParameters(configuration)
        let columns = shape.numericColumns + shape.categoricalColumns
        let scores = shape.task == .multiclass ? shape.outputs : 1
        let histograms = parameters.tree.maximumLeaves * columns * 256 * 8 * min(scores, 8)
        return shape.rows * (columns + 24 + 12 * scores) + histograms + (1 << 20)
    }

    /// The trees of a run that is not stopped early.
    public func estimatedModelBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        let parameters = BoostingParameters(configuration)
        let scores = shape.task == .multiclass ? shape.outputs : 1
        return (1 << 18) + parameters.trees * scores * min(parameters.tree.maximumLeaves, shape.rows) * 40
    }
}
