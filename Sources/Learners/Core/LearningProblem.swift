public import Tabular

/// Everything that trials of one experiment share: features, target, weights, and what is derived from them once.
///
/// The features are a table without the target, already prepared by a `FeaturePlan`: integer, float and boolean columns are
/// numbers (NaN is missing), categorical columns are dictionary-encoded strings, text columns are free text.
public final class LearningProblem: Sendable {
    /// The features, one row a sample.
    public let features: Table
    /// The target, as long as the features.
    public let target: Target
    /// A weight ≥ 0 a row; nil means 1 for every row.
    public let weights: [Float]?
    /// Results that are computed once and shared by every trial, such as binned features.
    public let derived = DerivedCache()

    /// A problem of these parts; all have the same number of rows.
    public init(features: Table, target: Target, weights: [Float]? = nil) {
        precondition(features.rowCount == target.values.count, "features and target differ in length")
        precondition(weights == nil || weights?.count == features.rowCount, "weights and features differ in length")
        self.features = features
        self.target = target
        self.weights = weights
    }

    /// Number of samples.
    public var rowCount: Int { features.rowCount }
}
