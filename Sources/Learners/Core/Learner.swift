public import Search
public import Tabular

/// A learning algorithm. One contract for all of them, checked by the conformance suite.
public protocol Learner: Sendable {
    /// snake_case name on the wire: `gradient_boosting`, `random_forest` …
    var name: String { get }

    /// What a search may vary for a problem of this shape; the portfolio comes with it.
    func searchSpace(for shape: ProblemShape) -> SearchSpace

    /// Expected seconds of one fit on one thread, to order and budget trials; right within a factor of a few.
    func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double

    /// Expected peak memory of one fit in bytes, beyond the problem itself.
    func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int

    /// Expected bytes of the model of such a fit, which are among those of `estimatedPeakBytes`.
    func estimatedModelBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int

    /// Whether it can be trained on such a task at all; a fit on one that it cannot throws `TrainingError.unsuitable`.
    func isSuitable(for task: Task) -> Bool

    /// Whether a fit that reaches its deadline returns the model it has so far, and a useful one.
    var keepsPartialModels: Bool { get }

    /// Whether it is trained on the problem's binned features (`LearningProblem.encodedBins`).
    var usesBins: Bool { get }

    /// Whether its models are `StagedModel`s, whose number of stages is to be chosen with rows they were not trained on.
    var hasStages: Bool { get }

    /// The configuration for a fit of exactly so many stages, where no rows are watched.
    func configuration(_ configuration: Configuration, stages: Int) -> Configuration

    /// Trains on the rows `training` of the problem. A learner with stages watches the loss of `validation` (may be empty) and
    /// ends some stages after the least; its model keeps them all, so that the choice is the caller's. Others do not look at
    /// these rows.
    ///
    /// The result depends on the problem, the rows, the configuration and the seed, never on the number of threads. At the
    /// deadline a learner that can returns what it has, another throws `TrainingError.deadlineExceeded`.
    func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel
}

extension Learner {
    /// A quarter of a MiB: what a model of some coefficients for each of many columns takes.
    public func estimatedModelBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int { 1 << 18 }

    /// Every task.
    public func isSuitable(for task: Task) -> Bool { true }

    /// A fit that reaches its deadline throws.
    public var keepsPartialModels: Bool { false }

    /// Most learners are trained on the values themselves.
    public var usesBins: Bool { false }

    /// Most models are made at once.
    public var hasStages: Bool { false }

    /// The same configuration.
    public func configuration(_ configuration: Configuration, stages: Int) -> Configuration { configuration }
}

/// What is known of a problem before any training.
public struct ProblemShape: Sendable, Hashable, Codable {
    /// The task.
    public var task: Task
    /// Rows of one fold's training part.
    public var rows: Int
    /// Numeric features.
    public var numericColumns: Int
    /// Those of the numeric features that have no more than two values; 0 where nobody has counted them.
    public var twoValuedColumns: Int
    /// Categorical features.
    public var categoricalColumns: Int
    /// Text features.
    public var textColumns: Int
    /// Levels of the categorical features, summed.
    public var levels: Int
    /// Classes; 1 for regression.
    public var outputs: Int

    /// A shape of these parts.
    public init(
        task: Task, rows: Int, numericColumns: Int, twoValuedColumns: Int = 0, categoricalColumns: Int,
        textColumns: Int, levels: Int, outputs: Int
    ) {
        self.task = task
        self.rows = rows
        self.numericColumns = numericColumns
        self.twoValuedColumns = twoValuedColumns
        self.categoricalColumns = categoricalColumns
        self.textColumns = textColumns
        self.levels = levels
        self.outputs = outputs
    }

    /// The shape of `problem` when `rows` of its rows are trained on. The features of two values are counted where that is
    /// asked for, which reads all rows of them.
    public init(_ problem: LearningProblem, rows: Int, countsTwoValued: Bool = false) {
        self.init(
            task: problem.target.task, rows: rows, numericColumns: 0, categoricalColumns: 0, textColumns: 0, levels: 0,
            outputs: problem.target.outputCount)
        for column in problem.features.columns {
            if case .strings(_, let names) = column.storage {
                if column.type == .text {
                    textColumns += 1
                } else {
                    categoricalColumns += 1
                    levels += names.count
                }
            } else {
                numericColumns += 1
                if countsTwoValued, column.hasTwoValuesAtMost { twoValuedColumns += 1 }
            }
        }
    }
}

extension Column {
    /// Whether no more than two different values stand in the rows that are not missing; looks no further than the third.
    fileprivate var hasTwoValuesAtMost: Bool {
        switch storage {
        case .booleans: true
        case .integers(let values), .dates(let values): hasTwoAtMost { values[$0] }
        case .datetimes(let values): hasTwoAtMost { values[$0] }
        case .doubles(let values): hasTwoAtMost { values[$0] }
        case .strings(_, let levels): levels.count <= 2
        }
    }

    private func hasTwoAtMost<Value: Equatable>(_ value: (Int) -> Value) -> Bool {
        var found: [Value] = []
        for row in 0..<count where !isMissing(row) {
            let value = value(row)
            if found.contains(value) { continue }
            if found.count == 2 { return false }
            found.append(value)
        }
        return true
    }
}

/// A trained learner with all that it needs to predict: encoders, parameters and class order.
public protocol FittedModel: Sendable {
    /// Names the type in an artifact; one learner may have several.
    static var kind: String { get }

    /// Predicts every row of `features`, which has the columns (names and storage) of the problem's features; levels may
    /// differ, and those the model has not seen get its answer for unseen ones.
    func predict(_ features: Table, context: TrainingContext) throws -> Predictions

    /// Predicts `rows` of the problem it was trained on; the same numbers as `predict(_:context:)` gives, faster where
    /// derived values of the problem can be used.
    func predict(_ problem: LearningProblem, rows: [Int32], context: TrainingContext) throws -> Predictions

    /// Appends all that `init(from:)` needs; the same model gives the same bytes.
    func write(to writer: inout BinaryWriter)

    /// Reads what `write(to:)` wrote; bytes that cannot be a model throw `BinaryReader.Failure`.
    init(from reader: inout BinaryReader) throws
}

/// A model that is made in stages, each on top of those before, and predicts with any number of them.
public protocol StagedModel: FittedModel {
    /// The stages that were made.
    var stageCount: Int { get }

    /// The loss of the rows that were watched, summed, after each stage; empty where none were.
    var watchedLosses: [Double] { get }

    /// The model of the first `count` stages (at least 0), of all where there are fewer.
    func keepingStages(_ count: Int) -> any FittedModel
}

extension StagedModel {
    /// The model of as many stages as had the least loss on the rows that were watched; of all where none were.
    public func keepingBestStages() -> any FittedModel {
        let losses = watchedLosses
        let best = losses.indices.min { (losses[$0], $0) < (losses[$1], $1) }
        return keepingStages(best.map { $0 + 1 } ?? stageCount)
    }
}

extension FittedModel {
    /// Selects the rows and predicts them.
    public func predict(_ problem: LearningProblem, rows: [Int32], context: TrainingContext) throws -> Predictions {
        try predict(problem.features.selecting(rows), context: context)
    }
}
