public import AutoML
internal import Learners
public import Search

/// A trial as it stands, for people who watch an experiment.
public struct TrialProgress: Sendable, Hashable, Encodable {
    /// Its number in the experiment, from 0.
    public var index: Int
    /// The name of its model on the leaderboard.
    public var model: String
    /// The learner's name.
    public var learner: String
    /// Where it stands.
    public var state: TrialState
    /// How it ended; nil until then.
    public var result: TrialResult?
    /// The hyperparameters.
    public var hyperparameters: Configuration
    /// The worker that trains it now.
    public var worker: String?
    /// When it was proposed.
    public var proposedAt: Timestamp
    /// When its result was there.
    public var finishedAt: Timestamp?

    init(_ record: TrialRecord, worker: String?) {
        index = record.index
        model = "\(record.spec.learner)_\(record.index)"
        learner = record.spec.learner
        state = record.state
        result = record.result
        hyperparameters = record.spec.configuration
        self.worker = record.result == nil ? worker : nil
        proposedAt = record.proposedAt
        finishedAt = record.finishedAt
    }

    private enum CodingKeys: String, CodingKey {
        case index, model, learner, state, score
        case scoreInterval = "score_interval"
        case fitSeconds = "fit_seconds"
        case predictSeconds = "predict_seconds"
        case reason, hyperparameters, worker
        case proposedAt = "proposed_at"
        case finishedAt = "finished_at"
    }

    /// Writes one flat JSON object; what a trial without a result does not have is left out, and `worker` and `finished_at`
    /// are null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(index, forKey: .index)
        try container.encode(model, forKey: .model)
        try container.encode(learner, forKey: .learner)
        try container.encode(state, forKey: .state)
        try container.encodeIfPresent(result?.score, forKey: .score)
        try container.encodeIfPresent(
            result?.scoreInterval.flatMap { $0.low.isFinite && $0.high.isFinite ? [$0.low, $0.high] : nil },
            forKey: .scoreInterval)
        try container.encodeIfPresent(result?.fitSeconds, forKey: .fitSeconds)
        try container.encodeIfPresent(result?.predictSeconds, forKey: .predictSeconds)
        try container.encodeIfPresent(result?.reason, forKey: .reason)
        try container.encode(hyperparameters, forKey: .hyperparameters)
        try container.encode(worker, forKey: .worker)
        try container.encode(proposedAt, forKey: .proposedAt)
        try container.encode(finishedAt, forKey: .finishedAt)
    }
}
