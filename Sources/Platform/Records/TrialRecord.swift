public import AutoML

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
    /// What is tried.
    public var spec: TrialSpec
    /// How it ended, once it has.
    public var result: TrialResult?
    /// When it was proposed.
    public var proposedAt: Timestamp
    /// When its result was there.
    public var finishedAt: Timestamp?

    /// A trial just proposed.
    public init(experimentID: String, spec: TrialSpec, proposedAt: Timestamp) {
        self.experimentID = experimentID
        self.spec = spec
        self.proposedAt = proposedAt
    }

    private enum CodingKeys: String, CodingKey {
        case experimentID = "experiment_id"
        case spec, result
        case proposedAt = "proposed_at"
        case finishedAt = "finished_at"
    }

    /// Its number in the experiment, from 0.
    public var index: Int { spec.index }

    /// What stands when `other` is written over this: a proposal and a result stay once they are there.
    public func merged(with other: TrialRecord) -> TrialRecord {
        guard result == nil, other.result != nil else { return self }
        var merged = self
        merged.result = other.result
        merged.finishedAt = other.finishedAt
        return merged
    }

    /// Where it stands.
    public var state: TrialState {
        switch result?.status {
        case nil: .proposed
        case .completed: .completed
        default: .failed
        }
    }
}

/// That a worker began a trial. A trial that was begun often and never ended is given up.
public struct TrialStart: Sendable, Hashable, Codable {
    /// A name of its own.
    public var id: String
    /// The worker's name.
    public var worker: String
    /// Whether nothing else was trained beside it; only the one process of an embedded store notes it, and only its store keeps it.
    public var isAlone: Bool
    /// The signal of the trap or fault in the trial that ended the process; nil where there was none, or it is not known.
    /// Kept where `isAlone` is.
    public var trap: String?

    /// A start of these parts.
    public init(id: String, worker: String, isAlone: Bool = false, trap: String? = nil) {
        self.id = id
        self.worker = worker
        self.isAlone = isAlone
        self.trap = trap
    }
}
