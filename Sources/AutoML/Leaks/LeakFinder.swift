import Foundation
import Learners
import Tabular

/// Looks for what tells the target beforehand: columns alone and in pairs, what is missing or later than something else, and
/// the order of the rows. All is learnt on one half of at most 20,000 rows and tested on the other.
struct LeakFinder {
    /// Columns of numbers that are tried in pairs, the strongest alone.
    private static let mostPaired = 30
    /// Pairs of moments that are compared, at most.
    private static let mostMoments = 8
    /// Rows that pairs are looked for in, and cells that single columns are.
    private static let rowsOfPairs = 4_000
    private static let mostCells = 3_000_000
    /// From this on a flag that the target tells gives it away.
    private static let leakingFlag = 0.9
    /// A pair has to tell so much more than the better of the two alone.
    private static let gainOfPair = 0.02

    /// All columns but the target, with the types that hold.
    let columns: [Column]
    private let target: String
    private let used: Set<String>
    private let strength: ColumnStrength
    private let pairStrength: ColumnStrength
    private let strengths: [String: Double]

    /// For a table and what an experiment makes of it; throws what `PreparedExperiment` throws.
    init(_ table: Table, _ prepared: PreparedExperiment) throws {
        let settings = prepared.settings
        let typed = try PreparedExperiment.retyped(table, settings.types)
        let target = try PreparedExperiment.column(settings.target, in: typed, field: "target")
        let rows = try ResolvedTarget(target, wanted: settings.task).rows
        let most = max(1_000, min(ColumnStrength.mostRows, LeakFinder.mostCells / max(1, typed.columns.count)))
        let strength = ColumnStrength(prepared.problem.target, rows: rows, most: most)
        pairStrength = ColumnStrength(prepared.problem.target, rows: rows, most: LeakFinder.rowsOfPairs)
        columns = typed.columns.filter { $0.name != settings.target }
        self.strength = strength
        self.target = settings.target
        used = Set(prepared.plan.sources.map(\.name))
        strengths = Dictionary(
            columns.map { ($0.name, LeakFinder.tells($0) ? strength.of($0) : 0) }, uniquingKeysWith: { $1 })
    }

    /// A different text in every row tells nothing of other rows; numbers that differ everywhere may lie along the target.
    private static func tells(_ column: Column) -> Bool {
        if column.type == .constant { return false }
        if column.type == .idLike, case .strings = column.storage { return false }
        return true
    }

    /// How well a column tells the target by itself, from 0 to 1.
    func strength(of column: Column) -> Double { strengths[column.name] ?? 0 }

    /// All that was found, the strongest first; a column that tells by itself is not named again for less.
    func leaks() -> [Leak] {
        var leaks: [Leak] = []
        var named: Set<String> = []
        for column in columns where used.contains(column.name) || column.type == .idLike {
            let strength = strength(of: column)
            if let index = index(column, strength) {
                leaks.append(index)
                named.insert(column.name)
            } else if self.strength.isLeaking(strength) {
                leaks.append(
                    Leak(
                        kind: .column, columns: [column.name], strength: strength,
                        evidence: "\"\(column.name)\" alone tells \(percent(strength)) of what there is to know of "
                            + "\"\(target)\", in \(testedRows) rows kept apart"))
                named.insert(column.name)
            }
        }
        let open = columns.filter { used.contains($0.name) && !named.contains($0.name) }
        for column in open {
            guard let leak = presence(column) else { continue }
            leaks.append(leak)
            named.insert(column.name)
        }
        leaks += later(open)
        leaks += pairs(open.filter { !named.contains($0.name) })
        let order = strength.of(strength.rows.map { Double($0) })
        if strength.isLeaking(order) {
            leaks.append(
                Leak(
                    kind: .rows, columns: [], strength: order,
                    evidence: "the rows lie in the order of \"\(target)\": their numbers alone tell "
                        + "\(percent(order)) of it"))
        }
        return leaks.enumerated().sorted { ($1.element.strength, $0.offset) < ($0.element.strength, $1.offset) }
            .map(\.element)
    }

    private var testedRows: String { String(strength.tested.count) }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

    /// A column of whole numbers that rises by one from row to row.
    private func index(_ column: Column, _ strength: Double) -> Leak? {
        guard case .integers(let values) = column.storage, values.count >= 20 else { return nil }
        var steps = 0
        for row in 1..<values.count where values[row] &- values[row - 1] == 1 && !column.isMissing(row) { steps += 1 }
        guard Double(steps) >= 0.99 * Double(values.count - 1) else { return nil }
        return Leak(
            kind: .index, columns: [column.name], strength: strength,
            evidence: "\"\(column.name)\" counts the rows, and says nothing of rows to come")
    }

    private func presence(_ column: Column) -> Leak? {
        let told = strength.toldByTarget(strength.rows.map { column.isMissing(Int($0)) })
        guard told >= LeakFinder.leakingFlag else { return nil }
        return Leak(
            kind: .presence, columns: [column.name], strength: told,
            evidence: "\"\(column.name)\" has a value in some rows alone, and \"\(target)\" tells in which: "
                + "\(percent(told)) of what there is to know of that")
    }

    /// Moments that are later than another one for some values of the target alone.
    private func later(_ columns: [Column]) -> [Leak] {
        let moments = columns.filter { $0.type == .date || $0.type == .datetime }.prefix(LeakFinder.mostMoments)
        let values = moments.map { column in
            let all = column.doubles() ?? []
            return strength.rows.map { all[Int($0)] }
        }
        var leaks: [Leak] = []
        for first in moments.indices {
            for second in moments.indices where second > first {
                let flags = zip(values[first], values[second]).map { $0 > $1 }
                let told = max(strength.toldByTarget(flags), strength.of(flags.map { $0 ? 1 : 0 }))
                guard told >= LeakFinder.leakingFlag else { continue }
                let names = [moments[first].name, moments[second].name]
                leaks.append(
                    Leak(
                        kind: .order, columns: names, strength: told,
                        evidence: "\"\(target)\" goes with whether \"\(names[0])\" is later than \"\(names[1])\": "
                            + "\(percent(told)) of what there is to know"))
            }
        }
        return leaks
    }

    /// Two numbers whose sum, difference, product or ratio tells the target, and neither alone.
    private func pairs(_ columns: [Column]) -> [Leak] {
        var numbers: [(name: String, values: [Double], strength: Double)] = []
        for column in columns where column.type == .integer || column.type == .float {
            guard let all = column.doubles() else { continue }
            numbers.append((column.name, pairStrength.rows.map { all[Int($0)] }, strength(of: column)))
        }
        numbers = numbers.enumerated()
            .sorted { ($1.element.strength, $0.offset) < ($0.element.strength, $1.offset) }
            .prefix(LeakFinder.mostPaired).map(\.element)
        let operations: [(sign: String, of: (Double, Double) -> Double)] = [
            ("+", { $0 + $1 }), ("−", { $0 - $1 }), ("×", { $0 * $1 }), ("/", { $1 == 0 ? .nan : $0 / $1 }),
        ]
        var leaks: [Leak] = []
        for first in numbers.indices {
            for second in numbers.indices where second > first {
                let alone = max(numbers[first].strength, numbers[second].strength)
                for operation in operations {
                    let together = zip(numbers[first].values, numbers[second].values).map(operation.of)
                    let told = pairStrength.of(together)
                    guard pairStrength.isLeaking(told), told >= alone + LeakFinder.gainOfPair else { continue }
                    let names = [numbers[first].name, numbers[second].name]
                    leaks.append(
                        Leak(
                            kind: .pair, columns: names, strength: told,
                            evidence:
                                "\"\(names[0])\" \(operation.sign) \"\(names[1])\" tells \(percent(told)) of what "
                                + "there is to know of \"\(target)\", one of them alone \(percent(alone))"))
                    break
                }
            }
        }
        return leaks
    }
}
