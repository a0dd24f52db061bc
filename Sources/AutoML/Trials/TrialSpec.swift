public import Learners
public import Search

/// What one trial is to train: the unit of distribution.
public struct TrialSpec: Sendable, Hashable, Codable {
    /// Its place in the experiment, from 0.
    public var index: Int
    /// The learner's name.
    public var learner: String
    /// The hyperparameters; those not named take the learner's defaults.
    public var configuration: Configuration
    /// What its random choices follow from.
    public var seed: Seed
    /// Seconds it may take, in an experiment with a time budget.
    public var timeLimitSeconds: Double?

    /// A trial of these parts.
    public init(
        index: Int, learner: String, configuration: Configuration, seed: Seed, timeLimitSeconds: Double? = nil
    ) {
        self.index = index
        self.learner = learner
        self.configuration = configuration
        self.seed = seed
        self.timeLimitSeconds = timeLimitSeconds
    }

    enum CodingKeys: String, CodingKey {
        case index, learner, configuration, seed
        case timeLimitSeconds = "time_limit_seconds"
    }
}

/// How a trial ended.
public enum TrialStatus: String, Sendable, Codable, CaseIterable, Hashable {
    /// It has a score and a model.
    case completed
    /// It could not be trained; the reason says why.
    case failed
    /// The experiment was cancelled while it ran.
    case cancelled
    /// Its time ran out before all of its folds were trained.
    case timedOut = "timed_out"
}

/// What is known of a trial that has ended; its predictions and models travel beside it as `TrialBlobs`.
public struct TrialResult: Sendable, Hashable, Codable {
    /// Its place in the experiment, from 0.
    public var index: Int
    /// The learner's name.
    public var learner: String
    /// The hyperparameters.
    public var configuration: Configuration
    /// How it ended.
    public var status: TrialStatus
    /// Why it did not complete, one line for people; nil when it did.
    public var reason: String?
    /// The metric over all out-of-fold predictions; nil unless completed.
    public var score: Double?
    /// All metrics of the task over the out-of-fold predictions, by name; nil unless completed, and for predictions so many
    /// that this would take long.
    public var metrics: [String: Double]?
    /// The metric of each fold, in the order of the validation plan.
    public var foldScores: [Double]
    /// Bootstrap interval of the score; nil unless completed.
    public var scoreInterval: ScoreInterval?
    /// Seconds spent training, all folds summed.
    public var fitSeconds: Double
    /// Seconds spent predicting the folds' validation rows, summed.
    public var predictSeconds: Double
    /// Expected peak memory of a fold, in bytes.
    public var estimatedPeakBytes: Int
    /// Why it failed, where that was for want of memory.
    public var refusal: MemoryRefusal?

    /// A result of these parts.
    public init(
        index: Int, learner: String, configuration: Configuration, status: TrialStatus, reason: String? = nil,
        score: Double? = nil, foldScores: [Double] = [], scoreInterval: ScoreInterval? = nil, fitSeconds: Double = 0,
        predictSeconds: Double = 0, estimatedPeakBytes: Int = 0
    ) {
        self.index = index
        self.learner = learner
        self.configuration = configuration
        self.status = status
        self.reason = reason
        self.score = score
        self.foldScores = foldScores
        self.scoreInterval = scoreInterval
        self.fitSeconds = fitSeconds
        self.predictSeconds = predictSeconds
        self.estimatedPeakBytes = estimatedPeakBytes
    }

    /// The result of a trial that gave no model.
    public init(_ spec: TrialSpec, status: TrialStatus, reason: String) {
        self.init(
            index: spec.index, learner: spec.learner, configuration: spec.configuration, status: status, reason: reason)
    }

    /// The result of a trial that was refused for want of memory.
    public init(_ spec: TrialSpec, refusal: MemoryRefusal) {
        self.init(spec, status: .failed, reason: refusal.reason)
        estimatedPeakBytes = refusal.neededBytes
        self.refusal = refusal
    }

    /// The name of its model on the leaderboard: the learner and the index.
    public var modelName: String { TrialResult.modelName(learner: learner, index: index) }

    static func modelName(learner: String, index: Int) -> String { "\(learner)_\(index)" }

    enum CodingKeys: String, CodingKey {
        case index, learner, configuration, status, reason, score, metrics
        case foldScores = "fold_scores"
        case scoreInterval = "score_interval"
        case fitSeconds = "fit_seconds"
        case predictSeconds = "predict_seconds"
        case estimatedPeakBytes = "estimated_peak_bytes"
        case refusal
    }
}

/// What a completed trial leaves behind, as checksummed bytes that can be stored and sent.
public struct TrialBlobs: Sendable, Hashable {
    /// Out-of-fold predictions: `OutOfFold.encoded()`.
    public var predictions: [UInt8]
    /// The models of its folds: `ModelBag.encoded()`.
    public var models: [UInt8]

    /// Blobs of these bytes.
    public init(predictions: [UInt8], models: [UInt8]) {
        self.predictions = predictions
        self.models = models
    }
}

/// A trial's result, with its blobs if it completed.
public struct TrialOutcome: Sendable, Hashable {
    /// How it ended.
    public var result: TrialResult
    /// What it leaves behind; nil unless completed.
    public var blobs: TrialBlobs?

    /// An outcome of these parts.
    public init(result: TrialResult, blobs: TrialBlobs? = nil) {
        self.result = result
        self.blobs = blobs
    }
}
