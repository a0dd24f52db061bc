import Foundation
import Search
import Tabular

/// Looks for keys, of one column or two, whose rows have targets that are much more alike than those of other rows.
///
/// What keeps an ordinary column from being taken for a key: it has few values, or many rows of each; or, for numbers and
/// moments, rows of neighbouring values are nearly as alike as rows of the same one.
struct EntityFinder {
    /// A key and what its rows have in common.
    struct Found {
        var finding: RowFinding
        /// The number of each row's key; a row without one has its own.
        var groups: [Int32]
        /// Whether it is one column that, as its name says, names something, and tells nothing else.
        var isPureName: Bool
    }

    /// Least keys, most rows of each on average, least share of rows that share one, and least likeness.
    private struct Limits {
        var keys: Int
        var meanSize: Double
        var coverage: Double
        var likeness: Double
        /// The part of the variance between neighbouring keys that may be left within a key, and how alike these may be.
        var left: Double
        var neighbors: Double
    }

    /// For columns whose name says that they name something, and for others.
    private static let named = Limits(keys: 10, meanSize: 200, coverage: 0.3, likeness: 0.2, left: 0.8, neighbors: 0.9)
    private static let other = Limits(keys: 30, meanSize: 30, coverage: 0.5, likeness: 0.6, left: 0.5, neighbors: 0.8)
    /// Columns that are tried in pairs.
    private static let mostPaired = 5
    /// Rows that are looked at first, to see which columns have enough values.
    private static let firstLook = 2_000
    /// Copies: share of rows that have one, of pairs that have the same target, and of neighbours that may have.
    private static let copiesShare = 0.01
    private static let equalTargets = 0.8
    private static let alikeNeighbors = 0.98

    private let columns: [Column]
    private let rows: [Int32]
    private let target: TargetLikeness

    init(_ columns: [Column], rows: [Int32], target: TargetLikeness) {
        self.columns = columns.filter { $0.type != .constant && $0.type != .boolean }
        self.rows = rows
        self.target = target
    }

    /// All that was found, numbers with a fraction last, else the most alike first; a column of a key that was found is not named in another one.
    func found() -> [Found] {
        let sample = stride(from: 0, to: rows.count, by: max(1, rows.count / EntityFinder.firstLook)).map { rows[$0] }
        let candidates = columns.filter { column in
            Set(RowKeys.bits(column, sample)).count >= min(EntityFinder.named.keys, rows.count)
        }
        let keys = candidates.map { KeyColumn($0, rows: rows) }
        var found: [Found] = []
        var open: [KeyColumn] = []
        for key in keys {
            let keyed = KeyedRows(key.codes, at: key.places, isOrdered: key.isOrdered, target)
            if let one = judge([key], keyed) { found.append(one) } else { open.append(key) }
        }
        found += pairs(open)
        let fractions = Set(columns.filter { $0.type == .float }.map(\.name))
        func isName(_ found: Found) -> Int { fractions.isDisjoint(with: found.finding.columns) ? 1 : 0 }
        return found.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            return (isName(other), other.finding.strength, left.offset) < (
                isName(one), one.finding.strength, right.offset
            )
        }.map(\.element)
    }

    /// Two columns that are a key together. Numbers with a fraction are none.
    private func pairs(_ keys: [KeyColumn]) -> [Found] {
        let most = keys.filter { $0.column.type != .float && $0.column.type != .text }
            .enumerated().sorted { ($1.element.levels, $0.offset) < ($0.element.levels, $1.offset) }
            .prefix(EntityFinder.mostPaired).map(\.element)
        var found: [Found] = []
        for first in most.indices {
            for second in most.indices where second > first {
                let (one, other) = (most[first], most[second])
                let others = other.codes(at: one.places, of: rows)
                guard one.levels * others.levels > one.places.count / 30 else { continue }
                let codes = zip(one.codes, others.codes).map { pair in
                    pair.0 < 0 || pair.1 < 0 ? -1 : pair.0 * Int64(others.levels) + pair.1
                }
                let keyed = KeyedRows(
                    codes, at: one.places, isOrdered: one.isOrdered && other.isOrdered, target)
                if let pair = judge([one, other], keyed) { found.append(pair) }
            }
        }
        // Of pairs that share a column the clearest counts.
        var used: Set<String> = []
        return found.sorted { $0.finding.strength > $1.finding.strength }.filter { pair in
            guard used.isDisjoint(with: pair.finding.columns) else { return false }
            used.formUnion(pair.finding.columns)
            return true
        }
    }

    private func judge(_ key: [KeyColumn], _ keyed: KeyedRows) -> Found? {
        guard keyed.degrees >= 10, keyed.keyCount >= 10 else { return nil }
        let isNamed = key.contains { $0.isNamedAsKey }
        let kind: RowFinding.Kind
        if isCopies(keyed) {
            kind = .copies
        } else if isEntity(keyed, isNamed ? EntityFinder.named : EntityFinder.other) {
            kind = .entities
        } else {
            return nil
        }
        let groups = groups(key.map(\.column))
        let counts = sharing(groups)
        let finding = RowFinding(
            kind: kind, columns: key.map(\.name), rows: counts.rows, groups: counts.keys,
            strength: max(0, keyed.likeness), kept: false, evidence: evidence(kind, key, keyed, counts))
        let types: [ColumnType] = [.integer, .categorical, .text]
        let isPureName = key.count == 1 && kind == .entities && isNamed && types.contains(key[0].column.type)
        return Found(finding: finding, groups: groups, isPureName: isPureName)
    }

    /// Numbers of the keys of all rows; a row without a value in a column of the key has one of its own.
    private func groups(_ columns: [Column]) -> [Int32] {
        var keys = [UInt64](repeating: 0, count: rows.count)
        for (index, column) in columns.enumerated() { RowKeys.add(RowKeys.bits(column, rows), of: index, to: &keys) }
        for (place, row) in rows.enumerated() where columns.contains(where: { $0.isMissing(Int(row)) }) {
            keys[place] = Seed.mix(UInt64(place))
        }
        return RowKeys.numbered(keys)
    }

    /// Rows whose key is another row's too, and the keys of all.
    private func sharing(_ groups: [Int32]) -> (rows: Int, keys: Int) {
        var sizes = [Int](repeating: 0, count: Int((groups.max() ?? -1) + 1))
        for group in groups { sizes[Int(group)] += 1 }
        return (sizes.reduce(0) { $0 + ($1 > 1 ? $1 : 0) }, sizes.count)
    }

    private func isEntity(_ keyed: KeyedRows, _ limits: Limits) -> Bool {
        let chance = 5 * (2 / Double(keyed.degrees)).squareRoot()
        guard keyed.keyCount >= limits.keys, keyed.meanSize <= limits.meanSize, keyed.coverage >= limits.coverage,
            keyed.likeness >= max(limits.likeness, chance), keyed.largest * 5 <= keyed.rowCount
        else { return false }
        guard let neighbors = keyed.likenessOfNeighbors else { return true }
        return neighbors <= limits.neighbors && 1 - keyed.likeness <= limits.left * (1 - neighbors)
    }

    /// Rows of one key with the same number as target, which neighbouring keys do not have.
    private func isCopies(_ keyed: KeyedRows) -> Bool {
        guard !target.isClassification, keyed.coverage >= EntityFinder.copiesShare, keyed.meanSize <= 30,
            keyed.equal >= EntityFinder.equalTargets, keyed.largest * 5 <= keyed.rowCount
        else { return false }
        guard let neighbors = keyed.likenessOfNeighbors else { return keyed.equal >= 0.9 }
        return neighbors <= EntityFinder.alikeNeighbors && keyed.equalOfNeighbors <= 0.3
    }

    private func evidence(
        _ kind: RowFinding.Kind, _ key: [KeyColumn], _ keyed: KeyedRows, _ counts: (rows: Int, keys: Int)
    ) -> String {
        let names = key.map { "\"\($0.name)\"" }.joined(separator: " and ")
        let shared = "\(counts.rows) rows (\(percent(Double(counts.rows) / Double(max(1, rows.count))))) share"
        if kind == .copies {
            return "\(shared) \(names) with another one, and \(percent(keyed.equal)) of these their target too"
        }
        var text = String(
            format: "%d values, %.1f rows each, and the target is alike within one: ", counts.keys, keyed.meanSize)
        text += (target.isClassification ? "agreement beyond chance " : "intraclass correlation ")
        text += String(format: "%.2f", keyed.likeness)
        if let neighbors = keyed.likenessOfNeighbors {
            text += String(format: ", %.2f for neighbouring values", max(0, neighbors))
        }
        return "\(names) has \(text)"
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
