public import Learners
import Tabular

/// What is known of a model and of why it predicts what it predicts; all of it computed, ready to be shown.
///
/// In JSON with snake_case names (`ReportCoding`). Every list is bounded.
public struct Explanation: Sendable, Encodable, Hashable {
    /// The rows that were evaluated and explained on.
    public struct Subject: Sendable, Codable, Hashable {
        /// Whose rows they are.
        public enum Kind: String, Sendable, Codable, Hashable {
            /// Rows of the training table, each predicted by parts of the model that have not seen it.
            case outOfFold = "out_of_fold"
            /// A table that was given.
            case given
            /// Rows of the training table, of a model whose parts cannot be told apart.
            case seen
        }
        /// Whose rows they are.
        public var kind: Kind
        /// How many were evaluated.
        public var rows: Int
        /// How many the model was explained on.
        public var explainedRows: Int
        /// The file's name, where one was given.
        public var name: String?
    }

    /// How much worse the score gets when a column's values are shuffled (Breiman 2001; Fisher, Rudin, Dominici 2019).
    public struct Importance: Sendable, Codable, Hashable {
        /// One column.
        public struct Entry: Sendable, Codable, Hashable {
            /// Its name.
            public var column: String
            /// The mean increase in loss, in units of the metric; above 0 where the column helps.
            public var importance: Double
            /// The ends of its 95 % bootstrap interval over rows.
            public var interval: [Double]
        }
        /// The metric.
        public var metric: Metric
        /// Its value with nothing shuffled.
        public var score: Double
        /// Rows.
        public var rows: Int
        /// How often each column was shuffled.
        public var repeats: Int
        /// The columns, the most important first.
        public var columns: [Entry]
    }

    /// Contributions of each column over many rows.
    public struct ContributionSummary: Sendable, Codable, Hashable {
        /// One column.
        public struct Entry: Sendable, Codable, Hashable {
            /// Its name.
            public var column: String
            /// Mean size of its contributions, over rows and outputs.
            public var meanAbsolute: Double
            /// The same for each output.
            public var meanAbsoluteByOutput: [Double]
            /// Mean standard error; nil where values are exact.
            public var standardError: Double?
            /// Contributions of some rows to `pointsOutput`; for the first columns only.
            public var contributions: [Double]?
            /// Those rows' values as numbers (levels by their place in `levels`); nil where missing.
            public var values: [Double?]?
            /// The levels that values stand for; nil for numbers.
            public var levels: [String]?
        }
        /// The unit.
        public var scale: ContributionScale
        /// What is predicted.
        public var outputs: [String]
        /// The prediction of which nothing is known.
        public var base: [Double]
        /// Rows.
        public var rows: Int
        /// How they were found.
        public var members: [RowContributions.Member]
        /// The output that the points are for.
        public var pointsOutput: String
        /// The columns, the largest first.
        public var columns: [Entry]
    }

    /// How the prediction follows one column.
    public struct Dependence: Sendable, Codable, Hashable {
        /// The prediction of one output.
        public struct Output: Sendable, Codable, Hashable {
            /// What is predicted.
            public var name: String
            /// Mean prediction with the column set to each grid value in every row (Friedman 2001).
            public var partialDependence: [Double]
            /// The middle 80 % of the rows' predictions at each grid value: lower ends.
            public var low: [Double]
            /// Upper ends.
            public var high: [Double]
            /// Accumulated local effects at each grid value, mean 0 (Apley, Zhu 2020); numbers only.
            public var accumulatedLocalEffects: [Double]?
        }
        /// The column.
        public var column: String
        /// The grid, for numbers, dates (days since 1970) and date-times (seconds).
        public var values: [Double]?
        /// The levels.
        public var levels: [String]?
        /// What the values are.
        public var kind: String
        /// Rows of the evaluated ones at or nearest to each grid value.
        public var rows: [Int]
        /// The outputs.
        public var outputs: [Output]
        /// Individual conditional expectation: the first output's prediction along the grid, a few rows (Goldstein et al. 2015).
        public var individuals: [[Double]]
        /// Rows that were averaged over.
        public var averagedRows: Int
    }

    /// How far two columns act otherwise than each by itself.
    public struct Interaction: Sendable, Codable, Hashable {
        /// The two columns.
        public var columns: [String]
        /// Friedman's and Popescu's H (2008): share of their joint effect's deviation that is not the sum of the two, 0 to 1.
        public var h: Double
        /// The same before it is divided by the joint effect: a deviation in units of the prediction.
        public var size: Double
    }

    /// Residuals against one column.
    public struct ColumnResiduals: Sendable, Codable, Hashable {
        /// The column.
        public var column: String
        /// The bins.
        public var bins: Evaluation.ResidualBins
    }

    /// Scores by group.
    public struct Groups: Sendable, Codable, Hashable {
        /// One group.
        public struct Group: Sendable, Codable, Hashable {
            /// The level, or the range of numbers.
            public var name: String
            /// Rows.
            public var rows: Int
            /// Every metric that is defined in it.
            public var metrics: [Evaluation.MetricScore]
        }
        /// The column.
        public var column: String
        /// The groups, by rows.
        public var groups: [Group]
    }

    /// The score against the rows that are trained on.
    public struct LearningCurve: Sendable, Codable, Hashable {
        /// One size.
        public struct Point: Sendable, Codable, Hashable {
            /// Rows that each part of the model was trained on.
            public var rows: Int
            /// Its score on rows that it has not seen.
            public var score: Double
            /// The ends of its 95 % bootstrap interval over rows.
            public var interval: [Double]?
            /// Whether it is the model as it is, rather than one trained for the curve.
            public var isModel: Bool
        }
        /// The metric.
        public var metric: Metric
        /// The member that it is of: the one with the largest weight.
        public var model: String
        /// Its learner.
        public var learner: String
        /// Rows that every size was scored on.
        public var scoredRows: Int
        /// The sizes, ascending.
        public var points: [Point]
    }

    /// What the model is.
    public var card: ModelCard
    /// The rows it was evaluated and explained on.
    public var subject: Subject
    /// How good it is.
    public var evaluation: Evaluation?
    /// What more rows would bring.
    public var learningCurve: LearningCurve?
    /// Which columns the score needs.
    public var importance: Importance?
    /// Which columns move the predictions.
    public var contributions: ContributionSummary?
    /// How, for the most important columns.
    public var dependence: [Dependence]
    /// Which act together, the strongest first.
    public var interactions: [Interaction]
    /// Where the residuals are; regression.
    public var residuals: [ColumnResiduals]?
    /// For a chosen column.
    public var groups: Groups?
    /// The models it was chosen from.
    public var leaderboard: [EvaluationRecord.BoardEntry]
    /// What a reader should know.
    public var notes: [String]
}

/// What a model is, for people and programs.
public struct ModelCard: Sendable, Encodable, Hashable {
    /// One column.
    public struct Column: Sendable, Codable, Hashable {
        /// Its name.
        public var name: String
        /// What its values are.
        public var type: String
        /// Why it is not used; nil where it is.
        public var leftOut: String?
    }

    /// The model's name.
    public var model: String
    /// The members with their weights.
    public var members: [ModelHeader.Member]
    /// The predicted column.
    public var target: String
    /// The task.
    public var task: Task
    /// The classes in order.
    public var classes: [String]
    /// The metric that chose it.
    public var metric: Metric
    /// Its score on rows that it has not seen.
    public var score: Double?
    /// The ends of the score's interval.
    public var scoreInterval: [Double]?
    /// How its best trial's configuration does on later rows, where rows change with time.
    public var timeScore: TimeScore?
    /// The probability above which the second class is predicted.
    public var threshold: Double?
    /// What each class's probability is multiplied by before the largest decides; nil for ones.
    public var classWeights: [Double]?
    /// Why the threshold is not what was asked for.
    public var thresholdNote: String?
    /// How it was scored.
    public var validation: String
    /// Rows it was trained and scored on.
    public var rows: Int
    /// What they were.
    public var data: EvaluationRecord.DataSummary?
    /// The columns that it needs, and those that were left out.
    public var columns: [Column]
    /// What all random choices followed from.
    public var seed: UInt64
    /// What was asked for.
    public var settings: ExperimentSettings
    /// The version that made it.
    public var martletVersion: String
    /// When and where, for budgets in time.
    public var origin: EvaluationRecord.Origin?

    /// The card of a model.
    public init(_ model: ModelArtifact) {
        let header = model.header
        self.model = header.name
        members = header.members
        target = header.target
        task = header.task
        classes = header.classes
        metric = header.metric
        score = header.score
        scoreInterval = header.scoreInterval.flatMap { $0.low.isFinite && $0.high.isFinite ? [$0.low, $0.high] : nil }
        timeScore = header.timeScore
        threshold = header.threshold
        classWeights = header.classWeights
        thresholdNote = header.thresholdNote
        validation = header.validation
        rows = header.rows
        data = model.evaluation?.document.data
        columns =
            header.plan.sources.map { Column(name: $0.name, type: $0.type.rawValue, leftOut: nil) }
            + header.plan.dropped.map { Column(name: $0.name, type: "", leftOut: $0.reason) }
        seed = header.settings.seed
        settings = header.settings
        martletVersion = header.martletVersion
        origin = model.evaluation?.document.origin
    }
}
