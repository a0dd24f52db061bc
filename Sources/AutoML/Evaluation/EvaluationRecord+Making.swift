import Learners
import Search
import Tabular

extension PreparedExperiment {
    /// Rows that a model carries, at most.
    static let evaluationRows = 2_000
    /// Bytes that they may take, about.
    private static let evaluationBytes = 1 << 20

    /// The rows that a model carries: some of those that are scored, ascending; fewer where rows are long.
    static func chooseEvaluationRows(_ scored: [Int32], _ table: Table, classes: Int, seed: Seed) -> [Int32] {
        var order = scored
        var random = seed.child("evaluation_rows").generator()
        random.shuffle(&order)
        var count = min(evaluationRows, order.count)
        let probe = Array(order.prefix(min(64, count)))
        let bytes = table.selecting(probe).columns.reduce(0) { sum, column in
            switch column.storage {
            case .strings(let codes, let levels):
                sum + (0..<codes.count).reduce(0) { $0 + (codes[$1] < 0 ? 0 : levels[Int(codes[$1])].utf8.count) }
            default: sum + 4 * column.count
            }
        }
        let perRow = Double(bytes) / Double(max(1, probe.count)) + Double(4 * classes)
        count = max(min(100, count), min(count, Int(Double(evaluationBytes) / max(1, perRow))))
        return order.prefix(count).sorted()
    }
}

extension Study {
    /// What a model with these out-of-fold predictions carries.
    func evaluationRecord(
        _ selection: EnsembleSelection, of entry: Leaderboard.Entry, leaderboard: Leaderboard
    ) -> EvaluationRecord? {
        let (problem, outOfFold) = (experiment.problem, selection.outOfFold)
        let scored = experiment.validation.scoredRows
        guard outOfFold.rowCount == scored.count else { return nil }
        let all = ScoredRows(
            task: experiment.task, classes: experiment.classes, predictions: outOfFold.predictions,
            target: Target(
                task: experiment.task, classes: experiment.classes,
                values: scored.map { problem.target.values[Int($0)] }),
            weights: problem.weights.map { all in scored.map { all[Int($0)] } },
            threshold: selection.decision.threshold, classWeights: selection.decision.weights,
            crossFitted: experiment.decider.aim == nil ? nil : selection.decided ?? experiment.decided(outOfFold))
        var evaluation = Evaluation(all, seed: experiment.seed.child("evaluation"))
        // One model has one score, wherever it stands.
        for index in evaluation.metrics.indices where evaluation.metrics[index].metric == experiment.metric {
            evaluation.metrics[index].score = entry.score?.finite
            evaluation.metrics[index].interval = entry.scoreInterval.flatMap {
                $0.low.isFinite && $0.high.isFinite ? [$0.low, $0.high] : nil
            }
        }
        let isTimed: Bool
        if case .seconds = experiment.settings.budget { isTimed = true } else { isTimed = false }
        return EvaluationRecord(
            document: EvaluationRecord.Document(
                evaluation: evaluation, data: dataSummary, leaderboard: board(leaderboard, isTimed: isTimed),
                origin: isTimed ? .here() : nil),
            sample: sample(outOfFold))
    }

    private func sample(_ outOfFold: OutOfFold) -> EvaluationSample {
        let (problem, plan) = (experiment.problem, experiment.validation)
        let rows = experiment.evaluationRows
        var place = [Int32](repeating: -1, count: plan.rowCount)
        for (index, row) in plan.scoredRows.enumerated() { place[Int(row)] = Int32(index) }
        return EvaluationSample(
            table: experiment.evaluationTable, rows: rows, target: rows.map { problem.target.values[Int($0)] },
            weights: problem.weights.map { all in rows.map { all[Int($0)] } },
            predictions: outOfFold.selecting(rows.map { Int(place[Int($0)]) }), folds: plan.folds(of: rows),
            foldCount: plan.folds)
    }

    private var dataSummary: EvaluationRecord.DataSummary {
        let values = experiment.problem.target.values
        var summary = EvaluationRecord.DataSummary(
            rows: values.count, rowsWithoutTarget: experiment.droppedRowCount,
            columns: experiment.schema.columns.count, taskReason: experiment.taskReason)
        if experiment.task.isClassification {
            var rows = [Int](repeating: 0, count: experiment.classes.count)
            for value in values { rows[Int(value)] += 1 }
            summary.classRows = rows
        } else {
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))
            summary.targetRange = [
                values.min() ?? 0, mean.short, values.max() ?? 0, variance.squareRoot().short,
            ]
        }
        return summary
    }

    /// Values as they are read back: JSON does not keep `3.0` apart from `3`.
    private static func asInJSON(_ values: [String: ParameterValue]) -> [String: ParameterValue] {
        values.mapValues { value in
            if case .double(let number) = value, let whole = Int(exactly: number) { .integer(whole) } else { value }
        }
    }

    private func board(_ leaderboard: Leaderboard, isTimed: Bool) -> [EvaluationRecord.BoardEntry] {
        leaderboard.entries.compactMap { entry in
            guard let rank = entry.rank, let score = entry.score else { return nil }
            return EvaluationRecord.BoardEntry(
                rank: rank, model: entry.model, learner: entry.learner,
                hyperparameters: entry.trial == nil ? nil : Study.asInJSON(entry.hyperparameters.values), score: score,
                interval: entry.scoreInterval.flatMap {
                    $0.low.isFinite && $0.high.isFinite ? [$0.low, $0.high] : nil
                },
                fitSeconds: isTimed ? entry.fitSeconds : nil, predictSeconds: isTimed ? entry.predictSeconds : nil)
        }
    }
}
