import Foundation
import Learners
import Search
import Tabular

extension Explainer {
    /// Node visits that exact values of trees may take: some seconds.
    private static let treeWork = 1_500_000_000
    private static let points = 300
    private static let columnsWithPoints = 20

    /// Rows whose contributions are affordable.
    private func affordableRows(_ available: Int) -> Int {
        var rows = min(options.contributionRows, available)
        let work = model.bags.reduce(0) { $0 + $1.models.reduce(0) { $0 + $1.contributionWork } }
        if work > 0 { rows = min(rows, max(20, Explainer.treeWork / work)) }
        if model.bags.contains(where: \.isSampled) { rows = min(rows, 200) }
        if model.bags.contains(where: \.isSlow) { rows = min(rows, 30) }
        return min(rows, available)
    }

    func contributions(_ table: Table, _ seed: Seed) throws -> Explanation.ContributionSummary? {
        guard table.rowCount > 0 else { return nil }
        var order = (0..<Int32(table.rowCount)).map { $0 }
        var random = seed.child("contribution_rows").generator()
        random.shuffle(&order)
        let rows = order.prefix(affordableRows(table.rowCount)).sorted()
        guard !rows.isEmpty else { return nil }
        let part = table.selecting(rows)
        let own = try model.contributions(part, scale: options.scale, context: context)
        let outputs = own.outputs.count
        // Points are for one output: the second of two classes, the target, or the class that moves most.
        var sizes = [[Double]](repeating: [Double](repeating: 0, count: outputs), count: own.columns.count)
        var errors = [Double](repeating: 0, count: own.columns.count)
        for row in 0..<own.rowCount {
            for column in own.columns.indices {
                for output in 0..<outputs {
                    let index = (row * own.columns.count + column) * outputs + output
                    sizes[column][output] += abs(own.values[index]) / Double(own.rowCount)
                    errors[column] += (own.standardErrors?[index] ?? 0) / Double(own.rowCount * outputs)
                }
            }
        }
        let perOutput = (0..<outputs).map { output in sizes.reduce(0) { $0 + $1[output] } }
        let chosen = perOutput.indices.max { perOutput[$0] < perOutput[$1] } ?? 0
        let means = sizes.map { $0.reduce(0, +) / Double(outputs) }
        let ranked = own.columns.indices.sorted { (means[$1], $0) < (means[$0], $1) }
        let entries = ranked.enumerated().map { place, column -> Explanation.ContributionSummary.Entry in
            var entry = Explanation.ContributionSummary.Entry(
                column: own.columns[column], meanAbsolute: means[column].short,
                meanAbsoluteByOutput: sizes[column].map(\.short),
                standardError: own.standardErrors == nil ? nil : errors[column].short)
            if place < Explainer.columnsWithPoints {
                addPoints(to: &entry, own, column: column, output: chosen, part)
            }
            return entry
        }
        return Explanation.ContributionSummary(
            scale: own.scale, outputs: own.outputs, base: own.base.map(\.short), rows: own.rowCount,
            members: own.members, pointsOutput: own.outputs[chosen], columns: entries)
    }

    private func addPoints(
        to entry: inout Explanation.ContributionSummary.Entry, _ own: RowContributions, column: Int, output: Int,
        _ table: Table
    ) {
        let count = min(Explainer.points, own.rowCount)
        let rows = (0..<count).map { $0 * own.rowCount / count }
        entry.contributions = rows.map { own.value(row: $0, column: column, output: output).short }
        guard let values = table.column(own.columns[column]) else { return }
        if model.header.schema.column(values.name)?.type == .text { return }
        if case .strings(let codes, let levels) = values.storage {
            var placeOf: [Int: Int] = [:]
            var used: [String] = []
            entry.values = rows.map { row -> Double? in
                let code = Int(codes[row])
                if code < 0 { return nil }
                if placeOf[code] == nil {
                    placeOf[code] = used.count
                    used.append(levels[code])
                }
                return placeOf[code].map(Double.init)
            }
            entry.levels = used
        } else if let numbers = values.doubles() {
            entry.values = rows.map { numbers[$0].finite?.short }
        }
    }
}

extension ModelBag {
    /// Whether contributions of a model in it have to be sampled.
    var isSampled: Bool { models.contains { !($0 is any ContributingModel) } }
}
