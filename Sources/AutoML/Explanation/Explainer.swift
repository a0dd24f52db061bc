import Foundation
public import Learners
import Search
public import Tabular

/// Computes an `Explanation`. Blocks for seconds: not for Swift's cooperative pool.
public struct Explainer: Sendable {
    /// What is computed, and how long it may take.
    public struct Options: Sendable {
        /// Rows whose contributions are summed up, at most; fewer for large forests and sampled values.
        public var contributionRows = 1_000
        /// Seconds for the permutation importance, about.
        public var importanceSeconds = 20.0
        /// Seconds for dependence and interactions, about.
        public var dependenceSeconds = 15.0
        /// Seconds for the learning curve, at most about; 0 leaves it out.
        public var learningCurveSeconds = 10.0
        /// Columns whose dependence is shown.
        public var columns = 8
        /// Columns among which interactions are looked for.
        public var interactingColumns = 6
        /// A column whose groups are scored apart.
        public var group: String?
        /// The unit of the contributions.
        public var scale = RowContributions.Scale.prediction
        /// What a given table is called.
        public var tableName: String?

        /// The defaults.
        public init() {}
    }

    let model: ModelArtifact
    let options: Options
    let context: TrainingContext

    /// An explainer of `model`.
    public init(_ model: ModelArtifact, options: Options = Options(), context: TrainingContext = TrainingContext()) {
        self.model = model
        self.options = options
        self.context = context
    }

    /// Explains the model on the rows that it carries, or on `table`, which must have the columns that the model needs and,
    /// to be evaluated on, the target. Throws `AutoMLError` for a table that does not fit.
    public func explain(on table: Table? = nil) throws -> Explanation {
        var subject = try self.subject(table)
        let seed = Seed(model.header.settings.seed).child("explanation")
        var explanation = Explanation(
            card: ModelCard(model),
            subject: Explanation.Subject(
                kind: subject.kind, rows: 0, explainedRows: subject.table.rowCount, name: options.tableName),
            dependence: [], interactions: [], leaderboard: model.evaluation?.document.leaderboard ?? [], notes: [])
        explanation.notes = subject.notes
        let pace = try measuredPace(subject.table)
        if let scored = subject.scored {
            if let carried = model.evaluation?.document.evaluation, table == nil {
                explanation.evaluation = carried
                explanation.subject.rows = carried.rows
            } else {
                explanation.evaluation = Evaluation(scored, seed: seed.child("evaluation"))
                explanation.subject.rows = scored.count
            }
            explanation.importance = try PermutationImportance(
                predictor: subject.predictor, table: subject.table, scored: scored, metric: model.header.metric,
                seed: seed.child("importance"), seconds: options.importanceSeconds
            ).run(context)
        } else {
            explanation.notes.append(
                "There is no target to compare with, so there are no scores and no permutation importance.")
        }
        if let scored = subject.scored, subject.kind != .seen, options.learningCurveSeconds > 0 {
            explanation.learningCurve = try LearningCurveMaker(
                model: model, table: subject.table, scored: scored, isOwn: table == nil,
                seed: seed.child("learning_curve"), seconds: options.learningCurveSeconds
            ).run(context)
        }
        explanation.contributions = try contributions(subject.table, seed)
        let ranked =
            explanation.importance?.columns.map(\.column) ?? explanation.contributions?.columns.map(\.column) ?? []
        let maker = DependenceMaker(
            model: model, table: subject.table, seed: seed, pace: pace, context: context)
        let shown = Array(ranked.prefix(options.columns))
        explanation.dependence = try shown.compactMap {
            try maker.dependence(of: $0, seconds: options.dependenceSeconds / 2 / Double(max(1, shown.count)))
        }
        explanation.interactions = try maker.interactions(
            of: Array(ranked.prefix(options.interactingColumns)), seconds: options.dependenceSeconds / 2)
        if let scored = subject.scored {
            if model.header.task == .regression {
                explanation.residuals = residuals(subject.table, scored, Array(ranked.prefix(12)))
            }
            if let group = options.group {
                explanation.groups = try groups(&subject, scored, group, seed.child("groups"))
            }
        }
        return explanation
    }

    /// Rows to evaluate and explain on.
    struct Subject {
        var kind: Explanation.Subject.Kind
        var table: Table
        var predictor: RowPredictor
        var scored: ScoredRows?
        var notes: [String] = []
    }

    private func subject(_ table: Table?) throws -> Subject {
        let header = model.header
        if let table {
            let predictor = RowPredictor(whole: model)
            guard let column = table.column(header.target) else {
                return Subject(kind: .given, table: table, predictor: predictor)
            }
            let truth = try GivenTarget(column, header)
            guard !truth.rows.isEmpty else { return Subject(kind: .given, table: table, predictor: predictor) }
            let known = truth.rows.count == table.rowCount ? table : table.selecting(truth.rows)
            var subject = Subject(kind: .given, table: known, predictor: predictor)
            subject.notes = truth.notes
            subject.scored = ScoredRows(
                task: header.task, classes: header.classes,
                predictions: try model.predict(known, context: context),
                target: Target(task: header.task, classes: header.classes, values: truth.values),
                weights: nil, threshold: header.threshold, classWeights: header.classWeights)
            return subject
        }
        guard let sample = model.evaluation?.sample else {
            return Subject(
                kind: .seen, table: model.goldenRows, predictor: RowPredictor(whole: model),
                notes: ["This model carries no evaluation: it was written by an earlier version. Give a table."])
        }
        let outOfFold = RowPredictor(outOfFold: model)
        return Subject(
            kind: outOfFold == nil ? .seen : .outOfFold, table: sample.table,
            predictor: outOfFold ?? RowPredictor(whole: model),
            scored: ScoredRows(
                task: header.task, classes: header.classes, predictions: sample.predictions.predictions,
                target: Target(task: header.task, classes: header.classes, values: sample.target),
                weights: sample.weights, threshold: header.threshold, classWeights: header.classWeights))
    }

    /// Predictions a second, measured on a few rows.
    private func measuredPace(_ table: Table) throws -> Double {
        let rows = table.selecting((0..<Int32(min(256, table.rowCount))).map { $0 })
        _ = try model.predict(rows, context: context)
        let started = Date()
        _ = try model.predict(rows, context: context)
        return Double(rows.rowCount) / max(1e-5, Date().timeIntervalSince(started))
    }

    private func residuals(_ table: Table, _ scored: ScoredRows, _ names: [String]) -> [Explanation.ColumnResiduals] {
        let residuals = scored.residuals
        return names.compactMap { name in
            guard let column = table.column(name), model.header.schema.column(name)?.type != .text else { return nil }
            if case .strings(let codes, let levels) = column.storage {
                let all = (0..<codes.count).map { codes[$0] < 0 ? nil : levels[Int(codes[$0])] }
                return Explanation.ColumnResiduals(
                    column: name, bins: Evaluation.ResidualBins(residuals, levels: all))
            }
            guard let values = column.doubles() else { return nil }
            return Explanation.ColumnResiduals(column: name, bins: Evaluation.ResidualBins(residuals, by: values))
        }
    }
}
