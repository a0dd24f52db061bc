internal import AutoML
internal import Learners

/// Something that happened to an experiment; watchers get them in the order of `sequence`, which rises from 1.
public struct EventRecord: Sendable, Hashable, Codable {
    /// What happened.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// The experiment's state changed; the last event of every experiment is of this kind.
        case state
        /// A trial was given to the workers.
        case trialProposed = "trial_proposed"
        /// A trial got further.
        case trialProgress = "trial_progress"
        /// A trial ended, with a score or without.
        case trialFinished = "trial_finished"
    }

    /// A trial in short.
    public struct Trial: Sendable, Hashable, Codable {
        /// Its number in the experiment, from 0.
        public var index: Int
        /// The learner's name.
        public var learner: String
        /// Where it stands.
        public var state: TrialState
        /// Its score, once it has one.
        public var score: Double?
        /// Why it has none, in one line.
        public var reason: String?
        /// The ends of the score's interval.
        public var scoreInterval: [Double]?
        /// Seconds spent training.
        public var fitSeconds: Double?
        /// Seconds spent predicting the rows that were scored.
        public var predictSeconds: Double?
        /// Its model, once it has one.
        public var modelID: String?

        /// The trial as it stands.
        public init(_ record: TrialRecord) {
            index = record.index
            learner = record.spec.learner
            state = record.state
            score = record.result?.score
            reason = record.result?.reason
            scoreInterval = record.result?.scoreInterval.flatMap {
                $0.low.isFinite && $0.high.isFinite ? [$0.low, $0.high] : nil
            }
            fitSeconds = record.result?.fitSeconds
            predictSeconds = record.result?.predictSeconds
            if score != nil { modelID = ModelNames.model(of: record.experimentID, trial: record.index) }
        }

        private enum CodingKeys: String, CodingKey {
            case index, learner, state, score, reason
            case scoreInterval = "score_interval"
            case fitSeconds = "fit_seconds"
            case predictSeconds = "predict_seconds"
            case modelID = "model_id"
        }
    }

    /// Its number in the experiment.
    public var sequence: Int
    /// What happened.
    public var kind: Kind
    /// When.
    public var at: Timestamp
    /// The experiment's state then.
    public var state: ExperimentState
    /// The experiment's progress then, from 0 to 1.
    public var progress: Double
    /// The trial it is about.
    public var trial: Trial?
    /// How far that trial is, from 0 to 1.
    public var trialProgress: Double?
    /// The best score so far.
    public var bestScore: Double?
    /// The best model so far.
    public var bestModelID: String?
    /// What went wrong, in one line.
    public var error: String?

    /// An event of these parts.
    public init(
        sequence: Int, kind: Kind, at: Timestamp, state: ExperimentState, progress: Double, trial: Trial? = nil,
        trialProgress: Double? = nil, bestScore: Double? = nil, bestModelID: String? = nil, error: String? = nil
    ) {
        self.sequence = sequence
        self.kind = kind
        self.at = at
        self.state = state
        self.progress = progress
        self.trial = trial
        self.trialProgress = trialProgress
        self.bestScore = bestScore
        self.bestModelID = bestModelID
        self.error = error
    }

    /// The event that ends an experiment with this record.
    init(endOf record: ExperimentRecord, sequence: Int) {
        self.init(
            sequence: sequence, kind: .state, at: record.finishedAt ?? .now(), state: record.state,
            progress: record.progress, bestScore: record.bestScore, bestModelID: record.bestModelID,
            error: record.error)
    }

    private enum CodingKeys: String, CodingKey {
        case sequence, kind, at, state, progress, trial
        case trialProgress = "trial_progress"
        case bestScore = "best_score"
        case bestModelID = "best_model_id"
        case error
    }

    /// Whether nothing comes after it.
    public var isLast: Bool { kind == .state && state.isFinal }
}
