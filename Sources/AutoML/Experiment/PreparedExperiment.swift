public import Learners
public import Search
public import Tabular

/// An experiment ready for training: settings resolved against a table. The same table and settings always give the same.
public final class PreparedExperiment: Sendable {
    /// What the user asked for.
    public let settings: ExperimentSettings
    /// The learners that may be tried, in order.
    public let learners: LearnerSet
    /// The task, chosen or detected.
    public let task: Task
    /// Why this task, one line for people.
    public let taskReason: String
    /// The metric, chosen or the task's usual one.
    public let metric: Metric
    /// How probabilities become classes where a metric scores these.
    let decider: Decider
    /// The classes in the model's order (by their bytes, but the positive one of two last where it is named), spelled as in the
    /// table; empty for regression.
    public let classes: [String]
    /// Rows left out because they have no target.
    public let droppedRowCount: Int
    /// Names and types of the table's columns.
    public let schema: Schema
    /// How columns become features.
    public let plan: FeaturePlan
    /// Features, target and weights.
    public let problem: LearningProblem
    /// Which rows are trained and scored on.
    public let validation: ValidationPlan
    /// What the rows have to do with each other.
    let relations: RowRelations
    /// The shape of one fold's training part.
    public let shape: ProblemShape
    /// A few rows of the columns that are used, kept with the model to check it on load.
    public let goldenRows: Table
    /// Numbers of the scored rows that a model carries to be evaluated and explained on, ascending.
    public let evaluationRows: [Int32]
    /// Those rows of the columns that are used.
    public let evaluationTable: Table

    /// Least rows with a target that can be learned from.
    public static let leastRows = 10

    /// Resolves `settings` against `table`; throws `AutoMLError` for what does not fit.
    public init(_ table: Table, settings: ExperimentSettings, learners: LearnerSet) throws {
        try settings.validate()
        self.settings = settings
        self.learners = try learners.restricted(to: settings.learners)
        let table = try PreparedExperiment.retyped(table, settings.types)
        let column = try PreparedExperiment.column(settings.target, in: table, field: "target")
        for name in settings.exclude { _ = try PreparedExperiment.column(name, in: table, field: "exclude") }
        let resolved = try ResolvedTarget(column, wanted: settings.task, positive: settings.positive)
        task = resolved.task
        taskReason = resolved.reason
        metric = try PreparedExperiment.metric(settings.metric, resolved)
        classes = resolved.target.classes
        decider = try Decider(settings.threshold, task: task, metric: metric, classes: classes)
        droppedRowCount = table.rowCount - resolved.rows.count
        schema = table.schema
        guard resolved.rows.count >= PreparedExperiment.leastRows else {
            throw AutoMLError(
                .unsuitableData,
                "\(resolved.rows.count) rows have a target; at least \(PreparedExperiment.leastRows) are needed")
        }
        let unused = Set([settings.target] + settings.exclude + [settings.weight, settings.group].compactMap { $0 })
        let usable = Table(columns: table.columns.filter { !unused.contains($0.name) }, rowCount: table.rowCount)
        let kept = droppedRowCount == 0 ? usable : usable.selecting(resolved.rows)
        var relations = PreparedExperiment.relations(table, kept, resolved, settings)
        let order = try RowOrder(settings, table, rows: resolved.rows, found: relations)
        if case .together = order {} else { relations.keepNothing(but: settings.group) }
        self.relations = relations
        plan = PreparedExperiment.plan(kept, names: relations.names)
        guard !plan.sources.isEmpty else {
            throw AutoMLError(
                .unsuitableData, "no column is left to learn from: each is excluded, constant, empty or an identifier")
        }
        problem = LearningProblem(
            features: try plan.apply(kept), target: resolved.target,
            weights: try PreparedExperiment.weights(settings.weight, in: table, rows: resolved.rows))
        let used = kept.selecting(columns: plan.sources.map(\.name))
        validation = try PreparedExperiment.validation(
            problem, settings, self.learners, order: order)
        shape = ProblemShape(problem, rows: validation.trainingRowCount, countsTwoValued: true)
        let golden = PreparedExperiment.goldenRowNumbers(kept.rowCount)
        goldenRows = used.selecting(golden)
        evaluationRows = PreparedExperiment.chooseEvaluationRows(
            validation.scoredRows, used, classes: resolved.target.outputCount, seed: Seed(settings.seed))
        evaluationTable = used.selecting(evaluationRows)
    }

    /// The same experiment with its rows divided otherwise.
    init(_ other: PreparedExperiment, dividedBy plan: ValidationPlan) {
        (settings, learners, relations) = (other.settings, other.learners, other.relations)
        decider = other.decider
        (task, taskReason, metric) = (other.task, other.taskReason, other.metric)
        (classes, droppedRowCount, schema) = (other.classes, other.droppedRowCount, other.schema)
        (self.plan, problem, validation) = (other.plan, other.problem, plan)
        shape = ProblemShape(problem, rows: plan.trainingRowCount, countsTwoValued: true)
        (goldenRows, evaluationRows, evaluationTable) = (
            other.goldenRows, other.evaluationRows, other.evaluationTable
        )
    }

    /// Whether the best configuration is scored once more by time: rows change with it, and are not divided by it.
    public var isScoredByTime: Bool {
        guard settings.validation == .auto || settings.validation == .random else { return false }
        return relations.moments != nil && settings.time == nil
    }

    /// The seed that all others of the experiment are children of.
    public var seed: Seed { Seed(settings.seed) }

    static func column(_ name: String, in table: Table, field: String) throws -> Column {
        if let column = table.column(name) { return column }
        let names = table.columns.map(\.name)
        let hint: String
        if let near = nearest(name, among: names) {
            hint = "did you mean \"\(near)\"?"
        } else {
            let shown = names.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
            hint = "there are \(shown)\(names.count > 8 ? " and \(names.count - 8) more" : "")"
        }
        throw AutoMLError(.unknownColumn, "there is no column \"\(name)\"; \(hint)", field: field)
    }

    private static func metric(_ wanted: Metric?, _ resolved: ResolvedTarget) throws -> Metric {
        guard let wanted else { return .automatic(for: resolved.task) }
        guard wanted.isSuitable(for: resolved.task) else {
            let fitting = Metric.all(for: resolved.task).map(\.rawValue).joined(separator: ", ")
            throw AutoMLError(
                .invalidSetting,
                "\(wanted.rawValue) does not score \(resolved.task.rawValue) tasks; these do: \(fitting)",
                field: "metric")
        }
        if wanted == .rmsle, let row = resolved.target.values.firstIndex(where: { $0 < 0 }) {
            throw AutoMLError(
                .invalidSetting,
                "rmsle needs a target of at least 0 and row \(resolved.rows[row] + 1) has \(resolved.target.values[row])",
                field: "metric")
        }
        return wanted
    }

    private static func weights(_ name: String?, in table: Table, rows: [Int32]) throws -> [Float]? {
        guard let name else { return nil }
        guard let all = try column(name, in: table, field: "weight").doubles() else {
            throw AutoMLError(.unsuitableData, "the weight \"\(name)\" is not a number", field: "weight")
        }
        var sum = 0.0
        for row in rows {
            let weight = all[Int(row)]
            guard weight >= 0, weight <= ResolvedTarget.largest else {
                throw AutoMLError(
                    .unsuitableData,
                    "the weight \"\(name)\" is not a number from 0 to \(ResolvedTarget.largest) in row \(row + 1)",
                    field: "weight")
            }
            sum += weight
        }
        guard sum > 0 else {
            throw AutoMLError(.unsuitableData, "the weight \"\(name)\" is 0 in every row", field: "weight")
        }
        return rows.map { Float(all[Int($0)]) }
    }

    /// Found among all columns but target and weight, left out or not; nothing for settings of programs that did not look.
    private static func relations(
        _ table: Table, _ kept: Table, _ resolved: ResolvedTarget, _ settings: ExperimentSettings
    ) -> RowRelations {
        if settings.validation == nil { return RowRelations() }
        let columns = table.columns.filter { $0.name != settings.target && $0.name != settings.weight }
        let names = Set(FeaturePlan(fitting: kept).sources.map(\.name))
        return RowRelations(
            columns, features: columns.filter { names.contains($0.name) }, rows: resolved.rows, target: resolved.target)
    }

    /// Names of what rows are of are no features where such rows are kept together, unless nothing else would be left.
    private static func plan(_ table: Table, names: [String]) -> FeaturePlan {
        let reason = "it names what a row is of; rows to come are of others"
        let plan = FeaturePlan(
            fitting: table, leftOut: Dictionary(names.map { ($0, reason) }, uniquingKeysWith: { $1 }))
        return plan.sources.isEmpty ? FeaturePlan(fitting: table) : plan
    }

    private static func validation(
        _ problem: LearningProblem, _ settings: ExperimentSettings, _ learners: LearnerSet, order: RowOrder?
    ) throws -> ValidationPlan {
        let typical = learners.learner("gradient_boosting") ?? learners.all[0]
        return try .automatic(
            problem.target, settings: settings, order: order, seed: Seed(settings.seed).child("validation")
        ) { rows in
            let shape = ProblemShape(problem, rows: rows)
            let configuration = typical.searchSpace(for: shape).portfolio.first ?? Configuration()
            return typical.estimatedSeconds(for: shape, configuration)
        }
    }

    /// At most eight rows, spread over the table.
    private static func goldenRowNumbers(_ rows: Int) -> [Int32] {
        let count = min(8, rows)
        return (0..<count).map { Int32($0 * rows / count) }
    }
}

extension LearnerSet {
    /// The learners of these names, in the order of this set; an unknown name throws.
    func restricted(to names: [String]?) throws -> LearnerSet {
        guard let names else { return self }
        for name in names where learner(name) == nil {
            let known = all.map(\.name)
            let hint =
                nearest(name, among: known).map { "did you mean \"\($0)\"?" }
                ?? "there are \(known.joined(separator: ", "))"
            throw AutoMLError(.invalidSetting, "there is no learner \"\(name)\"; \(hint)", field: "learners")
        }
        return LearnerSet(all.filter { names.contains($0.name) }, models: models)
    }
}
