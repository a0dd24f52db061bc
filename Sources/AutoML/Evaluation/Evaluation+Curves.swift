import Foundation
import Learners

/// Rows in falling order of a class's probability, those of equal probability taken together.
private struct RankedRows {
    struct Step {
        var probability: Double
        var hits: Double
        var misses: Double
        var rows: Int
    }

    private(set) var steps: [Step] = []
    private(set) var hits = 0.0
    private(set) var misses = 0.0
    private(set) var rowCount = 0

    init(_ scored: ScoredRows, class index: Int) {
        let width = scored.predictions.outputCount
        let probabilities = (0..<scored.count).map { scored.predictions.values[$0 * width + index] }
        let order = probabilities.indices.sorted { left, right in
            let (a, b) = (probabilities[left], probabilities[right])
            return a == b ? left < right : a > b
        }
        for row in order {
            let probability = probabilities[row]
            if steps.last?.probability != probability {
                steps.append(Step(probability: probability, hits: 0, misses: 0, rows: 0))
            }
            let weight = scored.weight(row)
            let isHit = Int(scored.target.values[row]) == index
            steps[steps.count - 1].hits += isHit ? weight : 0
            steps[steps.count - 1].misses += isHit ? 0 : weight
            steps[steps.count - 1].rows += 1
            if isHit { hits += weight } else { misses += weight }
        }
        rowCount = scored.count
    }
}

extension Evaluation.ClassCurves {
    private static let points = 150

    /// The second of two classes, or the most frequent ones of more; none for a class without rows or with all of them.
    static func all(_ scored: ScoredRows) -> [Evaluation.ClassCurves] {
        var chosen = scored.task == .binary ? [1] : Array(scored.classes.indices)
        if chosen.count > Evaluation.mostCurves {
            var rows = [Int](repeating: 0, count: scored.classes.count)
            for value in scored.target.values { rows[Int(value)] += 1 }
            chosen = Array(chosen.sorted { (rows[$1], $0) < (rows[$0], $1) }.prefix(Evaluation.mostCurves)).sorted()
        }
        return chosen.compactMap { index in
            let ranked = RankedRows(scored, class: index)
            guard ranked.hits > 0, ranked.misses > 0 else { return nil }
            return Evaluation.ClassCurves(ranked, name: scored.classes[index])
        }
    }

    private init(_ ranked: RankedRows, name: String) {
        let (hits, misses) = (ranked.hits, ranked.misses)
        let total = hits + misses
        var (seenHits, seenMisses) = (0.0, 0.0)
        var (roc, precision, lift, gain) = (
            Evaluation.Curve(x: [0], y: [0], threshold: [1]), Evaluation.Curve(x: [], y: [], threshold: []),
            Evaluation.Curve(x: [], y: [], threshold: nil), Evaluation.Curve(x: [0], y: [0], threshold: nil)
        )
        var last = -1.0
        for (index, step) in ranked.steps.enumerated() {
            seenHits += step.hits
            seenMisses += step.misses
            let progress = seenHits / hits + seenMisses / misses
            let isLast = index == ranked.steps.count - 1
            // A point wherever the curve has gone far enough since the last one.
            guard isLast || progress - last >= 2 / Double(Evaluation.ClassCurves.points) else { continue }
            last = progress
            let seen = seenHits + seenMisses
            roc.x.append((seenMisses / misses).short)
            roc.y.append((seenHits / hits).short)
            roc.threshold?.append(step.probability.short)
            precision.x.append((seenHits / hits).short)
            precision.y.append((seenHits / seen).short)
            precision.threshold?.append(step.probability.short)
            lift.x.append((seen / total).short)
            lift.y.append((seenHits / seen / (hits / total)).short)
            gain.x.append((seen / total).short)
            gain.y.append((seenHits / hits).short)
        }
        self.name = name
        share = (hits / total).short
        self.roc = roc
        precisionRecall = precision
        self.lift = lift
        self.gain = gain
        calibration = Evaluation.Calibration(ranked)
    }
}

extension Evaluation.Calibration {
    fileprivate init(_ ranked: RankedRows) {
        let rising = Array(ranked.steps.reversed())
        bins = Evaluation.Calibration.bins(rising, rows: ranked.rowCount)
        isotonic = Evaluation.Calibration.isotonic(rising)
        var sums = [(predicted: Double, hits: Double, weight: Double)](repeating: (0, 0, 0), count: 15)
        for step in rising {
            let bin = min(14, max(0, Int(step.probability * 15)))
            let weight = step.hits + step.misses
            sums[bin].predicted += step.probability * weight
            sums[bin].hits += step.hits
            sums[bin].weight += weight
        }
        let total = sums.reduce(0) { $0 + $1.weight }
        let distances = sums.filter { $0.weight > 0 }.map { abs($0.hits - $0.predicted) / $0.weight }
        expectedCalibrationError = (sums.reduce(0) { $0 + abs($1.hits - $1.predicted) } / total).short
        largestCalibrationError = (distances.max() ?? 0).short
    }

    private static func bins(_ rising: [RankedRows.Step], rows: Int) -> [Bin] {
        let size = max(1, Double(rows) / 10)
        var bins: [Bin] = []
        var (predicted, hits, weight, count, seen) = (0.0, 0.0, 0.0, 0, 0)
        for (index, step) in rising.enumerated() {
            predicted += step.probability * (step.hits + step.misses)
            hits += step.hits
            weight += step.hits + step.misses
            count += step.rows
            seen += step.rows
            guard Double(seen) >= size * Double(bins.count + 1) || index == rising.count - 1, weight > 0 else {
                continue
            }
            let share = hits / weight
            bins.append(
                Bin(
                    predicted: (predicted / weight).short, observed: share.short,
                    interval: wilson(share, Double(count)), rows: count))
            (predicted, hits, weight, count) = (0, 0, 0, 0)
        }
        return bins
    }

    private static func wilson(_ share: Double, _ rows: Double) -> [Double] {
        let z = 1.959964
        let centre = (share + z * z / (2 * rows)) / (1 + z * z / rows)
        let reach = z / (1 + z * z / rows) * (share * (1 - share) / rows + z * z / (4 * rows * rows)).squareRoot()
        return [max(0, centre - reach).short, min(1, centre + reach).short]
    }

    /// Pools neighbours whose shares fall until none does; a point at each end of each pool.
    private static func isotonic(_ rising: [RankedRows.Step]) -> Evaluation.Curve {
        struct Pool {
            var low: Double
            var high: Double
            var hits: Double
            var weight: Double
            var share: Double { hits / weight }
        }
        var pools: [Pool] = []
        for step in rising where step.hits + step.misses > 0 {
            pools.append(
                Pool(low: step.probability, high: step.probability, hits: step.hits, weight: step.hits + step.misses))
            while pools.count > 1, pools[pools.count - 2].share >= pools[pools.count - 1].share {
                let last = pools.removeLast()
                pools[pools.count - 1].high = last.high
                pools[pools.count - 1].hits += last.hits
                pools[pools.count - 1].weight += last.weight
            }
        }
        // The curve stays short by passing over pools that lie close to the last one drawn.
        var curve = Evaluation.Curve(x: [], y: [], threshold: nil)
        for (index, pool) in pools.enumerated() {
            let isLast = index == pools.count - 1
            if let y = curve.y.last, let x = curve.x.last, !isLast, pool.share - y < 0.01, pool.high - x < 0.01 {
                continue
            }
            for x in pool.low == pool.high ? [pool.low] : [pool.low, pool.high] {
                curve.x.append(x.short)
                curve.y.append(pool.share.short)
            }
        }
        return curve
    }
}

extension Evaluation.ThresholdScores {
    /// At every hundredth, a few below the first for rare classes, and the threshold in force.
    static func all(_ scored: ScoredRows) -> [Evaluation.ThresholdScores] {
        let rising = Array(RankedRows(scored, class: 1).steps.reversed())
        let hits = rising.reduce(0) { $0 + $1.hits }
        let misses = rising.reduce(0) { $0 + $1.misses }
        var thresholds = Set((1...99).map { Double($0) / 100 } + [0.001, 0.002, 0.005])
        if let own = scored.threshold { thresholds.insert(own) }
        var place = 0
        var (hitsBelow, missesBelow) = (0.0, 0.0)
        return thresholds.sorted().map { threshold in
            while place < rising.count, rising[place].probability <= threshold {
                hitsBelow += rising[place].hits
                missesBelow += rising[place].misses
                place += 1
            }
            return Evaluation.ThresholdScores(
                threshold: threshold, hits: hits - hitsBelow, alarms: misses - missesBelow, missed: hitsBelow,
                quiet: missesBelow)
        }
    }

    private init(threshold: Double, hits: Double, alarms: Double, missed: Double, quiet: Double) {
        self.threshold = threshold
        truePositives = hits
        falsePositives = alarms
        falseNegatives = missed
        trueNegatives = quiet
        precision = (hits / (hits + alarms)).finite?.short
        recall = (hits / (hits + missed)).finite?.short
        specificity = (quiet / (quiet + alarms)).finite?.short
        f1 = ((2 * hits / (2 * hits + alarms + missed)).finite ?? 0).short
        accuracy = ((hits + quiet) / (hits + alarms + missed + quiet)).short
        balancedAccuracy = ((hits / (hits + missed) + quiet / (quiet + alarms)) / 2).finite?.short
        let scale = ((hits + alarms) * (hits + missed) * (quiet + alarms) * (quiet + missed)).squareRoot()
        mcc = (scale > 0 ? (hits * quiet - alarms * missed) / scale : 0).short
    }
}
