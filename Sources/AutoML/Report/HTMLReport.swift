import Learners

/// An explanation as one page of HTML: charts as SVG, no script, nothing that is loaded from elsewhere; for light and dark
/// screens and for paper.
public struct HTMLReport: Sendable {
    let explanation: Explanation
    let name: String
    let madeOn: EvaluationRecord.Origin

    /// A report on a model called `name`, made at this time on this machine.
    public init(_ explanation: Explanation, name: String, madeOn: EvaluationRecord.Origin) {
        self.explanation = explanation
        self.name = name
        self.madeOn = madeOn
    }

    /// The page.
    public var text: String {
        let sections = [
            scores, confusion, curves, thresholds, coverage, residuals, learningCurve, importance, contributions,
            dependence,
            interactions,
            groups,
            leaderboard, card,
        ].compactMap { $0 }
        let links = sections.map { "<a href='#\($0.id)'>\(escaped($0.title))</a>" }.joined()
        let content = sections.map { section in
            "<section id='\(section.id)'><h2>\(escaped(section.title))</h2>"
                + (section.lead.isEmpty ? "" : "<p>\(section.lead)</p>") + section.content + "</section>"
        }.joined(separator: "\n")
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="color-scheme" content="light dark">
            <title>\(escaped(explanation.card.target)): \(escaped(name))</title>
            <style>\(HTMLReport.style)</style></head>
            <body><main>
            \(heading)
            <nav>\(links)</nav>
            \(content)
            <footer>Martlet \(escaped(martletVersion)), \(escaped(madeOn.madeAt)), \(escaped(madeOn.machine))</footer>
            </main></body></html>

            """
    }

    /// A part of the page.
    struct Section {
        let id: String
        let title: String
        var lead = ""
        let content: String
    }

    private var heading: String {
        let card = explanation.card
        let metric = explanation.evaluation?.metrics.first { $0.metric == card.metric }
        let isGiven = explanation.subject.kind == .given
        let score = isGiven ? metric?.score : card.score ?? metric?.score
        let interval = isGiven ? metric?.interval : card.scoreInterval ?? metric?.interval
        var facts: [(String, String)] = []
        if let score {
            let ends = interval.map { "<small>95 % interval \(Numeral.interval($0))</small>" } ?? ""
            facts.append((card.metric.rawValue, Numeral.text(score) + ends))
        }
        if let time = card.timeScore, let score = time.score, !isGiven {
            let ends = time.scoreInterval.map { "95 % interval \(Numeral.interval($0)); " } ?? ""
            facts.append(
                (
                    "\(card.metric.rawValue) on later rows",
                    "\(Numeral.text(score))<small>\(ends)\(escaped(time.model)), learnt from the earlier rows by "
                        + "\(escaped(time.time)) and scored on the latest \(Numeral.count(time.scoredRows))</small>"
                ))
        }
        facts.append(("Trained on", "\(Numeral.count(card.rows)) rows<small>\(escaped(card.validation))</small>"))
        let parts = card.members.count
        facts.append(
            (
                "Model",
                "\(escaped(card.model))<small>\(parts == 1 ? "one member" : "\(parts) members"), "
                    + "\(Numeral.count(card.columns.count { $0.leftOut == nil })) columns</small>"
            ))
        let tiles = facts.map { "<div><dt>\(escaped($0.0))</dt><dd>\($0.1)</dd></div>" }.joined()
        let subject: String
        switch explanation.subject.kind {
        case .outOfFold:
            subject =
                "Scores are of \(Numeral.count(explanation.subject.rows)) rows of the training table, each predicted "
                + "by models that had not seen it. Effects are worked out on up to "
                + "\(Numeral.count(explanation.subject.explainedRows)) of them."
        case .given:
            subject =
                "Scores and effects are of \(Numeral.count(explanation.subject.rows)) rows of "
                + "\(escaped(explanation.subject.name ?? "a table that was given"))."
        case .seen: subject = ""
        }
        let notes = explanation.notes.map { "<p class='note'>\(escaped($0))</p>" }.joined()
        return "<header><p class='kind'>\(escaped(card.task.rawValue))</p><h1>Predicting \(escaped(card.target))</h1>"
            + "<p>\(subject)</p>\(notes)<dl class='tiles'>\(tiles)</dl></header>"
    }

    /// A figure with a caption under it.
    func figure(_ svg: String, _ caption: String, wide: Bool = false) -> String {
        "<figure\(wide ? " class='wide'" : "")>\(svg)<figcaption>\(caption)</figcaption></figure>"
    }

    /// A table; the columns in `numbers` are aligned to the right.
    func table(_ head: [String], _ rows: [[String]], numbers: Set<Int> = []) -> String {
        func cells(_ cells: [String], _ tag: String) -> String {
            cells.enumerated().map { index, cell in
                "<\(tag)\(numbers.contains(index) ? " class='n'" : "")>\(cell)</\(tag)>"
            }.joined()
        }
        return "<div class='scroll'><table><thead><tr>\(cells(head, "th"))</tr></thead><tbody>"
            + rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined() + "</tbody></table></div>"
    }
}
