public import Learners

/// Where an experiment stands.
public enum ExperimentState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Accepted, waiting for its turn.
    case queued
    /// Under way.
    case running
    /// Ended with a leaderboard.
    case completed
    /// Ended without a model.
    case failed
    /// Ended by request; what was found until then is kept.
    case cancelled

    /// Whether it stays as it is.
    public var isFinal: Bool { self == .completed || self == .failed || self == .cancelled }
}

/// An experiment: what was asked and how far it is. In JSON the request's fields stand beside the others.
public struct ExperimentRecord: Sendable, Hashable, Codable {
    /// The experiment's id.
    public var id: String
    /// What was asked.
    public var request: ExperimentRequest
    /// The task found or chosen, once known.
    public var resolvedTask: Task?
    /// The metric found or chosen, once known.
    public var resolvedMetric: Metric?
    /// Where it stands.
    public var state: ExperimentState
    /// Share of the budget used, from 0 to 1.
    public var progress: Double
    /// Trials with a result, failed ones included.
    public var trialsCompleted: Int
    /// Trials without a score.
    public var trialsFailed: Int
    /// The best model so far.
    public var bestModelID: String?
    /// Its score.
    public var bestScore: Double?
    /// Why it failed, in one line.
    public var error: String?
    /// When it was accepted.
    public var createdAt: Timestamp
    /// When its first trial began.
    public var startedAt: Timestamp?
    /// When it ended.
    public var finishedAt: Timestamp?
    /// Seconds of its time budget that are used; time in which no process worked on it does not count.
    public var usedSeconds: Double
    /// Until when its trials may train, while it runs with a time budget.
    public var trainingDeadline: Timestamp?

    /// A record of these parts.
    public init(id: String, request: ExperimentRequest, createdAt: Timestamp) {
        self.id = id
        self.request = request
        self.createdAt = createdAt
        state = .queued
        progress = 0
        trialsCompleted = 0
        trialsFailed = 0
        usedSeconds = 0
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id
        case resolvedTask = "resolved_task"
        case resolvedMetric = "resolved_metric"
        case state, progress
        case trialsCompleted = "trials_completed"
        case trialsFailed = "trials_failed"
        case bestModelID = "best_model_id"
        case bestScore = "best_score"
        case error
        case createdAt = "created_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case usedSeconds = "used_seconds"
        case trainingDeadline = "training_deadline"
    }

    /// Reads what `encode(to:)` wrote.
    public init(from decoder: any Decoder) throws {
        request = try ExperimentRequest(from: decoder, allowing: Set(CodingKeys.allCases.map(\.rawValue)))
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        resolvedTask = try container.decodeIfPresent(Task.self, forKey: .resolvedTask)
        resolvedMetric = try container.decodeIfPresent(Metric.self, forKey: .resolvedMetric)
        state = try container.decode(ExperimentState.self, forKey: .state)
        progress = try container.decode(Double.self, forKey: .progress)
        trialsCompleted = try container.decode(Int.self, forKey: .trialsCompleted)
        trialsFailed = try container.decode(Int.self, forKey: .trialsFailed)
        bestModelID = try container.decodeIfPresent(String.self, forKey: .bestModelID)
        bestScore = try container.decodeIfPresent(Double.self, forKey: .bestScore)
        error = try container.decodeIfPresent(String.self, forKey: .error)
        createdAt = try container.decode(Timestamp.self, forKey: .createdAt)
        startedAt = try container.decodeIfPresent(Timestamp.self, forKey: .startedAt)
        finishedAt = try container.decodeIfPresent(Timestamp.self, forKey: .finishedAt)
        usedSeconds = try container.decode(Double.self, forKey: .usedSeconds)
        trainingDeadline = try container.decodeIfPresent(Timestamp.self, forKey: .trainingDeadline)
    }

    /// Writes one flat JSON object; what is not known yet is null.
    public func encode(to encoder: any Encoder) throws {
        try request.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(resolvedTask, forKey: .resolvedTask)
        try container.encode(resolvedMetric, forKey: .resolvedMetric)
        try container.encode(state, forKey: .state)
        try container.encode(progress, forKey: .progress)
        try container.encode(trialsCompleted, forKey: .trialsCompleted)
        try container.encode(trialsFailed, forKey: .trialsFailed)
        try container.encode(bestModelID, forKey: .bestModelID)
        try container.encode(bestScore, forKey: .bestScore)
        try container.encode(error, forKey: .error)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(startedAt, forKey: .startedAt)
        try container.encode(finishedAt, forKey: .finishedAt)
        try container.encode(usedSeconds, forKey: .usedSeconds)
        try container.encodeIfPresent(trainingDeadline, forKey: .trainingDeadline)
    }
}
