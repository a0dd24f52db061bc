import Learners

/// Rows of the two classes counted by probability, in bins whose width is about a five-hundredth of the probability or of
/// its complement, whichever is less: areas under curves in linear time.
enum RankingHistogram {
    private typealias Lanes = SIMD16<Float>

    private static let shift: UInt32 = 14
    private static let lowest = Float(0x1p-17).bitPattern >> shift
    private static let half = Float(0.5).bitPattern >> shift - lowest
    private static let count = 2 * Int(half) + 2
    /// Rows whose bins are found before they are counted: they stay in the first cache.
    private static let block = 2048

    /// What is scored.
    enum Score: Sendable, Hashable {
        /// 1 − the area under the ROC curve.
        case ranks
        /// 1 − the area under the curve of precision over recall.
        case precision
        /// The loss of a metric of classes at the threshold that comes nearest to an aim.
        case decisions(Metric, DecisionAim)
    }

    /// The score that the mean of `size` probabilities gives, whose sum without the last is `sum`, and the last `own`; not a
    /// number where a class is missing.
    /// - Parameters:
    ///   - truth: 1 for rows of the second class, 0 for the others.
    ///   - weights: one a row; nil for ones.
    static func loss(
        _ own: UnsafeBufferPointer<Float>, _ sum: UnsafeBufferPointer<Float>, _ size: Float,
        truth: UnsafeBufferPointer<Float>, weights: [Float]?, _ score: Score
    ) -> Double {
        if let weights {
            return weights.withUnsafeBufferPointer { weights in
                counting(own, sum, size, truth) { (counts: UnsafeMutablePointer<Double>, cells, rows) in
                    for row in rows { counts[Int(cells[row - rows.lowerBound])] += Double(weights[row]) }
                } in: {
                    switch score {
                    case .ranks: rankLoss($0)
                    case .precision: precisionLoss($0)
                    case .decisions(let metric, let aim): decisionLoss($0, metric, aim)
                    }
                }
            }
        }
        return counting(own, sum, size, truth) { (counts: UnsafeMutablePointer<UInt32>, cells, rows) in
            for place in 0..<rows.count { counts[Int(cells[place])] &+= 1 }
        } in: {
            switch score {
            case .ranks: rankLoss($0)
            case .precision: precisionLoss($0.lazy.map(Double.init))
            case .decisions(let metric, let aim): decisionLoss($0.lazy.map(Double.init), metric, aim)
            }
        }
    }

    /// Lends the rows' weights by bin from the lowest probability to the highest, that of the first class before that of the
    /// second in each.
    @inline(__always)
    private static func counting<Count: Numeric>(
        _ own: UnsafeBufferPointer<Float>, _ sum: UnsafeBufferPointer<Float>, _ size: Float,
        _ truth: UnsafeBufferPointer<Float>,
        tally: (UnsafeMutablePointer<Count>, UnsafeMutablePointer<UInt16>, Range<Int>) -> Void,
        in body: (UnsafeMutableBufferPointer<Count>) -> Double
    ) -> Double {
        let scale = 1 / size
        return withUnsafeTemporaryAllocation(of: Count.self, capacity: 2 * count) { counts in
            counts.initialize(repeating: 0)
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: block) { cells in
                guard let counts = counts.baseAddress, let places = cells.baseAddress else { return }
                for first in stride(from: 0, to: own.count, by: block) {
                    let rows = first..<min(first + block, own.count)
                    place(own, sum, scale, truth, rows, cells)
                    tally(counts, places, rows)
                }
            }
            return body(counts)
        }
    }

    /// Finds the place of each of the rows among the counts.
    @inline(__always)
    private static func place(
        _ own: UnsafeBufferPointer<Float>, _ sum: UnsafeBufferPointer<Float>, _ scale: Float,
        _ truth: UnsafeBufferPointer<Float>, _ rows: Range<Int>, _ cells: UnsafeMutableBufferPointer<UInt16>
    ) {
        guard let own = own.baseAddress, let sum = sum.baseAddress, let truth = truth.baseAddress,
            let cells = cells.baseAddress
        else { return }
        let width = Lanes.scalarCount
        var row = rows.lowerBound
        while row + width <= rows.upperBound {
            let found = bins(load(own, row), load(sum, row), load(truth, row), scale)
            UnsafeMutableRawPointer(cells + (row - rows.lowerBound)).storeBytes(
                of: SIMD16<UInt16>(truncatingIfNeeded: found), as: SIMD16<UInt16>.self)
            row += width
        }
        while row < rows.upperBound {
            let found = bins(
                Lanes(repeating: own[row]), Lanes(repeating: sum[row]), Lanes(repeating: truth[row]), scale)
            cells[row - rows.lowerBound] = UInt16(truncatingIfNeeded: found[0])
            row += 1
        }
    }

    @inline(__always)
    private static func load(_ values: UnsafePointer<Float>, _ row: Int) -> Lanes {
        UnsafeRawPointer(values + row).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private static func bins(_ own: Lanes, _ sum: Lanes, _ truth: Lanes, _ scale: Float) -> SIMD16<UInt32> {
        let probability = (own + sum) * scale
        let isLow = probability .< 0.5
        // Below the least and for what is not a number the least stands.
        let near = (1 - probability).replacing(with: probability, where: isLow)
        let kept = Lanes(repeating: 0x1p-17).replacing(with: near, where: near .> 0x1p-17)
        let bits = unsafeBitCast(kept, to: SIMD16<UInt32>.self) &>> shift &- lowest
        let bin = (2 * half + 1 &- bits).replacing(with: bits, where: isLow)
        let second = SIMD16<UInt32>(repeating: 0).replacing(with: SIMD16(repeating: 1), where: truth .== 1)
        return bin &+ bin &+ second
    }

    /// Without a branch, as about every second bin is empty; twice the area is a whole number.
    private static func rankLoss(_ counts: UnsafeMutableBufferPointer<UInt32>) -> Double {
        var (positives, negatives, doubled): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for bin in stride(from: counts.count - 2, through: 0, by: -2) {
            let (negative, positive) = (UInt64(counts[bin]), UInt64(counts[bin + 1]))
            doubled &+= negative &* (2 &* positives &+ positive)
            positives &+= positive
            negatives &+= negative
        }
        guard positives > 0, negatives > 0 else { return .nan }
        return 1 - Double(doubled) / 2 / (Double(positives) * Double(negatives))
    }

    private static func rankLoss(_ counts: UnsafeMutableBufferPointer<Double>) -> Double {
        var (positives, negatives, area) = (0.0, 0.0, 0.0)
        for bin in stride(from: counts.count - 2, through: 0, by: -2) {
            let (negative, positive) = (counts[bin], counts[bin + 1])
            area += negative * (positives + positive / 2)
            positives += positive
            negatives += negative
        }
        guard positives > 0, negatives > 0 else { return .nan }
        return 1 - area / (positives * negatives)
    }

    private static func decisionLoss(
        _ counts: some RandomAccessCollection<Double>, _ metric: Metric, _ aim: DecisionAim
    ) -> Double {
        var now = DecisionCounts(truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0)
        for (place, weight) in counts.enumerated() {
            if place & 1 == 0 { now.trueNegatives += weight } else { now.falseNegatives += weight }
        }
        guard now.trueNegatives > 0, now.falseNegatives > 0 else { return .nan }
        // From nothing that is predicted to be of the second class to everything.
        var best = (counts: now, distance: aim.distance(now))
        for bin in stride(from: count - 1, through: 0, by: -1) {
            let negative = counts[counts.index(counts.startIndex, offsetBy: 2 * bin)]
            let positive = counts[counts.index(counts.startIndex, offsetBy: 2 * bin + 1)]
            if negative == 0, positive == 0 { continue }
            now.truePositives += positive
            now.falseNegatives -= positive
            now.falsePositives += negative
            now.trueNegatives -= negative
            let distance = aim.distance(now)
            if DecisionAim.isNearer(distance, best.distance) == true { best = (now, distance) }
        }
        return metric.loss(metric.score(best.counts))
    }

    private static func precisionLoss(_ counts: some RandomAccessCollection<Double>) -> Double {
        var (positives, negatives, area) = (0.0, 0.0, 0.0)
        for bin in stride(from: count - 1, through: 0, by: -1) {
            let negative = counts[counts.index(counts.startIndex, offsetBy: 2 * bin)]
            let positive = counts[counts.index(counts.startIndex, offsetBy: 2 * bin + 1)]
            positives += positive
            negatives += negative
            if positive > 0 { area += positive * positives / (positives + negatives) }
        }
        guard positives > 0, negatives > 0 else { return .nan }
        return 1 - area / positives
    }
}
