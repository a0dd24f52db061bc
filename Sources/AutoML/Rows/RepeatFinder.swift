import Foundation
import Search
import Tabular

/// Looks for rows that are equal in every feature, and tells copies from what few values make by chance.
///
/// Two signs of chance: columns that are shuffled each by itself repeat as much; and rows that are equal in all columns but
/// one are as plenty as rows that are equal in all. Where rows were copied there are hardly any of these. A great many equal
/// rows are no copies either, but what is usual, and are not counted.
struct RepeatFinder {
    /// The least share of the rows that has to be touched.
    private static let leastShare = 0.01
    private static let leastRows = 10
    /// The share of the rows that one set of copies may have, and rows that it may in any case.
    private static let largestShare = 0.01
    private static let largest = 10
    /// Copies have to be so many times as plenty as what chance makes.
    private static let beyondChance = 3.0
    /// Cells that are looked at to know what chance makes.
    private static let mostCells = 4_000_000

    /// What was found; nil where nothing is.
    let finding: RowFinding?
    /// For each row the number of its set of equal rows; nil where nothing was found.
    let groups: [Int32]?

    /// - Parameters:
    ///   - columns: the features.
    ///   - rows: the rows of these that count.
    ///   - target: a number for each of `rows`.
    init(_ columns: [Column], rows: [Int32], target: [Double]) {
        var hashes = [UInt64](repeating: 0, count: rows.count)
        for (index, column) in columns.enumerated() {
            RowKeys.add(RowKeys.bits(column, rows), of: index, to: &hashes)
        }
        let most = max(RepeatFinder.largest, Int(RepeatFinder.largestShare * Double(rows.count)))
        let repeats = RowKeys.repeats(hashes, most: most)
        guard repeats.rows >= RepeatFinder.leastRows,
            Double(repeats.rows) >= RepeatFinder.leastShare * Double(rows.count),
            RepeatFinder.isBeyondChance(repeats, most, hashes, columns, rows)
        else {
            (finding, groups) = (nil, nil)
            return
        }
        var whole = hashes
        RowKeys.add(target.map { $0.bitPattern }, of: columns.count, to: &whole)
        let alike = RowKeys.repeats(whole, most: most)
        let share = Double(repeats.rows) / Double(rows.count)
        let text = String(
            format: "%d rows (%.1f %%) are equal to another one in all columns, %d of them in the target too",
            repeats.rows,
            100 * share, alike.rows)
        finding = RowFinding(
            kind: .repeats, columns: [], rows: repeats.rows, groups: repeats.groups, strength: share, kept: false,
            evidence: text)
        groups = RowKeys.numbered(hashes, most: most)
    }

    private static func isBeyondChance(
        _ repeats: RowKeys.Repeats, _ largest: Int, _ hashes: [UInt64], _ columns: [Column], _ rows: [Int32]
    ) -> Bool {
        // The columns of the most values are those that chance repeats least.
        let sample = stride(from: 0, to: rows.count, by: max(1, rows.count / 2_000)).map { rows[$0] }
        let levels = columns.map { Set(RowKeys.bits($0, sample)).count }
        let most = max(2, min(columns.count, mostCells / max(1, rows.count)))
        let varied = columns.indices.sorted { (levels[$1], $0) < (levels[$0], $1) }.prefix(most)
        for index in varied where levels[index] > 1 {
            let others = RowKeys.repeats(
                RowKeys.without(RowKeys.bits(columns[index], rows), of: index, hashes), most: largest)
            guard
                Double(repeats.pairs) > beyondChance * Double(others.pairs - repeats.pairs),
                Double(repeats.surplus) > beyondChance * Double(others.surplus - repeats.surplus)
            else { return false }
        }
        return Double(repeats.surplus) > beyondChance * Double(shuffled(columns, rows, largest).surplus)
    }

    /// What columns that have nothing to do with each other would repeat.
    private static func shuffled(_ columns: [Column], _ rows: [Int32], _ largest: Int) -> RowKeys.Repeats {
        var hashes = [UInt64](repeating: 0, count: rows.count)
        for (index, column) in columns.enumerated() {
            var random = Seed(0).child("shuffled_column", index).generator()
            var order = rows
            random.shuffle(&order)
            RowKeys.add(RowKeys.bits(column, order), of: index, to: &hashes)
        }
        return RowKeys.repeats(hashes, most: largest)
    }
}
