public import Learners
import Search
public import Tabular

/// What an experiment would do, found out without training: for people who are about to start it. JSON with snake_case names
/// by `ReportCoding`.
public struct ExperimentPreview: Sendable, Encodable, Hashable {
    /// A metric that can score the task.
    public struct MetricChoice: Sendable, Encodable, Hashable {
        /// Its name on the wire.
        public var name: Metric
        /// Whether a higher score is a better one.
        public var greaterIsBetter: Bool
    }

    /// A class and its rows.
    public struct ClassCount: Sendable, Encodable, Hashable {
        /// The class as it is spelled in the table.
        public var value: String
        /// Rows of it.
        public var count: Int
    }

    /// A column other than the target.
    public struct ColumnUse: Sendable, Encodable, Hashable {
        /// Its name.
        public var name: String
        /// What its values are taken for.
        public var type: ColumnType
        /// Whether models learn from it.
        public var isUsed: Bool
        /// Why they do not.
        public var reason: String?
        /// How well it tells the target by itself, from 0 to 1.
        public var strength: Double
        /// Whether it tells so much that it is most likely known only afterwards.
        public var isLeaking: Bool
    }

    /// A learner and what one trial of it takes here.
    public struct LearnerUse: Sendable, Encodable, Hashable {
        /// Its name on the wire.
        public var name: String
        /// Whether it can be trained on the task.
        public var isSuitable: Bool
        /// Seconds one trial is expected to take.
        public var seconds: Double
    }

    /// What the budget amounts to, right within a factor of a few.
    public struct Estimate: Sendable, Encodable, Hashable {
        /// Seconds a trial is expected to take, the mean over the learners.
        public var secondsPerTrial: Double
        /// Trials that are expected, or were asked for.
        public var trials: Int
        /// Seconds that are expected, or were asked for.
        public var seconds: Double
        /// What this is made from, one sentence for people.
        public var basis: String
    }

    /// The task, chosen or detected.
    public var task: Task
    /// Why this one.
    public var taskReason: String
    /// The metric, chosen or the usual one.
    public var metric: Metric
    /// Those that can score the task, the usual one first.
    public var metrics: [MetricChoice]
    /// The most frequent classes, at most 50; nil for regression.
    public var classes: [ClassCount]?
    /// Number of classes; 0 for regression.
    public var classCount: Int
    /// Rows that have a target.
    public var rows: Int
    /// Rows that have none.
    public var rowsWithoutTarget: Int
    /// How models are scored, one line for people.
    public var validation: String
    /// Models that one trial trains.
    public var modelsPerTrial: Int
    /// All columns but the target, in the table's order.
    public var columns: [ColumnUse]
    /// What seems to tell the target beforehand, the strongest first.
    public var leaks: [Leak]
    /// What rows have to do with each other: repeats, rows of one entity, time.
    public var relations: [RowFinding]
    /// The learners that were asked for, or all.
    public var learners: [LearnerUse]
    /// What the budget amounts to.
    public var estimate: Estimate

    /// The share of a time budget that is spent on trials, about.
    private static let shareOfBudget = 0.85
    /// Seconds that even the smallest trial takes.
    private static let leastSeconds = 0.02

    /// The preview of `settings` on `table`, for an installation of so many slots with so many threads each. Throws what
    /// `PreparedExperiment` throws.
    public init(_ table: Table, settings: ExperimentSettings, learners: LearnerSet, slots: Int, threads: Int) throws {
        let prepared = try PreparedExperiment(table, settings: settings, learners: learners)
        task = prepared.task
        taskReason = prepared.taskReason
        metric = prepared.metric
        let usual = Metric.automatic(for: prepared.task)
        metrics = ([usual] + Metric.all(for: prepared.task).filter { $0 != usual })
            .map { MetricChoice(name: $0, greaterIsBetter: $0.greaterIsBetter) }
        classCount = prepared.classes.count
        rows = prepared.problem.rowCount
        rowsWithoutTarget = prepared.droppedRowCount
        validation = prepared.validation.summary
        modelsPerTrial = prepared.validation.splitCount
        if prepared.task.isClassification {
            var counts = [Int](repeating: 0, count: prepared.classes.count)
            for value in prepared.problem.target.values { counts[Int(value)] += 1 }
            classes = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(50)
                .map { ClassCount(value: prepared.classes[$0], count: counts[$0]) }
        }
        let finder = try LeakFinder(table, prepared)
        leaks = finder.leaks()
        relations = prepared.relations.findings
        columns = ExperimentPreview.columns(finder, prepared, leaks)
        let parallel = Double(max(1, min(threads, max(1, prepared.validation.splitCount))))
        self.learners = prepared.learners.all.map { learner in
            let first = learner.searchSpace(for: prepared.shape).portfolio.first ?? .init()
            let fit = learner.estimatedSeconds(for: prepared.shape, first)
            return LearnerUse(
                name: learner.name, isSuitable: learner.isSuitable(for: prepared.task),
                seconds: max(
                    ExperimentPreview.leastSeconds, fit * Double(prepared.validation.splitCount) / parallel))
        }
        estimate = ExperimentPreview.estimate(
            settings.budget, self.learners, rows: rows, slots: max(1, slots), threads: threads)
    }

    private static func columns(
        _ finder: LeakFinder, _ prepared: PreparedExperiment, _ leaks: [Leak]
    ) -> [ColumnUse] {
        let settings = prepared.settings
        let leaking = Set(leaks.filter { $0.columns.count == 1 }.flatMap(\.columns))
        let dropped = Dictionary(
            prepared.plan.dropped.map { ($0.name, $0.reason) }, uniquingKeysWith: { first, _ in first })
        return finder.columns.map { column in
            var reason = dropped[column.name]
            if column.name == settings.weight { reason = "it is the weight of the rows" }
            if column.name == settings.group { reason = "it groups the rows" }
            if settings.exclude.contains(column.name) { reason = "it is excluded" }
            return ColumnUse(
                name: column.name, type: column.type, isUsed: reason == nil, reason: reason,
                strength: finder.strength(of: column), isLeaking: leaking.contains(column.name))
        }
    }

    private static func estimate(
        _ budget: Budget, _ learners: [LearnerUse], rows: Int, slots: Int, threads: Int
    ) -> Estimate {
        let suitable = learners.filter(\.isSuitable).map(\.seconds)
        let mean = suitable.isEmpty ? leastSeconds : suitable.reduce(0, +) / Double(suitable.count)
        let basis =
            "Guessed from \(rows) rows and \(learners.count) learners, for \(slots) "
            + "\(slots == 1 ? "trial" : "trials") at a time on \(threads) \(threads == 1 ? "thread" : "threads")."
        switch budget {
        case .trials(let count):
            return Estimate(
                secondsPerTrial: mean, trials: count, seconds: mean * Double(count) / Double(slots), basis: basis)
        case .seconds(let seconds):
            let count = seconds * shareOfBudget * Double(slots) / mean
            return Estimate(
                secondsPerTrial: mean, trials: max(1, Int(min(count, 100_000))), seconds: seconds, basis: basis)
        }
    }
}
