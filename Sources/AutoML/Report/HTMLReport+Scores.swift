import Learners
import Tabular

extension HTMLReport {
    var scores: Section? {
        guard let evaluation = explanation.evaluation else { return nil }
        let rows = evaluation.metrics.map { metric in
            [
                escaped(metric.metric.rawValue), metric.score.map(Numeral.text) ?? "–",
                Numeral.interval(metric.interval), metric.greaterIsBetter ? "higher" : "lower",
            ]
        }
        return Section(
            id: "scores", title: "Scores", lead: "Each with a 95 % bootstrap interval over rows.",
            content: table(["Metric", "Score", "Interval", "Better"], rows, numbers: [1, 2]))
    }

    var confusion: Section? {
        guard let evaluation = explanation.evaluation, let confusion = evaluation.confusion else { return nil }
        var content = ""
        if confusion.classes.count <= 40 {
            content += figure(matrix(confusion), "Share of each true class's rows.", wide: true)
        }
        if let classes = evaluation.classes, classes.count <= 60 {
            func cell(_ value: Double?, _ interval: [Double]?) -> String {
                guard let value else { return "–" }
                return Numeral.text(value) + (interval.map { " <small>(\(Numeral.interval($0)))</small>" } ?? "")
            }
            content += table(
                ["Class", "Rows", "Precision", "Recall", "F1", "ROC AUC"],
                classes.map {
                    [
                        escaped($0.name), Numeral.count($0.rows), cell($0.precision, $0.precisionInterval),
                        cell($0.recall, $0.recallInterval), cell($0.f1, $0.f1Interval), cell($0.rocAuc, nil),
                    ]
                }, numbers: [1, 2, 3, 4, 5])
        }
        let threshold = evaluation.threshold.map { " The second class is predicted above \(Numeral.text($0))." } ?? ""
        return Section(
            id: "classes", title: "Classes",
            lead: "What is true (down) against what is predicted (across)." + threshold,
            content: content)
    }

    private func matrix(_ confusion: Evaluation.Confusion) -> String {
        let count = confusion.classes.count
        let size = min(90.0, 620 / Double(count))
        let (left, top) = (150.0, 26.0)
        let height = size * min(1, count <= 3 ? 0.55 : 1)
        var body = ""
        for (row, counts) in confusion.counts.enumerated() {
            let total = max(counts.reduce(0, +), 1e-12)
            let y = top + Double(row) * height
            body +=
                "<text class='name' x='\(left - 8)' y='\(Numeral.place(y + height / 2 + 4))' text-anchor='end'>"
                + "\(escaped(BarList.shortened(confusion.classes[row], to: 20)))</text>"
            for (column, value) in counts.enumerated() {
                let x = left + Double(column) * size
                let share = value / total
                body +=
                    "<rect class='cell' opacity='\(Numeral.text(0.04 + 0.5 * share))' x='\(Numeral.place(x))' "
                    + "y='\(Numeral.place(y))' width='\(Numeral.place(size))' height='\(Numeral.place(height))'>"
                    + "<title>\(escaped(confusion.classes[row])) predicted as \(escaped(confusion.classes[column])): "
                    + "\(Numeral.count(value))</title></rect>"
                if count <= 12 {
                    body +=
                        "<text x='\(Numeral.place(x + size / 2))' y='\(Numeral.place(y + height / 2 + 4))' "
                        + "text-anchor='middle' class='name'>"
                        + "\(Numeral.count(value))</text>"
                }
            }
        }
        for (column, name) in confusion.classes.enumerated() {
            body +=
                "<text x='\(Numeral.place(left + (Double(column) + 0.5) * size))' y='\(top - 8)' "
                + "text-anchor='middle'>\(escaped(BarList.shortened(name, to: max(2, Int(size / 7)))))</text>"
        }
        return
            "<svg viewBox='0 0 860 \(Int(top + height * Double(count) + 6))' role='img' aria-label='Confusion matrix'>"
            + body + "</svg>"
    }

    var curves: Section? {
        guard let all = explanation.evaluation?.curves, !all.isEmpty else { return nil }
        let content = all.prefix(all.count == 1 ? 1 : 4).map { curves in
            let heading = all.count > 1 ? "<h3>\(escaped(curves.name))</h3>" : ""
            return heading
                + "<div class='grid2'>\(roc(curves))\(precisionRecall(curves))\(calibration(curves))\(lift(curves))</div>"
        }.joined()
        let more = all.count > 4 ? "<p>The curves of \(all.count - 4) more classes are in the JSON.</p>" : ""
        return Section(id: "curves", title: "Curves", content: content + more)
    }

    private func roc(_ curves: Evaluation.ClassCurves) -> String {
        var chart = Chart("ROC curve", x: 0...1, y: 0...1)
        chart.line([0, 1], [0, 1], "dash")
        chart.line(curves.roc.x, curves.roc.y)
        chart.axes("False positive rate", "True positive rate")
        return figure(chart.svg, "ROC: what share of \(escaped(curves.name)) is found, for how many false alarms.")
    }

    private func precisionRecall(_ curves: Evaluation.ClassCurves) -> String {
        var chart = Chart("Precision-recall curve", x: 0...1, y: 0...1)
        chart.line([0, 1], [curves.share, curves.share], "dash")
        chart.line(curves.precisionRecall.x, curves.precisionRecall.y)
        chart.axes("Recall", "Precision")
        return figure(chart.svg, "Precision and recall; the dashed line is guessing.")
    }

    private func calibration(_ curves: Evaluation.ClassCurves) -> String {
        let calibration = curves.calibration
        var chart = Chart("Calibration", x: 0...1, y: 0...1)
        chart.line([0, 1], [0, 1], "dash")
        chart.line(calibration.isotonic.x, calibration.isotonic.y, "second")
        for bin in calibration.bins {
            chart.whisker(bin.predicted, bin.interval[0], bin.interval[1])
            chart.dot(bin.predicted, bin.observed, note: "\(bin.rows) rows")
        }
        chart.axes("Predicted probability", "Observed share")
        return figure(
            chart.svg,
            "Calibration: <span class='k1'>tenths of the rows</span> with intervals, <span class='k2'>isotonic fit</span>. "
                + "Expected calibration error \(Numeral.text(calibration.expectedCalibrationError)).")
    }

    private func lift(_ curves: Evaluation.ClassCurves) -> String {
        let most = max(1.5, min(curves.lift.y.max() ?? 1, 1 / max(curves.share, 1e-6)))
        var chart = Chart("Lift", x: 0...1, y: Chart.range(0, most * 1.05))
        chart.line([0, 1], [1, 1], "dash")
        chart.line(curves.lift.x, curves.lift.y)
        chart.axes("Share of rows picked, most probable first", "Lift")
        return figure(chart.svg, "Lift: how many times more of \(escaped(curves.name)) than among all rows.")
    }

    var thresholds: Section? {
        guard let all = explanation.evaluation?.thresholds, !all.isEmpty else { return nil }
        var chart = Chart("Scores by threshold", x: 0...1, y: 0...1, width: 860, height: 300)
        let known = all.filter { $0.precision != nil && $0.recall != nil }
        chart.line(known.map(\.threshold), known.compactMap(\.precision))
        chart.line(known.map(\.threshold), known.compactMap(\.recall), "second")
        chart.line(all.map(\.threshold), all.map(\.f1), "third")
        if let own = explanation.evaluation?.threshold { chart.vertical(own) }
        chart.axes("Threshold", "Score")
        let shown = all.filter { entry in
            entry.threshold == explanation.evaluation?.threshold
                || (entry.threshold * 10).rounded() / 10 == entry.threshold
        }
        let rows = shown.map { entry in
            [
                Numeral.text(entry.threshold)
                    + (entry.threshold == explanation.evaluation?.threshold ? " (in force)" : ""),
                Numeral.count(entry.truePositives), Numeral.count(entry.falsePositives),
                Numeral.count(entry.falseNegatives), entry.precision.map(Numeral.text) ?? "–",
                entry.recall.map(Numeral.text) ?? "–", Numeral.text(entry.f1), Numeral.text(entry.accuracy),
                Numeral.text(entry.mcc),
            ]
        }
        return Section(
            id: "thresholds", title: "Thresholds",
            content: figure(
                chart.svg,
                "<span class='k1'>Precision</span>, <span class='k2'>recall</span> and <span class='k3'>F1</span>; "
                    + "the dashed line is the threshold in force.", wide: true)
                + table(
                    ["Threshold", "Found", "False alarms", "Missed", "Precision", "Recall", "F1", "Accuracy", "MCC"],
                    rows, numbers: [1, 2, 3, 4, 5, 6, 7, 8]))
    }

    var coverage: Section? {
        guard let coverage = explanation.evaluation?.coverage, !coverage.isEmpty else { return nil }
        let isNumber = explanation.evaluation?.residuals != nil
        return Section(
            id: "coverage", title: isNumber ? "Intervals" : "Sets of labels",
            lead:
                "What predictions with an interval come to: learnt from one half of the scored rows, measured on the other.",
            content: table(
                ["Wanted", "Share of rows whose truth lies within", isNumber ? "Mean width" : "Mean number of labels"],
                coverage.map { [Numeral.text($0.level), Numeral.text($0.coverage), Numeral.text($0.size)] },
                numbers: [1, 2]))
    }

    var residuals: Section? {
        guard let residuals = explanation.evaluation?.residuals else { return nil }
        let (edges, counts) = (residuals.edges, residuals.counts)
        var histogram = Chart(
            "Residuals", x: Chart.range(edges.first ?? 0, edges.last ?? 1),
            y: Chart.range(0, Double(counts.max() ?? 1) * 1.05))
        for (index, count) in counts.enumerated() {
            histogram.bar(from: edges[index], to: edges[index + 1], y1: Double(count), "soft", note: "\(count) rows")
        }
        histogram.vertical(0)
        histogram.axes("True less predicted", "Rows")
        var content = figure(
            histogram.svg,
            "Half of the residuals lie between \(Numeral.text(residuals.quantiles[1])) and "
                + "\(Numeral.text(residuals.quantiles[3])); the outermost half per cent is in the outermost bars.")
        content += bins(residuals.byPrediction, "Prediction", "Residuals against the prediction")
        for entry in explanation.residuals ?? [] {
            content += bins(entry.bins, entry.column, "Residuals against \(entry.column)")
        }
        return Section(
            id: "residuals", title: "Residuals",
            lead: "Where the model errs. The line is the mean with its 95 % interval, the band holds the middle 80 %. "
                + "A line that leaves 0 shows what the model has missed.",
            content: "<div class='grid2'>\(content)</div>")
    }

    private func bins(_ bins: Evaluation.ResidualBins, _ label: String, _ caption: String) -> String {
        guard !bins.rows.isEmpty else { return "" }
        let y = Chart.range(min(0, bins.low.min() ?? 0), max(0, bins.high.max() ?? 1))
        let xs = bins.values ?? bins.rows.indices.map(Double.init)
        let isLevels = bins.levels != nil
        let range = isLevels ? Chart.range(-0.5, Double(xs.count) - 0.5) : Chart.range(xs.first ?? 0, xs.last ?? 1)
        var chart = Chart(caption, x: range, y: y)
        if isLevels {
            for index in xs.indices {
                chart.bar(
                    from: xs[index] - 0.35, to: xs[index] + 0.35, y0: bins.low[index], y1: bins.high[index], "band")
                chart.whisker(xs[index], bins.meanLow[index], bins.meanHigh[index])
                chart.dot(xs[index], bins.mean[index], note: bins.levels?[index] ?? "")
            }
        } else {
            chart.band(xs, bins.low, bins.high)
            chart.line(xs, bins.mean)
            for index in xs.indices { chart.whisker(xs[index], bins.meanLow[index], bins.meanHigh[index]) }
        }
        chart.line([range.lowerBound, range.upperBound], [0, 0], "dash")
        let levels = bins.levels ?? []
        chart.axes(
            label, "True less predicted",
            xText: {
                isLevels
                    ? levels.indices.contains(Int(Int64(saturating: $0)))
                        ? BarList.shortened(levels[Int(Int64(saturating: $0))], to: 9) : "" : Chart.tick($0)
            },
            xTicks: isLevels ? stride(from: 0, to: xs.count, by: max(1, (xs.count + 6) / 7)).map(Double.init) : nil)
        return figure(chart.svg, escaped(caption) + ".")
    }
}
