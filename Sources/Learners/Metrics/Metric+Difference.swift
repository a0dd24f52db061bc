public import Search

extension Metric {
    /// How much worse `others` score than `baseline` on the same rows, on average: losses less the baseline's, so above 0 where
    /// they are worse. The interval is a bootstrap over rows, the same ones for all of them in each resample.
    public func increaseInLoss(
        of others: [Predictions], over baseline: Predictions, _ target: Target, weights: [Float]? = nil, seed: Seed,
        resamples: Int = 200, level: Double = 0.95
    ) -> (increase: Double, interval: ScoreInterval)? {
        guard let first = ScoredSample(self, baseline, target, rows: nil, weights: weights) else { return nil }
        let samples = others.compactMap { ScoredSample(self, $0, target, rows: nil, weights: weights) }
        guard !samples.isEmpty, samples.count == others.count else { return nil }
        func increase(_ counts: [UInt8]?) -> Double {
            let start = loss(first.score(counts: counts))
            let sum = samples.reduce(0) { $0 + loss($1.score(counts: counts)) }
            return sum / Double(samples.count) - start
        }
        let own = increase(nil)
        guard own.isFinite else { return nil }
        var random = seed.child("difference").generator()
        let table = poissonTable()
        var counts = [UInt8](repeating: 0, count: first.rowCount)
        var values: [Double] = []
        for _ in 0..<max(2, resamples) {
            drawCounts(&counts, table, &random)
            let value = increase(counts)
            if value.isFinite { values.append(value) }
        }
        guard values.count > 1 else { return (own, ScoreInterval(low: own, high: own)) }
        let interval = percentiles(values, level)
        return (own, ScoreInterval(low: min(interval.low, own), high: max(interval.high, own)))
    }
}
