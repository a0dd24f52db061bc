import AutoML
import Foundation
import Learners
import Tabular

/// An explanation as a person reads it in a terminal.
struct ExplanationText {
    private let explanation: Explanation

    init(_ explanation: Explanation) { self.explanation = explanation }

    func print(to console: Console) {
        let card = explanation.card
        let subject = explanation.subject
        console.print(
            "\(console.bold(card.model)) predicts \(card.target) (\(card.task.rawValue)), trained on "
                + "\(Format.count(card.rows)) rows")
        let rows = Format.count(subject.rows)
        switch subject.kind {
        case .outOfFold:
            console.print("Scored on \(rows) rows, each by models that had not seen it (\(card.validation))")
            if let time = card.timeScore { console.print(Format.timeScore(time, card.metric, byChance: nil)) }
        case .given: console.print("Scored on \(rows) rows of \(subject.name ?? "the given table")")
        case .seen: break
        }
        scores(console)
        learningCurve(console)
        importance(console)
        contributions(console)
        interactions(console)
        groups(console)
        for note in explanation.notes { console.print("\n" + note) }
    }

    private func show(_ table: TextTable, _ title: String, _ console: Console) {
        console.print("\n" + console.bold(title))
        for line in table.lines { console.print(line) }
    }

    private func interval(_ ends: [Double]?) -> String {
        guard let ends, ends.count == 2 else { return "" }
        return "\(Format.score(ends[0])) … \(Format.score(ends[1]))"
    }

    private func scores(_ console: Console) {
        guard let evaluation = explanation.evaluation else { return }
        var table = TextTable(["metric", "score", "95 % interval"], right: [1])
        for metric in evaluation.metrics {
            table.add([
                metric.metric.rawValue, metric.score.map(Format.score) ?? "–", interval(metric.interval),
            ])
        }
        show(table, "Scores", console)
        guard let confusion = evaluation.confusion, confusion.classes.count <= 12 else { return }
        var matrix = TextTable(
            ["true \\ predicted"] + confusion.classes, right: Set(1...confusion.classes.count))
        for (name, counts) in zip(confusion.classes, confusion.counts) {
            matrix.add([name] + counts.map { Format.count(Int(Int64(saturating: $0.rounded()))) })
        }
        let threshold = evaluation.threshold.map { ", threshold \(Format.score($0))" } ?? ""
        show(matrix, "Confusion\(threshold)", console)
    }

    private func learningCurve(_ console: Console) {
        guard let curve = explanation.learningCurve else { return }
        var table = TextTable(["training rows", curve.metric.rawValue, "95 % interval"], right: [0, 1])
        for point in curve.points {
            table.add([
                Format.count(point.rows), Format.score(point.score),
                interval(point.interval) + (point.isModel ? "  the model as it is" : ""),
            ])
        }
        show(table, "Learning curve of \(curve.model), on \(Format.count(curve.scoredRows)) rows", console)
    }

    private func importance(_ console: Console) {
        guard let importance = explanation.importance else { return }
        var table = TextTable(["column", "importance", "95 % interval"], right: [1])
        for entry in importance.columns.prefix(20) {
            table.add([entry.column, Format.score(entry.importance), interval(entry.interval)])
        }
        show(
            table,
            "Permutation importance: what \(importance.metric.rawValue) loses without a column "
                + "(\(Format.count(importance.rows)) rows, \(importance.repeats) shuffles)", console)
        if importance.columns.count > 20 { console.print("… and \(importance.columns.count - 20) more") }
    }

    private func contributions(_ console: Console) {
        guard let summary = explanation.contributions else { return }
        let isSampled = summary.columns.contains { $0.standardError != nil }
        var table = TextTable(
            ["column", "mean size"] + (isSampled ? ["standard error"] : []), right: [1, 2])
        for entry in summary.columns.prefix(20) {
            let error = entry.standardError.map { [Format.score($0)] } ?? (isSampled ? [""] : [])
            table.add([entry.column, Format.score(entry.meanAbsolute)] + error)
        }
        show(
            table,
            "SHAP values: how far each column moves the prediction (\(summary.scale.name); "
                + "\(Format.count(summary.rows)) rows)", console)
    }

    private func interactions(_ console: Console) {
        guard !explanation.interactions.isEmpty else { return }
        var table = TextTable(["columns", "H", "size"], right: [1, 2])
        for entry in explanation.interactions.prefix(5) {
            table.add([entry.columns.joined(separator: " × "), Format.score(entry.h), Format.score(entry.size)])
        }
        show(table, "Interactions", console)
    }

    private func groups(_ console: Console) {
        guard let groups = explanation.groups else { return }
        let metric = explanation.card.metric
        var table = TextTable([groups.column, "rows", metric.rawValue, "95 % interval"], right: [1, 2])
        for group in groups.groups {
            let own = group.metrics.first { $0.metric == metric }
            table.add([
                group.name, Format.count(group.rows), own?.score.map(Format.score) ?? "–", interval(own?.interval),
            ])
        }
        show(table, "By \(groups.column)", console)
    }
}

extension ContributionScale {
    /// The unit in words.
    var name: String {
        switch self {
        case .logOdds: "log-odds"
        case .probability: "probability"
        case .targetUnits: "units of the target"
        case .logTarget: "logarithm of the target"
        }
    }
}
