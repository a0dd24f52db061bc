import Learners
import Search
import Tabular

/// How well single columns tell the target, each by itself: one that tells all of it is most likely known only afterwards.
struct ColumnStrength {
    /// From this on a column counts as leaking: for classes, and for numbers, where honest columns tell more. Of 16 public
    /// tables the strongest honest column tells 0.46 of classes and 0.94 of numbers; a copy in which one row in 20 has any
    /// other row's value tells about 0.95 and 0.9.
    private static let leakingOfClasses = 0.9
    private static let leakingOfNumbers = 0.95
    /// Or it tells the rank of so many rows of a number to such a distance.
    private static let exactShare = 0.9
    private static let exactDistance = 0.02
    /// Rows looked at, at most, spread over the table.
    static let mostRows = 20_000
    /// Bins of equally many rows for a column of numbers, at most, and rows that each has at least.
    private static let bins = 256
    private static let rowsOfBin = 12

    private let target: [Double]
    private let isClassification: Bool
    /// The rows that are looked at.
    let rows: [Int32]
    /// Places among `rows` that values are looked at in, and those that they are tested on. By chance: tables repeat.
    private let learned: [Int]
    let tested: [Int]

    /// For rows of a table and the target of each. Numeric targets are replaced by their ranks, so that any rising relation
    /// counts.
    init(_ target: Target, rows: [Int32], most: Int = ColumnStrength.mostRows) {
        let step = max(1, (rows.count + most - 1) / most)
        let chosen = Array(stride(from: 0, to: rows.count, by: step))
        self.rows = chosen.map { rows[$0] }
        isClassification = target.task.isClassification
        let values = chosen.map { target.values[$0] }
        self.target = isClassification ? values : ColumnStrength.ranks(values)
        var random = Seed(0).child("column_strength").generator()
        let isLearned = chosen.map { _ in random.unit() < 0.5 }
        learned = isLearned.indices.filter { isLearned[$0] }
        tested = isLearned.indices.filter { !isLearned[$0] }
    }

    /// From 0, where the column tells nothing, to 1: how much better than the target alone it predicts rows that were not
    /// used to see how its values go with the target (accuracy of the most frequent class, or share of variance explained).
    func of(_ column: Column) -> Double { of(codes(column)) }

    /// Whether something that tells so much gives the target away.
    func isLeaking(_ strength: Double) -> Bool {
        strength >= (isClassification ? ColumnStrength.leakingOfClasses : ColumnStrength.leakingOfNumbers)
    }

    /// The same for a number a row of `rows`, NaN for a missing one.
    func of(_ values: [Double]) -> Double { of(ColumnStrength.binned(values)) }

    private func of(_ codes: [Int]) -> Double {
        isClassification ? accuracyGain(codes, of: target) : explained(codes)
    }

    /// The other way round: how well the target tells a flag of each row of `rows`; 0 for one that hardly any row differs in.
    func toldByTarget(_ flags: [Bool]) -> Double {
        let set = flags.count { $0 }
        guard min(set, flags.count - set) >= max(5, flags.count / 200) else { return 0 }
        let codes = isClassification ? target.map { Int($0) } : ColumnStrength.binned(target)
        return accuracyGain(codes, of: flags.map { $0 ? 1 : 0 })
    }

    private func accuracyGain(_ codes: [Int], of target: [Double]) -> Double {
        var counts: [Int: [Double: Int]] = [:]
        var all: [Double: Int] = [:]
        for row in learned {
            counts[codes[row], default: [:]][target[row], default: 0] += 1
            all[target[row], default: 0] += 1
        }
        func mostFrequent(_ counts: [Double: Int]) -> Double? {
            counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key
        }
        guard let usual = mostFrequent(all) else { return 0 }
        let guesses = counts.compactMapValues(mostFrequent)
        var (hits, usualHits, total) = (0, 0, 0)
        for row in tested {
            total += 1
            if guesses[codes[row]] ?? usual == target[row] { hits += 1 }
            if usual == target[row] { usualHits += 1 }
        }
        return total == usualHits ? 0 : max(0, Double(hits - usualHits) / Double(total - usualHits))
    }

    private func explained(_ codes: [Int]) -> Double {
        var sums: [Int: (sum: Double, count: Double)] = [:]
        var (sum, count) = (0.0, 0.0)
        for row in learned {
            sums[codes[row], default: (0, 0)].sum += target[row]
            sums[codes[row], default: (0, 0)].count += 1
            sum += target[row]
            count += 1
        }
        guard count > 0 else { return 0 }
        let mean = sum / count
        if let exact = exact(codes) { return exact }
        var (left, total) = (0.0, 0.0)
        for row in tested {
            let guess = sums[codes[row]].map { $0.sum / $0.count } ?? mean
            left += (target[row] - guess) * (target[row] - guess)
            total += (target[row] - mean) * (target[row] - mean)
        }
        return total > 0 ? max(0, 1 - left / total) : 0
    }

    /// The share of rows whose rank the median of their code tells almost exactly, where that is most of them: a copy that is
    /// wrong in some rows explains less of the variance than it tells.
    private func exact(_ codes: [Int]) -> Double? {
        var ranks: [Int: [Double]] = [:]
        for row in learned { ranks[codes[row], default: []].append(target[row]) }
        let medians = ranks.mapValues { $0.sorted()[$0.count / 2] }
        let reach = ColumnStrength.exactDistance * Double(target.count)
        let hits = tested.count { row in medians[codes[row]].map { abs($0 - target[row]) <= reach } ?? false }
        let share = Double(hits) / Double(max(1, tested.count))
        return share >= ColumnStrength.exactShare ? max(share, ColumnStrength.leakingOfNumbers) : nil
    }

    /// A number for each row by the column's value: its level, or its bin; missing values are one of their own.
    private func codes(_ column: Column) -> [Int] {
        if case .strings(let codes, _) = column.storage { return rows.map { Int(codes[Int($0)]) } }
        let all = column.doubles() ?? []
        return ColumnStrength.binned(rows.map { all[Int($0)] })
    }

    private static func binned(_ values: [Double]) -> [Int] {
        let sorted = values.filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else { return values.map { _ in -1 } }
        var edges: [Double] = []
        let bins = max(2, min(ColumnStrength.bins, sorted.count / ColumnStrength.rowsOfBin))
        for bin in 1..<bins {
            let edge = sorted[bin * sorted.count / bins]
            if edge != edges.last { edges.append(edge) }
        }
        return values.map { value in
            if value.isNaN { return -1 }
            var (low, high) = (0, edges.count)
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] <= value { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
            start = end
        }
        return ranks
    }
}
