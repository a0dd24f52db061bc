import Foundation
import Search
import Tabular

/// Looks for a column of moments along which the target or the features drift, so that later rows are not like earlier ones.
struct TimeFinder {
    struct Found {
        var finding: RowFinding
        /// When each row was, as a number that rises.
        var moments: [Double]
        var name: String
    }

    /// Rows that are looked at, spread over the table.
    private static let mostRows = 20_000
    /// Blocks of equally many rows in time.
    private static let blocks = 10
    /// What counts as drift: the share of the target's variance between blocks and how much more it has to be than chance
    /// makes, the correlation of rows next to each other in time, and Cramér's V of a feature and the halves.
    private static let leastShare = 0.005
    private static let beyondChance = 4.5
    private static let leastCorrelation = 0.05
    private static let leastDifference = 0.1
    /// A feature that tells the halves so well is the time itself under another name.
    private static let timeItself = 0.9
    private static let mostFeatures = 40
    private static let bins = 8
    /// Words of names that say that a moment is not that of the row.
    private static let othersMoments: Set<String> = [
        "birth", "dob", "born", "birthday", "built", "founded", "death", "expiry",
    ]
    private static let epochWords: Set<String> = ["time", "timestamp", "epoch", "unix", "ts", "date", "datetime"]
    private static let yearWords: Set<String> = ["year", "yr", "sold", "sale", "of", "record", "observation", "the"]

    private let columns: [Column]
    private let features: [Column]
    private let rows: [Int32]
    private let target: TargetLikeness

    /// - Parameters:
    ///   - columns: where a moment may stand.
    ///   - features: what may drift.
    init(_ columns: [Column], features: [Column], rows: [Int32], target: TargetLikeness) {
        self.columns = columns
        self.features = Array(features.prefix(TimeFinder.mostFeatures))
        self.rows = rows
        self.target = target
    }

    /// The column of moments with the clearest drift, dates before numbers; nil where there is none.
    func found() -> Found? {
        let dates = columns.filter { column in
            switch column.storage {
            case .dates, .datetimes: true
            default: false
            }
        }
        let open = dates.filter { KeyColumn.words(of: $0.name).isDisjoint(with: TimeFinder.othersMoments) }
        return clearest(open) ?? clearest(columns.filter(TimeFinder.isNumberOfMoment))
    }

    private func clearest(_ columns: [Column]) -> Found? {
        var best: Found?
        for column in columns {
            guard let found = drift(along: column), found.finding.strength > best?.finding.strength ?? 0 else {
                continue
            }
            best = found
        }
        return best
    }

    /// Whether numbers are plainly years or seconds since 1970.
    private static func isNumberOfMoment(_ column: Column) -> Bool {
        guard case .integers = column.storage, let values = column.doubles() else { return false }
        let words = KeyColumn.words(of: column.name)
        let sample = stride(from: 0, to: values.count, by: max(1, values.count / 1_000)).map { values[$0] }
            .filter { !$0.isNaN }
        guard let low = sample.min(), let high = sample.max(), !words.isEmpty else { return false }
        if words.isSubset(of: yearWords), !words.isDisjoint(with: ["year", "yr"]) {
            return low >= 1_800 && high <= 2_100
        }
        guard !words.isDisjoint(with: epochWords) else { return false }
        return [1, 1e3, 1e6, 1e9].contains { low >= 3e8 * $0 && high <= 4.2e9 * $0 }
    }

    private func drift(along column: Column) -> Found? {
        let all = column.doubles() ?? []
        let moments = rows.map { all[Int($0)] }
        guard !moments.isEmpty, moments.allSatisfy(\.isFinite) else { return nil }
        let places = stride(
            from: 0, to: rows.count, by: max(1, (rows.count + TimeFinder.mostRows - 1) / TimeFinder.mostRows))
        let order = places.map { (moment: moments[$0], place: Int32($0)) }
            .sorted { ($0.moment, $0.place) < ($1.moment, $1.place) }
        let distinct = Set(order.map(\.moment)).count
        guard distinct >= 4, order.count >= 40 else { return nil }
        var signs: [(strength: Double, text: String)] = []
        if let share = shareBetweenBlocks(order) {
            signs.append((share, "the time of a row tells \(percent(share)) of the variance of the target in tenths"))
        }
        if let correlation = correlation(order) {
            signs.append(
                (correlation, String(format: "targets next to each other in time correlate with %.2f", correlation)))
        }
        if let (name, difference) = difference(order, but: column.name) {
            signs.append(
                (
                    difference,
                    String(format: "\"\(name)\" differs between the earlier and the later half (V %.2f)", difference)
                ))
        }
        guard let strongest = signs.map(\.strength).max() else { return nil }
        let text = "along \"\(column.name)\" rows change: " + signs.map(\.text).joined(separator: "; ")
        let finding = RowFinding(
            kind: .time, columns: [column.name], rows: rows.count, groups: Set(moments).count,
            strength: min(1, strongest), kept: false, evidence: text)
        return Found(finding: finding, moments: moments, name: column.name)
    }

    /// The share of the target's variance that lies between blocks of time, less what chance makes; nil where that is hardly
    /// any (analysis of variance).
    private func shareBetweenBlocks(_ order: [(moment: Double, place: Int32)]) -> Double? {
        var blocks: [[Int32]] = []
        var start = 0
        for block in 1...TimeFinder.blocks {
            var end = max(start, block * order.count / TimeFinder.blocks)
            while end > start, end < order.count, order[end].moment == order[end - 1].moment { end += 1 }
            if end > start { blocks.append(order[start..<end].map(\.place)) }
            start = end
        }
        guard blocks.count > 1, order.count > blocks.count else { return nil }
        let total = target.squares(order.map(\.place))
        let within = blocks.reduce(0.0) { $0 + target.squares($1) }
        guard total > 0, within > 0 else { return nil }
        let spread = within / Double(order.count - blocks.count)
        let ratio = (total - within) / Double(blocks.count - 1) / spread
        let share = (total - within - Double(blocks.count - 1) * spread) / total
        return ratio >= TimeFinder.beyondChance && share >= TimeFinder.leastShare ? share : nil
    }

    /// How alike the targets of neighbouring moments are; nil where it is hardly more than chance makes.
    private func correlation(_ order: [(moment: Double, place: Int32)]) -> Double? {
        var (distances, pairs) = (0.0, 0)
        for index in 1..<order.count where order[index].moment != order[index - 1].moment {
            distances += target.distance(order[index - 1].place, order[index].place)
            pairs += 1
        }
        let variance = target.variance(order.map(\.place))
        guard pairs >= 20, variance > 0 else { return nil }
        let correlation = 1 - distances / Double(pairs) / variance
        return correlation >= max(TimeFinder.leastCorrelation, 5 / Double(pairs).squareRoot()) ? correlation : nil
    }

    /// The feature that tells the earlier half from the later one best; nil where none does.
    private func difference(
        _ order: [(moment: Double, place: Int32)], but time: String
    ) -> (name: String, strength: Double)? {
        var best: (name: String, strength: Double)?
        let middle = order[order.count / 2].moment
        let isLate = order.map { $0.moment >= middle }
        let late = isLate.count { $0 }
        guard late < order.count, late > 0 else { return nil }
        for feature in features where feature.name != time {
            let codes = bins(of: feature, order.map { rows[Int($0.place)] })
            var counts: [Int: (all: Double, late: Double)] = [:]
            for (code, isLate) in zip(codes, isLate) {
                counts[code, default: (0, 0)].all += 1
                if isLate { counts[code, default: (0, 0)].late += 1 }
            }
            let share = Double(late) / Double(order.count)
            let chi = counts.keys.sorted().reduce(0.0) { sum, code in
                let count = counts[code] ?? (0, 0)
                let off = count.late - share * count.all
                return sum + off * off / (share * (1 - share) * count.all)
            }
            let freedom = Double(counts.count - 1)
            let strength = (max(0, chi - freedom) / Double(order.count)).squareRoot()
            guard chi > freedom + 8 * (2 * freedom).squareRoot() + 8, strength >= TimeFinder.leastDifference,
                strength < TimeFinder.timeItself, strength > best?.strength ?? 0
            else { continue }
            best = (feature.name, strength)
        }
        return best
    }

    /// A number for each row: that of its bin of equally many rows, or of its level where there are few.
    private func bins(of feature: Column, _ rows: [Int32]) -> [Int] {
        if case .strings(let codes, let levels) = feature.storage {
            return rows.map { levels.count <= 50 ? Int(codes[Int($0)]) : Int(codes[Int($0)]) % 50 }
        }
        let all = feature.doubles() ?? []
        let values = rows.map { all[Int($0)] }
        let sorted = values.filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else { return values.map { _ in -1 } }
        let edges = (1..<TimeFinder.bins).map { sorted[$0 * sorted.count / TimeFinder.bins] }
        return values.map { value in value.isNaN ? -1 : edges.count { $0 <= value } }
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
