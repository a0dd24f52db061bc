import Foundation
public import Search

/// A range that holds a score with a stated confidence.
public struct ScoreInterval: Sendable, Hashable, Codable {
    /// Its lower end; NaN where there is nothing to score.
    public var low: Double
    /// Its upper end, at or above `low`; NaN where there is nothing to score.
    public var high: Double

    /// A range of these ends.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }
}

extension Metric {
    /// Row visits a bootstrap may cost before it makes fewer resamples.
    public static let bootstrapWork = 12_000_000

    /// A bootstrap interval of the score (Efron 1979), rows drawn with Poisson(1) counts (Hanley, MacGibbon 2006).
    ///
    /// Arguments as for `evaluate`; `work` bounds the row visits. Losses or ranks are computed once and only re-weighted for each of the `resamples`.
    /// On large samples there are fewer of these, at least 40, and the interval then is the normal one around the score,
    /// with their standard deviation. Resamples for which the metric is not defined (one class alone) do not count.
    public func bootstrapInterval(
        _ predictions: Predictions, _ target: Target, rows: [Int32]? = nil, weights: [Float]? = nil, seed: Seed,
        resamples: Int = 200, level: Double = 0.95, work: Int = Metric.bootstrapWork
    ) -> ScoreInterval {
        guard let sample = ScoredSample(self, predictions, target, rows: rows, weights: weights) else {
            return ScoreInterval(low: .nan, high: .nan)
        }
        let score = sample.score(counts: nil)
        if score.isNaN { return ScoreInterval(low: sample.degenerateScore, high: sample.degenerateScore) }
        let rounds = min(max(1, resamples), max(40, work / max(1, sample.work)))
        var random = seed.child("bootstrap").generator()
        let table = poissonTable()
        var counts = [UInt8](repeating: 0, count: sample.rowCount)
        var scores: [Double] = []
        for _ in 0..<rounds {
            drawCounts(&counts, table, &random)
            let value = sample.score(counts: counts)
            if value.isFinite { scores.append(value) }
        }
        guard scores.count > 1 else { return ScoreInterval(low: score, high: score) }
        let interval = rounds == resamples ? percentiles(scores, level) : normal(scores, around: score, level)
        return ScoreInterval(low: min(interval.low, score), high: max(interval.high, score))
    }

    func percentiles(_ scores: [Double], _ level: Double) -> ScoreInterval {
        let sorted = scores.sorted()
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
        }
        return ScoreInterval(low: quantile((1 - level) / 2), high: quantile((1 + level) / 2))
    }

    private func normal(_ scores: [Double], around score: Double, _ level: Double) -> ScoreInterval {
        let mean = scores.reduce(0, +) / Double(scores.count)
        let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count - 1)
        let reach = normalQuantile((1 + level) / 2) * variance.squareRoot()
        let high = score + reach
        return ScoreInterval(
            low: greaterIsBetter ? score - reach : max(0, score - reach), high: greaterIsBetter ? min(1, high) : high)
    }
}

/// The count of a Poisson(1) variable for each of 65,536 equal shares of its distribution.
func poissonTable() -> [UInt8] {
    var table: [UInt8] = []
    table.reserveCapacity(65_536)
    var share = exp(-1.0)
    var cumulative = share
    var count = 0
    for index in 0..<65_536 {
        while (Double(index) + 0.5) / 65_536 > cumulative, count < 12 {
            count += 1
            share /= Double(count)
            cumulative += share
        }
        table.append(UInt8(count))
    }
    return table
}

/// Fills `counts` with Poisson(1) numbers, four from each draw of 64 bits.
func drawCounts(_ counts: inout [UInt8], _ table: [UInt8], _ random: inout RandomSource) {
    var row = 0
    while row < counts.count {
        var bits = random.next()
        for index in row..<min(row + 4, counts.count) {
            counts[index] = table[Int(bits & 0xffff)]
            bits >>= 16
        }
        row += 4
    }
}
