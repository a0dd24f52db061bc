/// Rows of the two classes counted by probability, in bins whose width is about a five-hundredth of the probability or of
/// its complement, whichever is less: areas under curves in linear time.
struct RankingHistogram {
    private typealias Lanes = SIMD16<Float>

    private static let shift: UInt32 = 14
    private static let lowest = Float(0x1p-17).bitPattern >> shift
    private static let half = Float(0.5).bitPattern >> shift - lowest
    private static let count = 2 * Int(half) + 2
    /// Rows whose bins are found before they are counted: they stay in the first cache.
    private static let block = 2048

    /// The rows' weights by bin, those of the first class before those of the second.
    private var counts: [Double]

    /// Counts the mean of `size` probabilities whose sum without the last is `sum`, and the last `own`.
    /// - Parameters:
    ///   - truth: 1 for rows of the second class, 0 for the others.
    ///   - weights: one a row; nil for ones.
    init(
        _ own: UnsafeBufferPointer<Float>, _ sum: UnsafeBufferPointer<Float>, _ size: Float,
        truth: UnsafeBufferPointer<Float>, weights: [Float]?
    ) {
        let scale = 1 / size
        let all = RankingHistogram.count
        counts = Array(repeating: 0, count: 2 * all)
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: RankingHistogram.block) { cells in
            for first in stride(from: 0, to: own.count, by: RankingHistogram.block) {
                let rows = first..<min(first + RankingHistogram.block, own.count)
                RankingHistogram.place(own, sum, scale, truth, rows, cells)
                counts.withUnsafeMutableBufferPointer { counts in
                    if let weights {
                        for row in rows { counts[Int(cells[row - first])] += Double(weights[row]) }
                    } else {
                        for row in rows { counts[Int(cells[row - first])] += 1 }
                    }
                }
            }
        }
    }

    /// Finds the place in `counts` of each of the rows.
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
        let second = SIMD16<UInt32>(repeating: 0).replacing(
            with: SIMD16(repeating: UInt32(count)), where: truth .== 1)
        return bin &+ second
    }

    /// 1 − the area under the curve; not a number where a class is missing.
    func loss(isPrecision: Bool) -> Double {
        let all = RankingHistogram.count
        return counts.withUnsafeBufferPointer { counts in
            let positives = counts[all...].reduce(0, +)
            let negatives = counts[..<all].reduce(0, +)
            guard positives > 0, negatives > 0 else { return .nan }
            var above = (positive: 0.0, negative: 0.0)
            var area = 0.0
            for bin in stride(from: all - 1, through: 0, by: -1) {
                let (positive, negative) = (counts[all + bin], counts[bin])
                guard positive > 0 || negative > 0 else { continue }
                if isPrecision {
                    let taken = above.positive + positive
                    area += positive * taken / (taken + above.negative + negative)
                } else {
                    area += negative * (above.positive + positive / 2)
                }
                above.positive += positive
                above.negative += negative
            }
            return 1 - area / (isPrecision ? positives : positives * negatives)
        }
    }
}
