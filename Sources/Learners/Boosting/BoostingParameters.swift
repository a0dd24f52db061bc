import Search

/// The hyperparameters of gradient boosting, read from a configuration.
struct BoostingParameters: Sendable {
    var trees = 100
    var learningRate = 0.1
    var tree = TreeParameters()
    /// Share of the rows that each tree is grown on.
    var rowFraction = 1.0
    /// Iterations without a better validation loss before the end; 0 for none.
    var patience = 50
    var loss = "auto"
    /// Weighs classes so that each counts the same in all.
    var balancesClasses = false
    /// `log1p` fits the logarithm of a target that is never negative.
    var targetTransform = "none"

    init() {}

    init(_ configuration: Configuration) {
        trees = max(1, configuration.integer("trees", default: trees))
        learningRate = configuration.double("learning_rate", default: learningRate)
        tree.maximumLeaves = min(65_536, max(2, configuration.integer("max_leaves", default: tree.maximumLeaves)))
        tree.maximumDepth = configuration.integer("max_depth", default: tree.maximumDepth)
        tree.minimumRows = max(1, configuration.double("min_data_in_leaf", default: tree.minimumRows))
        tree.minimumHessian = max(0, configuration.double("min_child_weight", default: tree.minimumHessian))
        tree.l1 = max(0, configuration.double("l1", default: tree.l1))
        tree.l2 = max(0, configuration.double("l2", default: tree.l2))
        tree.minimumGain = max(0, configuration.double("min_split_gain", default: tree.minimumGain))
        tree.featureFraction = configuration.double("feature_fraction", default: tree.featureFraction)
        tree.nodeFeatureFraction = configuration.double("node_feature_fraction", default: tree.nodeFeatureFraction)
        tree.randomThresholds = configuration.boolean("extra_trees", default: tree.randomThresholds)
        tree.categorySmoothing = max(0, configuration.double("cat_smooth", default: tree.categorySmoothing))
        tree.categoryL2 = max(0, configuration.double("cat_l2", default: tree.categoryL2))
        tree.maximumCategories = max(1, configuration.integer("max_cat_threshold", default: tree.maximumCategories))
        tree.minimumCategoryRows = max(1, configuration.double("min_data_per_group", default: tree.minimumCategoryRows))
        rowFraction = min(1, max(0.01, configuration.double("row_fraction", default: rowFraction)))
        let usual = min(200, max(20, Int(3 / max(1e-3, learningRate))))
        patience = max(0, configuration.integer("early_stopping_rounds", default: usual))
        loss = configuration.string("loss", default: loss)
        balancesClasses = configuration.string("class_weight", default: "none") == "balanced"
        targetTransform = configuration.string("target_transform", default: targetTransform)
    }
}
