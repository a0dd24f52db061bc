import Foundation
import Learners
import Search
import Tabular

/// Importance by shuffling: how much worse the score gets when a column says nothing about its row any more.
struct PermutationImportance {
    let predictor: RowPredictor
    let table: Table
    let scored: ScoredRows
    let metric: Metric
    let seed: Seed
    /// Seconds that it may take, about; it shuffles every column at least once.
    let seconds: Double

    private static let mostRepeats = 5

    func run(_ context: TrainingContext) throws -> Explanation.Importance? {
        let columns = predictor.model.header.plan.sources.map(\.name)
        let started = Date()
        var rows = Array(0..<scored.count)
        let all = try predictor.predict(table, context: context)
        let once = Date().timeIntervalSince(started) * Double(columns.count)
        var predictor = predictor
        var (table, scored) = (table, scored)
        if once > seconds, rows.count > 200 {
            // One round of all rows would take too long: fewer of them.
            let kept = max(200, Int(Int64(saturating: Double(rows.count) * seconds / once)))
            var random = seed.child("rows").generator()
            random.shuffle(&rows)
            rows = rows.prefix(kept).sorted()
            table = table.selecting(rows.map(Int32.init))
            scored = scored.selecting(rows)
            predictor = predictor.selecting(rows)
        }
        let baseline = decided(
            Predictions(
                outputCount: all.outputCount,
                values: rows.flatMap { row in
                    all.values[row * all.outputCount..<(row + 1) * all.outputCount]
                }), scored)
        var shuffled = [[Predictions]](repeating: [], count: columns.count)
        for round in 0..<PermutationImportance.mostRepeats {
            let before = Date()
            // A fold has too few rows for more than one thread, so threads take columns.
            let found = Slots<Result<Predictions, any Error>>(columns.count)
            let (own, asked, part, known) = (self, predictor, table, scored)
            context.pool.forEach(columns.count) { index in
                found.set(
                    index,
                    Result {
                        try own.decided(
                            asked.predict(own.shuffling(columns[index], of: part, round), context: context), known)
                    })
            }
            for (index, result) in found.values.enumerated() { shuffled[index].append(try result.get()) }
            let took = Date().timeIntervalSince(before)
            if Date().timeIntervalSince(started) + took > seconds { break }
        }
        let score = metric.evaluate(baseline, scored.target, weights: scored.weights)
        guard score.isFinite else { return nil }
        let found = Slots<Explanation.Importance.Entry>(columns.count)
        let (own, shuffles, seed, metric) = (baseline, shuffled, seed, metric)
        let (target, weights) = (scored.target, scored.weights)
        context.pool.forEach(columns.count) { index in
            let difference = metric.increaseInLoss(
                of: shuffles[index], over: own, target, weights: weights, seed: seed.child("interval", index))
            guard let difference else { return }
            found.set(
                index,
                Explanation.Importance.Entry(
                    column: columns[index], importance: difference.increase.short,
                    interval: [difference.interval.low.short, difference.interval.high.short]))
        }
        let entries = found.values.sorted {
            $0.importance == $1.importance ? $0.column < $1.column : $0.importance > $1.importance
        }
        return Explanation.Importance(
            metric: metric, score: score.short, rows: rows.count, repeats: shuffled.first?.count ?? 0,
            columns: entries)
    }

    private func shuffling(_ name: String, of table: Table, _ round: Int) -> Table {
        var order = (0..<Int32(table.rowCount)).map { $0 }
        var random = seed.child(name, round).generator()
        random.shuffle(&order)
        return table.replacing(name) { $0.selecting(order) }
    }

    /// What the metric is to score: for metrics of classes, those that the threshold gives.
    private func decided(_ predictions: Predictions, _ scored: ScoredRows) -> Predictions {
        guard metric.usesClassesOnly else { return predictions }
        return ScoredRows(
            task: scored.task, classes: scored.classes, predictions: predictions, target: scored.target,
            weights: scored.weights, threshold: scored.threshold, classWeights: scored.classWeights
        ).decided
    }
}

/// Results that the threads of a pool leave, each in a place of its own.
final class Slots<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [Value?]

    init(_ count: Int) { all = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ value: Value) { lock.withLock { all[index] = value } }

    /// Those that are there, in order.
    var values: [Value] { lock.withLock { all.compactMap { $0 } } }
}

extension Table {
    /// The same table with one column changed.
    func replacing(_ name: String, _ change: (Column) -> Column) -> Table {
        Table(columns: columns.map { $0.name == name ? change($0) : $0 }, rowCount: rowCount)
    }
}
