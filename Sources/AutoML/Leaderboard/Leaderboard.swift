public import Learners
public import Search

/// The scored models of an experiment, best first; in JSON as `--leaderboard` writes it.
public struct Leaderboard: Sendable, Hashable, Codable {
    /// One model, or one trial that gave none.
    public struct Entry: Sendable, Hashable, Codable {
        /// From 1 for the best; nil for a trial without a model.
        public var rank: Int?
        /// The model's name.
        public var model: String
        /// The learner's name; `ensemble` for one.
        public var learner: String
        /// The metric over data that the model has not seen.
        public var score: Double?
        /// Bootstrap interval of the score.
        public var scoreInterval: ScoreInterval?
        /// The score by which it was chosen as the best and has its rank, where `score` is corrected for that.
        public var selectionScore: Double?
        /// All metrics of the task, by name; nil where they were not taken.
        public var metrics: [String: Double]?
        /// Seconds spent training; for an ensemble, those of its members and of its selection.
        public var fitSeconds: Double
        /// Seconds spent predicting the validation rows.
        public var predictSeconds: Double
        /// The hyperparameters; for an ensemble, its members' weights by model.
        public var hyperparameters: Configuration
        /// How the trial ended; nil where there is a model.
        public var status: TrialStatus?
        /// Why there is no model.
        public var reason: String?
        /// The trial's index; nil for an ensemble.
        public var trial: Int?

        enum CodingKeys: String, CodingKey {
            case rank, model, learner, score
            case scoreInterval = "score_interval"
            case selectionScore = "selection_score"
            case metrics
            case fitSeconds = "fit_seconds"
            case predictSeconds = "predict_seconds"
            case hyperparameters, status, reason, trial
        }

        init(_ result: TrialResult) {
            model = result.modelName
            learner = result.learner
            score = result.score
            scoreInterval = result.scoreInterval
            metrics = result.metrics
            fitSeconds = result.fitSeconds
            predictSeconds = result.predictSeconds
            hyperparameters = result.configuration
            status = result.status == .completed ? nil : result.status
            reason = result.reason
            trial = result.index
        }

        init(
            ensemble: EnsembleScore, metrics: [String: Double]?, fitSeconds: Double, predictSeconds: Double,
            weights: Configuration
        ) {
            self.metrics = metrics
            model = "ensemble"
            learner = "ensemble"
            score = ensemble.score
            scoreInterval = ensemble.interval
            self.fitSeconds = fitSeconds
            self.predictSeconds = predictSeconds
            hyperparameters = weights
        }

        /// Reads a JSON object.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            rank = try container.decodeIfPresent(Int.self, forKey: .rank)
            model = try container.decode(String.self, forKey: .model)
            learner = try container.decode(String.self, forKey: .learner)
            score = try container.decodeIfPresent(Double.self, forKey: .score)
            if let ends = try container.decodeIfPresent([Double].self, forKey: .scoreInterval) {
                guard ends.count == 2 else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .scoreInterval, in: container, debugDescription: "an interval has two ends")
                }
                scoreInterval = ScoreInterval(low: ends[0], high: ends[1])
            }
            selectionScore = try container.decodeIfPresent(Double.self, forKey: .selectionScore)
            metrics = try container.decodeIfPresent([String: Double].self, forKey: .metrics)
            fitSeconds = try container.decode(Double.self, forKey: .fitSeconds)
            predictSeconds = try container.decode(Double.self, forKey: .predictSeconds)
            hyperparameters = try container.decode(Configuration.self, forKey: .hyperparameters)
            status = try container.decodeIfPresent(TrialStatus.self, forKey: .status)
            reason = try container.decodeIfPresent(String.self, forKey: .reason)
            trial = try container.decodeIfPresent(Int.self, forKey: .trial)
        }

        /// Writes a JSON object, the interval as an array of its two ends.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(rank, forKey: .rank)
            try container.encode(model, forKey: .model)
            try container.encode(learner, forKey: .learner)
            try container.encode(score, forKey: .score)
            try container.encode(scoreInterval.map { [$0.low, $0.high] }, forKey: .scoreInterval)
            try container.encodeIfPresent(selectionScore, forKey: .selectionScore)
            try container.encodeIfPresent(metrics, forKey: .metrics)
            try container.encode(fitSeconds, forKey: .fitSeconds)
            try container.encode(predictSeconds, forKey: .predictSeconds)
            try container.encode(hyperparameters, forKey: .hyperparameters)
            try container.encodeIfPresent(status, forKey: .status)
            try container.encodeIfPresent(reason, forKey: .reason)
            try container.encodeIfPresent(trial, forKey: .trial)
        }
    }

    /// The task.
    public var task: Task
    /// The metric of the scores.
    public var metric: Metric
    /// Whether a higher score is a better one.
    public var greaterIsBetter: Bool
    /// Models by rank, then trials without one by index.
    public var entries: [Entry]
    /// What memory kept from being trained; nil for a run that had enough.
    public var memoryCut: MemoryCut?
    /// How the best configuration does on later rows, where rows change with time; nil where they do not, or while it runs.
    public var timeScore: TimeScore?

    enum CodingKeys: String, CodingKey {
        case task, metric
        case greaterIsBetter = "greater_is_better"
        case entries
        case memoryCut = "memory_cut"
        case timeScore = "time_score"
    }

    /// The leaderboard of what has ended; equal scores in the order of the trials, an ensemble before trials of its score, or
    /// before all.
    public init(
        _ experiment: PreparedExperiment, results: [TrialResult], ensemble: Entry? = nil, isEnsembleFirst: Bool = false
    ) {
        self.init(
            task: experiment.task, metric: experiment.metric, results: results, ensemble: ensemble,
            isEnsembleFirst: isEnsembleFirst)
    }

    /// The same from task and metric alone, for what has ended of an experiment that is not at hand.
    public init(
        task: Task, metric: Metric, results: [TrialResult], ensemble: Entry? = nil, isEnsembleFirst: Bool = false
    ) {
        self.task = task
        self.metric = metric
        greaterIsBetter = metric.greaterIsBetter
        memoryCut = MemoryCut(results)
        let all = (ensemble.map { [$0] } ?? []) + results.sorted { $0.index < $1.index }.map(Entry.init)
        var ranked = all.enumerated().filter { $0.element.status == nil && $0.element.score != nil }
        ranked.sort { left, right in
            if isEnsembleFirst, (left.element.trial == nil) != (right.element.trial == nil) {
                return left.element.trial == nil
            }
            let (a, b) = (metric.loss(left.element.score ?? .nan), metric.loss(right.element.score ?? .nan))
            return a == b ? left.offset < right.offset : a < b
        }
        entries = ranked.map(\.element)
        for index in entries.indices { entries[index].rank = index + 1 }
        entries += all.filter { $0.status != nil }
    }

    /// Takes off the best model's score what it owes to having been chosen: `bias` is in the metric's loss, nil where nothing
    /// was chosen. Its rank stays; its interval moves along.
    mutating func correctBest(by bias: Double?) {
        guard let bias, let index = entries.firstIndex(where: { $0.rank == 1 }), let score = entries[index].score else {
            return
        }
        let shift = greaterIsBetter ? -bias : bias
        entries[index].selectionScore = score
        entries[index].score = score + shift
        entries[index].metrics?[metric.rawValue] = score + shift
        if let interval = entries[index].scoreInterval {
            entries[index].scoreInterval = ScoreInterval(low: interval.low + shift, high: interval.high + shift)
        }
    }

    /// Why another entry may show a better score than the first, in a line for people; nil where none does.
    public var note: String? {
        guard let best, let score = best.score else { return nil }
        let loss = metric.loss(score)
        guard entries.contains(where: { ($0.rank ?? 1) > 1 && metric.loss($0.score ?? .nan) < loss }) else {
            return nil
        }
        return best.trial == nil
            ? "the ensemble's score is of members chosen without the rows it is scored on; scores of other models are not "
                + "corrected for being the best of many"
            : "the first model's score is corrected for having been chosen as the best of many; those of the others are not"
    }

    /// The best model, if there is one.
    public var best: Entry? { entries.first { $0.rank == 1 } }
}
