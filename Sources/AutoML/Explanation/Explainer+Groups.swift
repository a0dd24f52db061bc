import Foundation
import Learners
import Search
import Tabular

extension Explainer {
    private static let mostGroups = 20
    private static let leastRows = 10

    /// Scores of the groups that the values of a column make: its levels, or quarters of its numbers.
    func groups(
        _ subject: inout Subject, _ scored: ScoredRows, _ name: String, _ seed: Seed
    ) throws -> Explanation.Groups {
        guard let column = subject.table.column(name) else {
            let known = subject.table.columns.map(\.name).joined(separator: ", ")
            throw AutoMLError(
                .unknownColumn, "there is no column \"\(name)\" to group by; there are \(known)", field: "group")
        }
        var rowsOf: [(name: String, rows: [Int])] = []
        let distinct = Set((0..<column.count).prefix(5_000).map { column.isMissing($0) ? "" : column.spelling($0) })
        if column.isNumeric, distinct.count > 12, let values = column.doubles() {
            let sorted = values.filter(\.isFinite).sorted()
            let cuts = [0, 0.25, 0.5, 0.75, 1].map { sorted.quantile($0) }
            for part in 0..<4 where cuts[part] < cuts[part + 1] {
                let rows = values.indices.filter {
                    values[$0] <= cuts[part + 1] && (values[$0] > cuts[part] || (part == 0 && values[$0] == cuts[0]))
                }
                rowsOf.append(("\(text(cuts[part], column)) to \(text(cuts[part + 1], column))", rows))
            }
            let missing = values.indices.filter { !values[$0].isFinite }
            if !missing.isEmpty { rowsOf.append(("(missing)", missing)) }
        } else {
            var all: [Spelling: [Int]] = [:]
            for row in 0..<column.count {
                all[Spelling(column.isMissing(row) ? "(missing)" : column.spelling(row)), default: []].append(row)
            }
            rowsOf = all.map { ($0.key.text, $0.value) }
                .sorted { ($1.rows.count, $0.name) < ($0.rows.count, $1.name) }
        }
        let metrics = Metric.all(for: scored.task)
        let groups = rowsOf.filter { $0.rows.count >= Explainer.leastRows }.prefix(Explainer.mostGroups).map { group in
            let part = scored.selecting(group.rows)
            // With one class alone, what ranks classes says nothing.
            let isMixed = scored.task == .regression || Set(part.target.values).count > 1
            let own = metrics.filter { isMixed || ![.rocAUC, .averagePrecision, .mcc].contains($0) }
            return Explanation.Groups.Group(
                name: group.name, rows: group.rows.count,
                metrics: own.map { part.score($0, seed: seed.child(group.name + $0.rawValue), work: 1_000_000) })
        }
        return Explanation.Groups(column: name, groups: Array(groups))
    }

    private func text(_ value: Double, _ column: Column) -> String {
        switch column.storage {
        case .dates: DateText.date(Int64(saturating: value))
        case .datetimes: DateText.datetime(Int64(saturating: value * 1e6))
        default: value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value.short)
        }
    }
}
