public import Learners
public import Tabular

/// What a model is, apart from its parameters; JSON with snake_case names at the head of an artifact.
public struct ModelHeader: Sendable, Hashable, Codable {
    /// One trial of the model.
    public struct Member: Sendable, Hashable, Codable {
        /// The trial's name on the leaderboard.
        public var model: String
        /// The learner's name.
        public var learner: String
        /// Its share in the prediction; the shares sum to 1.
        public var weight: Double
    }

    /// The version of Martlet that wrote it.
    public var martletVersion: String
    /// The model's name on the leaderboard.
    public var name: String
    /// The task.
    public var task: Task
    /// The name of the predicted column.
    public var target: String
    /// The classes in the order of the probabilities; empty for regression.
    public var classes: [String]
    /// The metric that chose it.
    public var metric: Metric
    /// The metric over data that the model has not seen.
    public var score: Double?
    /// Bootstrap interval of the score, its two ends.
    public var scoreInterval: ScoreInterval?
    /// The score by which it was chosen among others, before it was corrected for that; nil where the score is as it was
    /// measured.
    public var selectionScore: Double?
    /// The probability of the second class above which it is predicted; binary only.
    public var threshold: Double?
    /// What each class's probability is multiplied by before the largest decides, in the order of the classes; nil for ones.
    public var classWeights: [Double]?
    /// Why the threshold is not what the settings ask for; nil where it is.
    public var thresholdNote: String?
    /// The columns of a table that it needs, with their types.
    public var schema: Schema
    /// How these become features.
    public var plan: FeaturePlan
    /// Its trials.
    public var members: [Member]
    /// Rows of the table that it was trained and scored on.
    public var rows: Int
    /// How it was scored, one line for people.
    public var validation: String
    /// What the user asked for.
    public var settings: ExperimentSettings
    /// What memory kept from being trained beside it; nil for a run that had enough.
    public var memoryCut: MemoryCut?
    /// How its best trial's configuration does on later rows, where rows change with time.
    public var timeScore: TimeScore?

    enum CodingKeys: String, CodingKey {
        case martletVersion = "martlet_version"
        case name, task, target, classes, metric, score
        case scoreInterval = "score_interval"
        case selectionScore = "selection_score"
        case threshold
        case classWeights = "class_weights"
        case thresholdNote = "threshold_note"
        case schema, plan, members, rows, validation, settings
        case memoryCut = "memory_cut"
        case timeScore = "time_score"
    }
}
