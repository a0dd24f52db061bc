import Foundation
import Learners

extension HTMLReport {
    var leaderboard: Section? {
        let entries = explanation.leaderboard
        guard entries.count > 1 else { return nil }
        let timed = entries.filter { ($0.predictSeconds ?? 0) > 0 }
        var content = ""
        if timed.count > 1 {
            let times = timed.compactMap { $0.predictSeconds.map { log10($0) } }
            let scores = timed.map(\.score).sorted()
            let margin = max(1e-9, (scores[scores.count - 1] - scores[0]) * 0.06)
            var chart = Chart(
                "Score against prediction time",
                x: Chart.range(floor(times.min() ?? 0), ceil((times.max() ?? 1) + 1e-9)),
                y: Chart.range(scores[0] - margin, scores[scores.count - 1] + margin), width: 860, height: 320)
            var labelled: [(x: Double, y: Double)] = []
            let span = (ceil((times.max() ?? 1) + 1e-9) - floor(times.min() ?? 0), scores[scores.count - 1] - scores[0])
            for entry in timed {
                let place = log10(entry.predictSeconds ?? 1)
                chart.dot(
                    place, entry.score, radius: 5, entry.model == explanation.card.model ? "best" : "dot",
                    note: "\(entry.model): \(Numeral.text(entry.score)), \(Numeral.text(entry.predictSeconds ?? 0)) s")
                // A name that would lie over another is left to the dot's title.
                let isFree = labelled.allSatisfy {
                    abs($0.x - place) > 0.22 * span.0 || abs($0.y - entry.score) > 0.055 * span.1
                }
                if isFree { chart.text(place, entry.score, entry.model, dx: 8) }
                if isFree { labelled.append((place, entry.score)) }
            }
            let low = Int(floor(times.min() ?? 0))
            let high = max(low + 1, Int(ceil((times.max() ?? 1) + 1e-9)))
            chart.axes(
                "Seconds to predict the validation rows (logarithmic)", explanation.card.metric.rawValue,
                xText: { Chart.tick(pow(10, $0)) }, xTicks: (low...high).map(Double.init))
            content += figure(
                chart.svg, "Score against prediction time; <span class='k2'>this model</span>.", wide: true)
        }
        func seconds(_ value: Double?) -> String { value.map { Numeral.text($0) } ?? "–" }
        content += table(
            ["Rank", "Model", escaped(explanation.card.metric.rawValue), "Interval", "Fit s", "Predict s"],
            entries.prefix(30).map {
                [
                    "\($0.rank)", escaped($0.model), Numeral.text($0.score), Numeral.interval($0.interval),
                    seconds($0.fitSeconds), seconds($0.predictSeconds),
                ]
            }, numbers: [0, 2, 3, 4, 5])
        return Section(id: "leaderboard", title: "The other models", content: content)
    }

    var card: Section? {
        let card = explanation.card
        var facts: [[String]] = [
            ["File", escaped(name)], ["Target", escaped(card.target)], ["Task", escaped(card.task.rawValue)],
        ]
        if let reason = card.data?.taskReason { facts.append(["Why this task", escaped(reason)]) }
        facts.append(["Metric", escaped(card.metric.rawValue)])
        facts.append(["Validation", escaped(card.validation)])
        facts.append(["Rows", Numeral.count(card.rows)])
        if let data = card.data {
            if data.rowsWithoutTarget > 0 {
                facts.append(["Rows without target", Numeral.count(data.rowsWithoutTarget)])
            }
            if let rows = data.classRows, rows.count == card.classes.count {
                let classes = zip(card.classes, rows).prefix(30).map { "\(escaped($0)): \(Numeral.count($1))" }
                facts.append(["Classes", classes.joined(separator: ", ")])
            }
            if let range = data.targetRange, range.count == 4 {
                facts.append([
                    "Target's range",
                    "\(Numeral.text(range[0])) to \(Numeral.text(range[2])), mean \(Numeral.text(range[1])), "
                        + "standard deviation \(Numeral.text(range[3]))",
                ])
            }
        }
        facts.append([
            "Members",
            card.members.map { "\(escaped($0.model)) (\(Numeral.text($0.weight)))" }.joined(separator: ", "),
        ])
        switch card.settings.budget {
        case .seconds(let seconds): facts.append(["Budget", "\(Numeral.text(seconds)) s"])
        case .trials(let count): facts.append(["Budget", "\(Numeral.count(count)) trials"])
        }
        facts.append(["Seed", "\(card.seed)"])
        facts.append(["Martlet", escaped(card.martletVersion)])
        if let origin = card.origin {
            facts.append(["Trained", escaped(origin.madeAt)])
            facts.append(["Machine", escaped(origin.machine)])
        }
        let columns = card.columns.prefix(300).map {
            [escaped($0.name), escaped($0.type), $0.leftOut.map { "no: \(escaped($0))" } ?? "yes"]
        }
        return Section(
            id: "card", title: "Model card",
            content: table(["", ""], facts) + "<h3>Columns</h3>" + table(["Column", "Type", "Used"], columns))
    }
}
