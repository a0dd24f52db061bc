import Search
import Testing

@testable import Learners

@Suite struct HistogramBuilderTests {
    private func words(_ count: Int) -> NumberBuffer<Int32> {
        var random = RandomSource(seed: 11)
        let words = (0..<count).map { _ in
            HistogramBuilder.pack(gradient: Int32(random.below(65_001)) - 32_500, hessian: Int32(random.below(32_700)))
        }
        return NumberBuffer(words, filler: 0)
    }

    private func histogram(
        _ features: BinnedFeatures, _ rows: [Int32], _ words: NumberBuffer<Int32>
    ) -> NumberBuffer<Int64> {
        let histogram = NumberBuffer<Int64>(repeating: 0, count: features.totalBins)
        let list = NumberBuffer(rows, filler: 0)
        for (panel, members) in features.panels.enumerated() {
            HistogramBuilder.add(
                features, panel: panel, rows: list.base, count: rows.count, gradients: words.base,
                histogram: histogram.base + features.groupStarts[members.lowerBound])
        }
        return histogram
    }

    /// The sums of each bin, row by row and column by column.
    private func naive(_ features: BinnedFeatures, _ rows: [Int32], _ words: NumberBuffer<Int32>) -> [[Int]] {
        var sums = [[Int]](repeating: [0, 0], count: features.totalBins)
        for row in rows {
            let word = words.base[Int(row)]
            for (group, start) in features.groupStarts.enumerated() {
                let bin = start + Int(features.columns.base[group * features.rowCount + Int(row)])
                sums[bin][0] += Int(word >> 16)
                sums[bin][1] += Int(word & 0xffff)
            }
        }
        return sums
    }

    @Test(arguments: [true, false])
    func equalsTheNaiveSums(_ bundling: Bool) {
        let features = BinnedFeatures(BoostingSamples.table(rows: 3000), bundling: bundling)
        let words = words(3000)
        let rows = (0..<Int32(3000)).filter { $0 % 3 != 1 }
        let fast = histogram(features, rows, words)
        for (bin, sums) in naive(features, rows, words).enumerated() {
            #expect(Int(HistogramBuilder.gradient(fast.base[bin])) == sums[0])
            #expect(Int(HistogramBuilder.hessian(fast.base[bin])) == sums[1])
        }
    }

    @Test func aChildIsItsParentMinusItsSibling() {
        let features = BinnedFeatures(BoostingSamples.table(rows: 2000))
        let words = words(2000)
        let all = (0..<Int32(2000)).map { $0 }
        let parent = histogram(features, all, words)
        let small = histogram(features, all.filter { $0 % 5 == 0 }, words)
        let large = histogram(features, all.filter { $0 % 5 != 0 }, words)
        HistogramBuilder.subtract(small.base, from: parent.base, into: parent.base, count: features.totalBins)
        for bin in 0..<features.totalBins { #expect(parent.base[bin] == large.base[bin]) }
    }
}
