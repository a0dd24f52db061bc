import Foundation
import Learners
import Tabular

extension HTMLReport {
    private static let mostBars = 25

    var importance: Section? {
        guard let importance = explanation.importance, !importance.columns.isEmpty else { return nil }
        let bars = importance.columns.prefix(HTMLReport.mostBars).map {
            BarList.Bar(name: $0.column, value: $0.importance, interval: $0.interval)
        }
        return Section(
            id: "importance", title: "What the score needs",
            lead: "By how much \(escaped(importance.metric.rawValue)) gets worse when a column's values are shuffled, "
                + "\(importance.repeats == 1 ? "once" : "\(importance.repeats) times") over \(Numeral.count(importance.rows)) rows. Columns that say the same share "
                + "their importance: shuffling one leaves the other.",
            content: figure(
                BarList.svg("Permutation importance", Array(bars)),
                "Permutation importance with 95 % bootstrap intervals." + left(importance.columns.count), wide: true))
    }

    private func left(_ count: Int) -> String {
        count > HTMLReport.mostBars ? " \(count - HTMLReport.mostBars) more columns are in the JSON." : ""
    }

    var contributions: Section? {
        guard let summary = explanation.contributions, !summary.columns.isEmpty else { return nil }
        let bars = summary.columns.prefix(HTMLReport.mostBars).map {
            BarList.Bar(name: $0.column, value: $0.meanAbsolute, interval: nil)
        }
        let methods = summary.members.map { member in
            let orders = member.orders.map { " over \($0) orders" } ?? ""
            return "\(escaped(member.model)): \(method(member.method))\(orders)"
        }.joined(separator: "; ")
        let errors = summary.columns.compactMap(\.standardError)
        let error =
            errors.isEmpty
            ? ""
            : " Sampled values have a mean standard error of \(Numeral.text(errors.reduce(0, +) / Double(errors.count)))."
        return Section(
            id: "contributions", title: "What moves predictions",
            lead:
                "Each prediction is a base of \(summary.base.count == 1 ? Numeral.text(summary.base[0]) : "one number a class") "
                + "plus what each column adds (SHAP values), in \(unit(summary.scale)).",
            content: figure(
                BarList.svg("Mean size of contributions", Array(bars)),
                "Mean size of what each column adds, over \(Numeral.count(summary.rows)) rows\(summary.outputs.count > 1 ? " and all classes" : "")."
                    + left(summary.columns.count) + error, wide: true)
                + figure(
                    swarm(summary),
                    "What each column adds to \(escaped(summary.pointsOutput)), a dot a row, from the column's "
                        + "<span style='color:var(--low)'>low</span> to its <span style='color:var(--high)'>high</span> "
                        + "values (categories and missing values are grey).", wide: true)
                + "<p class='method'>\(methods).</p>")
    }

    private func method(_ method: RowContributions.Method) -> String {
        switch method {
        case .treeSHAP: "exact for trees"
        case .linearSHAP: "exact for a linear model"
        case .sampled: "sampled"
        }
    }

    private func unit(_ scale: ContributionScale) -> String {
        switch scale {
        case .logOdds: "log-odds"
        case .probability: "probability"
        case .targetUnits: "units of \(escaped(explanation.card.target))"
        case .logTarget: "the logarithm of \(escaped(explanation.card.target))"
        }
    }

    private func swarm(_ summary: Explanation.ContributionSummary) -> String {
        let entries = summary.columns.prefix(14).filter { !($0.contributions ?? []).isEmpty }
        let (rowHeight, width, label) = (30.0, 860.0, 190.0)
        let all = entries.flatMap { $0.contributions ?? [] }.sorted()
        guard let first = all.first, let last = all.last, first < last else { return "" }
        let (low, high) = (min(0, first), max(0, last))
        func across(_ value: Double) -> Double { label + (value - low) / (high - low) * (width - label - 16) }
        let height = rowHeight * Double(entries.count) + 26
        var body =
            "<line class='axis' x1='\(Numeral.place(across(0)))' x2='\(Numeral.place(across(0)))' y1='0' y2='\(height - 22)'/>"
        for (index, entry) in entries.enumerated() {
            let middle = rowHeight * (Double(index) + 0.5)
            body +=
                "<text class='name' x='\(label - 8)' y='\(Numeral.place(middle + 4))' text-anchor='end'>"
                + "\(escaped(BarList.shortened(entry.column)))</text>"
            let numbers = entry.levels == nil ? (entry.values ?? []).compactMap { $0 }.sorted() : []
            var filled: [Int64: Int] = [:]
            for (place, value) in (entry.contributions ?? []).enumerated() {
                let x = across(value)
                let slot = Int64(saturating: x / 4)
                let taken = filled[slot, default: 0]
                filled[slot] = taken + 1
                let offset = Double((taken + 1) / 2) * (taken % 2 == 0 ? 1 : -1) * 2.2
                let y = middle + max(-rowHeight / 2 + 3, min(rowHeight / 2 - 3, offset))
                body +=
                    "<circle cx='\(Numeral.place(x))' cy='\(Numeral.place(y))' r='2'\(colour(entry, place, numbers))/>"
            }
        }
        for tick in Chart.ticks(Chart.range(low, high), count: 7) {
            body +=
                "<text x='\(Numeral.place(across(tick)))' y='\(height - 6)' text-anchor='middle'>\(Chart.tick(tick))</text>"
        }
        return
            "<svg viewBox='0 0 \(Int(width)) \(Int(height))' role='img' aria-label='Contributions of each column'>\(body)</svg>"
    }

    /// Where a row's value lies among the column's, as a colour.
    private func colour(
        _ entry: Explanation.ContributionSummary.Entry, _ place: Int, _ sorted: [Double]
    ) -> String {
        guard entry.levels == nil, let values = entry.values, values.indices.contains(place), let value = values[place],
            sorted.count > 1
        else { return " class='gone'" }
        var (below, above) = (0, sorted.count)
        while below < above {
            let middle = (below + above) / 2
            if sorted[middle] < value { below = middle + 1 } else { above = middle }
        }
        let share = Int((Double(below) / Double(sorted.count - 1) * 10).rounded()) * 10
        return " style='fill:color-mix(in oklab,var(--high) \(share)%,var(--low))'"
    }

    var dependence: Section? {
        guard !explanation.dependence.isEmpty else { return nil }
        let figures = explanation.dependence.map { entry in entry.levels == nil ? line(entry) : bars(entry) }
        return Section(
            id: "effects", title: "How columns act",
            lead: "<span class='k1'>Partial dependence</span>: the mean prediction when every row has this value. "
                + "Thin lines are single rows. <span class='k2'>Accumulated local effects</span> count only changes that rows "
                + "near a value would see, which holds where columns move together; they are drawn around the mean.",
            content: "<div class='grid2'>\(figures.joined())</div>")
    }

    private func line(_ entry: Explanation.Dependence) -> String {
        guard let xs = entry.values, let output = entry.outputs.first, let first = xs.first, let last = xs.last else {
            return ""
        }
        let mean = output.partialDependence.reduce(0, +) / Double(max(1, output.partialDependence.count))
        let effects = output.accumulatedLocalEffects?.map { $0 + mean }
        let ends = output.low + output.high + (effects ?? []) + entry.individuals.prefix(20).flatMap { $0 }
        var chart = Chart(entry.column, x: Chart.range(first, last), y: Chart.range(ends.min() ?? 0, ends.max() ?? 1))
        for row in entry.individuals.prefix(20) { chart.line(xs, row, "thin") }
        chart.band(xs, output.low, output.high)
        if let effects { chart.line(xs, effects, "second") }
        chart.line(xs, output.partialDependence)
        let kind = entry.kind
        chart.axes(
            entry.column, output.name,
            xText: {
                kind == "date"
                    ? DateText.date(Int64($0)) : kind == "datetime" ? DateText.date(Int64($0 / 86_400)) : Chart.tick($0)
            },
            xTicks: kind.hasPrefix("date") ? [first, (first + last) / 2, last] : nil)
        return figure(chart.svg, "\(escaped(entry.column)), over \(entry.averagedRows) rows.")
    }

    private func bars(_ entry: Explanation.Dependence) -> String {
        guard let levels = entry.levels, let output = entry.outputs.first else { return "" }
        let bars = zip(levels, output.partialDependence).map { BarList.Bar(name: $0, value: $1, interval: nil) }
        return figure(
            BarList.svg(entry.column, bars, width: 420, labelWidth: 150),
            "\(escaped(entry.column)): mean prediction of \(escaped(output.name)).")
    }

    var interactions: Section? {
        guard !explanation.interactions.isEmpty else { return nil }
        return Section(
            id: "interactions", title: "What acts together",
            lead:
                "How far the joint effect of two columns is not the sum of each (Friedman's H, from 0 to 1), and how large "
                + "that part is in the prediction's units.",
            content: table(
                ["Columns", "H", "Size"],
                explanation.interactions.prefix(10).map {
                    [escaped($0.columns.joined(separator: " × ")), Numeral.text($0.h), Numeral.text($0.size)]
                }, numbers: [1, 2]))
    }

    var groups: Section? {
        guard let groups = explanation.groups, let first = groups.groups.first else { return nil }
        let metrics = first.metrics.map(\.metric).prefix(5)
        return Section(
            id: "groups", title: "Scores by \(groups.column)",
            content: table(
                [escaped(groups.column), "Rows"] + metrics.map { escaped($0.rawValue) },
                groups.groups.map { group in
                    [escaped(group.name), Numeral.count(group.rows)]
                        + metrics.map { metric in
                            guard let own = group.metrics.first(where: { $0.metric == metric }), let score = own.score
                            else {
                                return "–"
                            }
                            return Numeral.text(score)
                                + (own.interval.map { " <small>(\(Numeral.interval($0)))</small>" } ?? "")
                        }
                }, numbers: Set(1...6)))
    }
}
