import Foundation
import Learners

extension HTMLReport {
    var learningCurve: Section? {
        guard let curve = explanation.learningCurve, let first = curve.points.first, let last = curve.points.last else {
            return nil
        }
        let points = curve.points
        let lows = points.map { $0.interval?.first ?? $0.score }
        let highs = points.map { $0.interval?.last ?? $0.score }
        guard let low = lows.min(), let high = highs.max() else { return nil }
        let margin = 0.05 * max(high - low, 1e-9)
        // Rows double from point to point, so that they are even on a logarithmic axis.
        let places = points.map { log2(Double($0.rows)) }
        var chart = Chart(
            "Learning curve", x: Chart.range(log2(Double(first.rows)) - 0.2, log2(Double(last.rows)) + 0.2),
            y: Chart.range(low - margin, high + margin), width: 860, height: 300)
        chart.band(places, lows, highs)
        chart.line(places, points.map(\.score))
        for (place, point) in zip(places, points) {
            chart.dot(
                place, point.score, point.isModel ? "best" : "dot", note: "\(Numeral.count(point.rows)) rows")
        }
        chart.axes(
            "Training rows", curve.metric.rawValue, xText: { Numeral.count(exp2($0)) }, xTicks: places)
        let ends = last.isModel ? " The last point is the model as it is." : ""
        return Section(
            id: "learning", title: "Learning curve",
            lead:
                "What more rows would bring: \(escaped(curve.model)) trained again with the same hyperparameters on parts of "
                + "the rows, each time scored on the same \(Numeral.count(curve.scoredRows)) that it had not seen."
                + ends,
            content: figure(
                chart.svg,
                "\(escaped(curve.metric.rawValue)) with 95 % bootstrap intervals over rows; rows on a logarithmic axis.",
                wide: true))
    }
}
