public import Learners

/// The model that an experiment ends with: which trials it is made of, and the leaderboard that it tops.
public struct EnsembleSelection: Sendable, Hashable {
    /// One trial of the model.
    public struct Member: Sendable, Hashable {
        /// The trial's index.
        public var trial: Int
        /// Its share, above 0; the shares sum to 1.
        public var weight: Double
    }

    /// The final leaderboard.
    public var leaderboard: Leaderboard
    /// The trials of the best model, in the order of their indices; their models are what `Study.assemble` needs.
    public var members: [Member]
    /// How the model decides between classes.
    public var decision: ModelDecision
    /// The best model's predictions for the scored rows, made by parts of it that have not seen them; an ensemble's are
    /// cross-fitted, as its score is.
    public var outOfFold: OutOfFold
    /// Decisions for the same rows, of which the highest counts, each made without the row; nil to make them from
    /// `outOfFold`.
    public var decided: Predictions?
}

/// What an experiment ends with.
public struct FinishedExperiment: Sendable {
    /// The final leaderboard.
    public var leaderboard: Leaderboard
    /// The best model.
    public var model: ModelArtifact
    /// The best model as the bytes of an artifact.
    public var artifact: [UInt8]
}
