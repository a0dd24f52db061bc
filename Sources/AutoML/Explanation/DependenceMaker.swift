import Foundation
import Learners
import Search
import Tabular

/// Partial dependence, individual and accumulated local effects of columns, and how they interact.
struct DependenceMaker {
    let model: ModelArtifact
    let table: Table
    let seed: Seed
    /// Predictions a second, about.
    let pace: Double
    let context: TrainingContext

    /// Outputs that are looked at: the second of two classes, some of more, or the value.
    private var outputs: [(name: String, place: Int)] {
        switch model.header.task {
        case .regression: [(model.header.target, 0)]
        case .binary: [(model.header.classes[1], 1)]
        case .multiclass: model.header.classes.prefix(6).enumerated().map { ($1, $0) }
        }
    }

    private func rows(_ most: Int) -> [Int32] {
        var order = (0..<Int32(table.rowCount)).map { $0 }
        var random = seed.child("dependence").generator()
        random.shuffle(&order)
        return order.prefix(most).sorted()
    }

    private func predict(_ table: Table, _ place: Int) throws -> [Double] {
        try context.check()
        let predictions = try model.predict(table, context: context)
        return (0..<table.rowCount).map { predictions.values[$0 * predictions.outputCount + place] }
    }

    /// The effect of one column, within about so many seconds; nil for one that has no grid.
    func dependence(of name: String, seconds: Double) throws -> Explanation.Dependence? {
        guard let column = table.column(name), let type = model.header.schema.column(name)?.type,
            let grid = ColumnGrid(column, type: type)
        else { return nil }
        let affordable = Int(Int64(saturating: seconds * pace / Double(grid.count + 2)))
        let rows = rows(min(300, max(60, affordable)))
        let part = table.selecting(rows)
        let repeated = (0..<rows.count).flatMap { [Int32](repeating: Int32($0), count: grid.count) }
        let places = (0..<rows.count).flatMap { _ in 0..<grid.count }
        let composed = part.selecting(repeated).replacing(name) { grid.column(like: $0, places) }
        try context.check()
        let predictions = try model.predict(composed, context: context)
        var made: [Explanation.Dependence.Output] = []
        for output in outputs {
            var (mean, low, high): ([Double], [Double], [Double]) = ([], [], [])
            for point in 0..<grid.count {
                let values = (0..<rows.count).map {
                    predictions.values[($0 * grid.count + point) * predictions.outputCount + output.place]
                }.sorted()
                mean.append((values.reduce(0, +) / Double(values.count)).short)
                low.append(values.quantile(0.1).short)
                high.append(values.quantile(0.9).short)
            }
            made.append(
                Explanation.Dependence.Output(
                    name: output.name, partialDependence: mean, low: low, high: high,
                    accumulatedLocalEffects: try effects(name, part, grid, output.place)))
        }
        let shown = (0..<min(30, rows.count)).map { row in
            (0..<grid.count).map {
                predictions.values[(row * grid.count + $0) * predictions.outputCount + outputs[0].place].short
            }
        }
        return Explanation.Dependence(
            column: name, values: grid.numbers, levels: grid.levels, kind: grid.kind, rows: grid.rows,
            outputs: made, individuals: shown, averagedRows: rows.count)
    }

    /// Accumulated local effects at the grid's values (Apley, Zhu 2020): in each interval between neighbours the mean change
    /// over the rows in it, summed up and centred by rows.
    private func effects(_ name: String, _ part: Table, _ grid: ColumnGrid, _ place: Int) throws -> [Double]? {
        guard let numbers = grid.numbers, numbers.count > 1, let values = part.column(name)?.doubles() else {
            return nil
        }
        let rows = values.indices.filter { values[$0].isFinite }
        guard !rows.isEmpty else { return nil }
        let interval = rows.map { row -> Int in
            let above = numbers.firstIndex { $0 >= values[row] } ?? numbers.count - 1
            return max(1, above)
        }
        let twice = part.selecting((rows + rows).map(Int32.init)).replacing(name) { column in
            ColumnGrid.column(like: column, numbers: interval.map { numbers[$0 - 1] } + interval.map { numbers[$0] })
        }
        let predictions = try predict(twice, place)
        var sums = [Double](repeating: 0, count: numbers.count)
        var counts = [Double](repeating: 0, count: numbers.count)
        for index in rows.indices {
            sums[interval[index]] += predictions[rows.count + index] - predictions[index]
            counts[interval[index]] += 1
        }
        var effects = [0.0]
        for point in 1..<numbers.count {
            effects.append(effects[point - 1] + (counts[point] > 0 ? sums[point] / counts[point] : 0))
        }
        var mean = 0.0
        for point in 1..<numbers.count {
            mean += counts[point] * (effects[point - 1] + effects[point]) / 2 / Double(rows.count)
        }
        return effects.map { ($0 - mean).short }
    }

    /// The H statistic of every pair of `columns`, the strongest first, within about so many seconds.
    func interactions(of columns: [String], seconds: Double) throws -> [Explanation.Interaction] {
        let pairs = columns.indices.flatMap { left in columns.indices.filter { $0 > left }.map { (left, $0) } }
        guard !pairs.isEmpty else { return [] }
        let affordable = (seconds * pace / Double(pairs.count + columns.count)).squareRoot()
        let rows = rows(min(40, max(16, Int(Int64(saturating: affordable))), table.rowCount))
        let part = table.selecting(rows)
        let singles = try columns.map { try partial([$0], part) }
        var found: [Explanation.Interaction] = []
        for (left, right) in pairs {
            try context.check()
            let joint = try partial([columns[left], columns[right]], part)
            var (excess, size) = (0.0, 0.0)
            for index in joint.indices {
                let rest = joint[index] - singles[left][index] - singles[right][index]
                excess += rest * rest
                size += joint[index] * joint[index]
            }
            let h = size > 1e-18 ? min(1, (excess / size).squareRoot()) : 0
            found.append(
                Explanation.Interaction(
                    columns: [columns[left], columns[right]], h: h.short,
                    size: (excess / Double(joint.count)).squareRoot().short))
        }
        return found.sorted { $0.size == $1.size ? $0.columns[0] < $1.columns[0] : $0.size > $1.size }
    }

    /// Centred partial dependence on `names` at each row's own values, row-major over the outputs.
    private func partial(_ names: [String], _ part: Table) throws -> [Double] {
        let count = part.rowCount
        let base = (0..<count).flatMap { _ in (0..<Int32(count)).map { $0 } }
        let own = (0..<Int32(count)).flatMap { [Int32](repeating: $0, count: count) }
        let composed = Table(
            columns: part.columns.map { $0.selecting(names.contains($0.name) ? own : base) }, rowCount: count * count)
        try context.check()
        let predictions = try model.predict(composed, context: context)
        var result: [Double] = []
        for output in outputs {
            let means = (0..<count).map { point -> Double in
                let sum = (0..<count).reduce(0.0) {
                    $0 + predictions.values[(point * count + $1) * predictions.outputCount + output.place]
                }
                return sum / Double(count)
            }
            let centre = means.reduce(0, +) / Double(count)
            result += means.map { $0 - centre }
        }
        return result
    }
}
