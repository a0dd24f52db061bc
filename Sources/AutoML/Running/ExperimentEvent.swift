public import Learners
import Tabular

/// What happens in an experiment, in the order it happens; in JSON an object with `type`.
public enum ExperimentEvent: Sendable, Hashable {
    /// What was found out about the table before any trial.
    public struct Start: Sendable, Hashable, Codable {
        /// The task.
        public var task: Task
        /// Why this task, one line for people.
        public var taskReason: String
        /// The metric.
        public var metric: Metric
        /// Rows that have a target.
        public var rows: Int
        /// Rows left out because they have none.
        public var droppedRows: Int
        /// Features made of the columns.
        public var features: Int
        /// The classes; empty for regression.
        public var classes: [String]
        /// How models are scored, one line for people.
        public var validation: String
        /// Columns left out, each with its reason.
        public var droppedColumns: [FeaturePlan.DroppedColumn]
        /// What seems to tell the target beforehand, the strongest first.
        public var leaks: [Leak]
        /// What rows have to do with each other; nil in events of programs that did not look for it.
        public var relations: [RowFinding]?

        enum CodingKeys: String, CodingKey {
            case task
            case taskReason = "task_reason"
            case metric, rows
            case droppedRows = "dropped_rows"
            case features, classes, validation
            case droppedColumns = "dropped_columns"
            case leaks, relations
        }

        /// What is known of `experiment`.
        public init(_ experiment: PreparedExperiment, leaks: [Leak] = []) {
            self.leaks = leaks
            relations = experiment.relations.findings
            task = experiment.task
            taskReason = experiment.taskReason
            metric = experiment.metric
            rows = experiment.problem.rowCount
            droppedRows = experiment.droppedRowCount
            features = experiment.problem.features.columns.count
            classes = experiment.classes
            validation = experiment.validation.summary
            droppedColumns = experiment.plan.dropped
        }
    }

    /// Training begins.
    case started(Start)
    /// A trial begins.
    case trialStarted(TrialSpec)
    /// A trial has come so far, from 0 to 1.
    case trialProgress(trial: Int, fraction: Double)
    /// A trial has ended.
    case trialFinished(TrialResult)
    /// There is a new best model.
    case bestChanged(Leaderboard.Entry)
    /// No more trials: the ensemble is selected and the model put together.
    case ensembling
    /// The experiment has its model.
    case completed(Leaderboard)
    /// The experiment has ended without a model; one line for people.
    case failed(String)
}

extension ExperimentEvent: Codable {
    enum CodingKeys: String, CodingKey {
        case type, experiment, trial, fraction, result, best, leaderboard, reason
    }

    /// The event's name on the wire.
    public var type: String {
        switch self {
        case .started: "started"
        case .trialStarted: "trial_started"
        case .trialProgress: "trial_progress"
        case .trialFinished: "trial_finished"
        case .bestChanged: "best_changed"
        case .ensembling: "ensembling"
        case .completed: "completed"
        case .failed: "failed"
        }
    }

    /// Reads a JSON object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(String.self, forKey: .type)
        switch type {
        case "started": self = .started(try container.decode(Start.self, forKey: .experiment))
        case "trial_started": self = .trialStarted(try container.decode(TrialSpec.self, forKey: .trial))
        case "trial_progress":
            self = .trialProgress(
                trial: try container.decode(Int.self, forKey: .trial),
                fraction: try container.decode(Double.self, forKey: .fraction))
        case "trial_finished": self = .trialFinished(try container.decode(TrialResult.self, forKey: .result))
        case "best_changed": self = .bestChanged(try container.decode(Leaderboard.Entry.self, forKey: .best))
        case "ensembling": self = .ensembling
        case "completed": self = .completed(try container.decode(Leaderboard.self, forKey: .leaderboard))
        case "failed": self = .failed(try container.decode(String.self, forKey: .reason))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: container, debugDescription: "there is no event \"\(type)\"")
        }
    }

    /// Writes a JSON object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        switch self {
        case .started(let start): try container.encode(start, forKey: .experiment)
        case .trialStarted(let spec): try container.encode(spec, forKey: .trial)
        case .trialProgress(let trial, let fraction):
            try container.encode(trial, forKey: .trial)
            try container.encode(fraction, forKey: .fraction)
        case .trialFinished(let result): try container.encode(result, forKey: .result)
        case .bestChanged(let entry): try container.encode(entry, forKey: .best)
        case .ensembling: break
        case .completed(let leaderboard): try container.encode(leaderboard, forKey: .leaderboard)
        case .failed(let reason): try container.encode(reason, forKey: .reason)
        }
    }
}
