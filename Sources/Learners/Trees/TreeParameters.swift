/// What limits the growth of one tree. Defaults as in LightGBM (Ke et al. 2017), so that scores compare.
struct TreeParameters: Sendable {
    /// Most leaves of a tree; at least 2.
    var maximumLeaves = 31
    /// Most splits from the root to a leaf; 0 for no limit.
    var maximumDepth = 0
    /// Fewest rows of a leaf.
    var minimumRows = 20.0
    /// Smallest sum of hessians of a leaf.
    var minimumHessian = 1e-3
    /// L1 penalty of leaf values.
    var l1 = 0.0
    /// L2 penalty of leaf values.
    var l2 = 0.0
    /// A split must gain more than this.
    var minimumGain = 0.0
    /// Share of the features that each tree looks at.
    var featureFraction = 1.0
    /// Share of the tree's features that each node looks at.
    var nodeFeatureFraction = 1.0
    /// One random threshold a feature and node instead of the best one (Geurts et al. 2006).
    var randomThresholds = false
    /// Rows a category needs to take part in a split, and its pull towards no effect when categories are sorted.
    var categorySmoothing = 10.0
    /// L2 penalty on top of `l2` for splits of sorted categories.
    var categoryL2 = 10.0
    /// Most categories on the smaller side of a split.
    var maximumCategories = 32
    /// Features with at most so many categories in a leaf split one of them from the rest.
    var oneAgainstRest = 4
    /// Fewest rows of each side of a split of sorted categories.
    var minimumCategoryRows = 100.0
}

/// Whole-number gradients of all rows and what they stand for.
struct QuantizedGradients: Sendable {
    /// One word a row of the problem, as `HistogramBuilder.pack` makes it.
    var words: NumberBuffer<Int32>
    /// A gradient's unit.
    var gradientScale: Double
    /// A hessian's unit.
    var hessianScale: Double
}
