public import Learners

/// A model of an experiment: a scored trial or an ensemble. Its artifact is a blob of the model store, built on demand.
public struct ModelRecord: Sendable, Hashable, Codable {
    /// The model's id: the experiment's, a hyphen, and the trial's number in five digits or `ensemble`.
    public var id: String
    /// The experiment it comes from.
    public var experimentID: String
    /// The dataset it learnt from.
    public var datasetID: String
    /// Its name on the leaderboard.
    public var name: String
    /// The learner's name.
    public var learner: String
    /// The column it predicts.
    public var target: String
    /// The task.
    public var task: Task
    /// The metric of its score.
    public var metric: Metric
    /// Its score on rows it has not seen.
    public var score: Double?
    /// When it was there.
    public var createdAt: Timestamp

    /// A record of these parts.
    public init(
        id: String, experimentID: String, datasetID: String, name: String, learner: String, target: String, task: Task,
        metric: Metric, score: Double?, createdAt: Timestamp
    ) {
        self.id = id
        self.experimentID = experimentID
        self.datasetID = datasetID
        self.name = name
        self.learner = learner
        self.target = target
        self.task = task
        self.metric = metric
        self.score = score
        self.createdAt = createdAt
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case experimentID = "experiment_id"
        case datasetID = "dataset_id"
        case name = "model"
        case learner, target, task, metric, score
        case createdAt = "created_at"
    }

    /// The experiment that a model's id names; nil where the text can be no model's id.
    public static func experimentID(ofModel id: String) -> String? {
        guard let hyphen = id.firstIndex(of: "-") else { return nil }
        return String(id[..<hyphen])
    }
}
