import Search

/// What shapes a forest, or a single tree.
struct ForestParameters: Sendable {
    /// How the purity of a classification's leaves is measured; a regression's always by its variance.
    enum Criterion: String, Sendable {
        case gini
        case entropy
    }

    var trees = 200
    /// Most splits from the root to a leaf; 0 for no limit.
    var maximumDepth = 0
    /// Fewest rows of a leaf.
    var minimumRows = 1
    /// Share of the features each node looks at.
    var featureFraction = 1.0
    /// Whether each tree learns from rows drawn with replacement (Breiman 2001).
    var bootstraps = true
    /// One random threshold a feature and node instead of the best one (Geurts et al. 2006).
    var randomThresholds = false
    var criterion = Criterion.gini
    /// Rows of the training set's own mean that each leaf is mixed with.
    var smoothing = 0.0
    var balancesClasses = false

    /// The configuration's values over `defaults`.
    init(_ configuration: Configuration, defaults: ForestParameters) {
        self = defaults
        trees = min(100_000, max(1, configuration.integer("trees", default: trees)))
        maximumDepth = max(0, configuration.integer("max_depth", default: maximumDepth))
        minimumRows = max(1, configuration.integer("min_data_in_leaf", default: minimumRows))
        featureFraction = min(1, max(0, configuration.double("feature_fraction", default: featureFraction)))
        bootstraps = configuration.boolean("bootstrap", default: bootstraps)
        criterion = Criterion(rawValue: configuration.string("criterion", default: "")) ?? criterion
        smoothing = max(0, configuration.double("leaf_smoothing", default: smoothing))
        balancesClasses = configuration.string("class_weight", default: "none") == "balanced"
    }

    /// The defaults of a forest for a problem of this shape.
    init() {}
}
