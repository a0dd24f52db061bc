import Foundation
import Learners
import Tabular

extension Evaluation.Residuals {
    init(_ scored: ScoredRows) {
        let residuals = scored.residuals
        let sorted = residuals.sorted()
        quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map { sorted.quantile($0).short }
        mean = residuals.average.short
        // The tails beyond the outermost half per cent are in the outermost bins.
        let (low, high) = (sorted.quantile(0.005), sorted.quantile(0.995))
        // In halves, for the whole way may be longer than the largest number.
        let width = max((high / 2 - low / 2) / 15, .leastNormalMagnitude)
        edges = (0...30).map { (low + Double($0) * width).bounded.short }
        var counts = [Int](repeating: 0, count: 30)
        for value in residuals {
            let steps = (max(low, min(high, value)) / 2 - low / 2) / (width / 2)
            counts[min(29, max(0, Int(steps)))] += 1
        }
        self.counts = counts
        byPrediction = Evaluation.ResidualBins(residuals, by: scored.predictions.values)
    }
}

extension Evaluation.ResidualBins {
    private static let most = 20

    private init() { (rows, low, median, high, mean, meanLow, meanHigh) = ([], [], [], [], [], [], []) }

    /// Bins of as many rows each, by rising value; rows without a value come last, as the level `missing`.
    init(_ residuals: [Double], by values: [Double]) {
        self.init()
        let order = values.indices.filter { values[$0].isFinite }
            .sorted { (values[$0], $0) < (values[$1], $1) }
        self.values = []
        let bins = max(1, min(Evaluation.ResidualBins.most, order.count / 10))
        var start = 0
        for bin in 0..<bins where start < order.count {
            var end = (bin + 1) * order.count / bins
            // Equal values stay together.
            while end < order.count, end > 0, values[order[end]] == values[order[end - 1]] { end += 1 }
            guard end > start else { continue }
            let part = order[start..<end]
            self.values?.append(part.map { values[$0] }.average.short)
            add(part.map { residuals[$0] })
            start = end
        }
    }

    /// A bin a level, the most frequent ones.
    init(_ residuals: [Double], levels all: [String?]) {
        self.init()
        var rowsOf: [Spelling: [Int]] = [:]
        for (row, level) in all.enumerated() { rowsOf[Spelling(level ?? "(missing)"), default: []].append(row) }
        let kept = rowsOf.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            .prefix(Evaluation.ResidualBins.most)
        levels = kept.map(\.key.text)
        for (_, rows) in kept { add(rows.map { residuals[$0] }) }
    }

    private mutating func add(_ part: [Double]) {
        let sorted = part.sorted()
        let average = part.average
        let variance = part.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(max(1, part.count - 1))
        let reach = 1.959964 * (variance / Double(part.count)).squareRoot()
        rows.append(part.count)
        low.append(sorted.quantile(0.1).short)
        median.append(sorted.quantile(0.5).short)
        high.append(sorted.quantile(0.9).short)
        mean.append(average.short)
        meanLow.append((average - reach).bounded.short)
        meanHigh.append((average + reach).bounded.short)
    }
}

extension ScoredRows {
    /// What is true less what was predicted, a finite number for each row of a regression.
    var residuals: [Double] { zip(target.values, predictions.values).map { ($0 - $1).bounded } }
}

extension Double {
    /// The number, or the largest there is where it is infinite; 0 for what is none.
    var bounded: Double {
        isNaN ? 0 : Swift.min(Swift.max(self, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    }
}

extension [Double] {
    /// The mean, also of numbers whose sum there is none of; 0 of no numbers.
    var average: Double {
        let sum = reduce(0, +)
        let count = Double(Swift.max(1, self.count))
        return sum.isFinite ? sum / count : reduce(0) { $0 + $1 / count }
    }
}
