public import Search

/// Where a trial stands.
public enum TrialState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Proposed; waiting for a worker, or with one.
    case proposed
    /// Scored.
    case completed
    /// Ended without a score.
    case failed
}

/// A trial: what is tried, and how it ended. Its fold models and out-of-fold predictions are blobs of the model store.
public struct TrialRecord: Sendable, Hashable, Codable {
    /// The experiment's id.
    public var experimentID: String
    /// Its number in the experiment, from 0.
    public var index: Int
    /// The learner's name.
    public var learner: String
    /// The hyperparameters.
    public var configuration: Configuration
    /// Where it stands.
    public var state: TrialState
    /// Its score by the experiment's metric, once it has one.
    public var score: Double?
    /// Why it failed, in one line.
    public var error: String?
    /// Seconds all its fits took.
    public var fitSeconds: Double?
    /// When it was proposed.
    public var proposedAt: Timestamp
    /// When its result was there.
    public var finishedAt: Timestamp?

    /// A trial just proposed.
    public init(
        experimentID: String, index: Int, learner: String, configuration: Configuration, proposedAt: Timestamp
    ) {
        self.experimentID = experimentID
        self.index = index
        self.learner = learner
        self.configuration = configuration
        self.proposedAt = proposedAt
        state = .proposed
    }

    private enum CodingKeys: String, CodingKey {
        case experimentID = "experiment_id"
        case index, learner
        case configuration = "hyperparameters"
        case state, score, error
        case fitSeconds = "fit_seconds"
        case proposedAt = "proposed_at"
        case finishedAt = "finished_at"
    }
}
