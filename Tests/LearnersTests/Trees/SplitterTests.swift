import Search
import Tabular
import Testing

@testable import Learners

@Suite struct SplitterTests {
    /// The best gain over every numeric threshold and both sides for missing values, from the rows themselves.
    private func naiveGain(
        _ features: BinnedFeatures, _ words: NumberBuffer<Int32>, _ parameters: TreeParameters
    ) -> Double {
        func score(_ g: Double, _ h: Double) -> Double { g * g / (h + parameters.l2) }
        var best = 0.0
        for feature in features.features where !feature.isCategorical {
            let decoding = feature.decoding()
            for threshold in 0..<feature.valueBins {
                for missingLeft in [false, true] {
                    var (g, h, rows) = ([0.0, 0.0], [0.0, 0.0], [0, 0])
                    for row in 0..<features.rowCount {
                        let bin = Int(decoding[Int(features.columns.base[feature.group * features.rowCount + row])])
                        let side = (bin >= feature.valueBins ? missingLeft : bin <= threshold) ? 0 : 1
                        g[side] += Double(words.base[row] >> 16)
                        h[side] += Double(words.base[row] & 0xffff)
                        rows[side] += 1
                    }
                    guard min(rows[0], rows[1]) >= Int(parameters.minimumRows) else { continue }
                    let gain = score(g[0], h[0]) + score(g[1], h[1]) - score(g[0] + g[1], h[0] + h[1])
                    best = max(best, gain)
                }
            }
        }
        return best
    }

    @Test(arguments: [0.0, 25.0])
    func findsTheBestNumericSplit(_ l2: Double) throws {
        let rows = 400
        let features = BinnedFeatures(BoostingSamples.table(rows: rows))
        var random = RandomSource(seed: 2)
        // Hessians of 1, as least squares has them: rows are then counted exactly.
        let words = NumberBuffer(
            (0..<rows).map { _ in HistogramBuilder.pack(gradient: Int32(random.below(2001)) - 1000, hessian: 1) },
            filler: 0)
        var parameters = TreeParameters()
        parameters.l2 = l2
        parameters.minimumRows = 10
        let histogram = NumberBuffer<Int64>(repeating: 0, count: features.totalBins)
        let list = NumberBuffer((0..<Int32(rows)).map { $0 }, filler: 0)
        for (panel, members) in features.panels.enumerated() {
            HistogramBuilder.add(
                features, panel: panel, rows: list.base, count: rows, gradients: words.base,
                histogram: histogram.base + features.groupStarts[members.lowerBound])
        }
        let total = (0..<rows).reduce(Int64(0)) { $0 + HistogramBuilder.widen(words.base[$1]) }
        let splitter = Splitter(features: features, parameters: parameters, gradientScale: 1, hessianScale: 1)
        let numeric = features.features.indices.filter { !features.features[$0].isCategorical }
        let split = splitter.best(
            Splitter.Leaf(histogram: histogram.base, total: total, rows: rows, seed: Seed(1)), candidates: numeric)
        let expected = naiveGain(features, words, parameters)
        #expect(abs(split.gain - expected) <= 1e-6 * expected)
    }

    @Test func picksTheCategoriesThatDiffer() throws {
        let codes = (0..<600).map { Int64($0 % 6) }
        let table = Table(columns: [BoostingSamples.categorical("c", codes)])
        let features = BinnedFeatures(table, bundling: false)
        let words = NumberBuffer(
            codes.map { HistogramBuilder.pack(gradient: $0 == 1 || $0 == 4 ? 100 : -50, hessian: 1) }, filler: 0)
        let histogram = NumberBuffer<Int64>(repeating: 0, count: features.totalBins)
        let list = NumberBuffer((0..<Int32(600)).map { $0 }, filler: 0)
        HistogramBuilder.add(
            features, panel: 0, rows: list.base, count: 600, gradients: words.base, histogram: histogram.base)
        let total = (0..<600).reduce(Int64(0)) { $0 + HistogramBuilder.widen(words.base[$1]) }
        let splitter = Splitter(
            features: features, parameters: TreeParameters(), gradientScale: 1, hessianScale: 1)
        let split = splitter.best(
            Splitter.Leaf(histogram: histogram.base, total: total, rows: 600, seed: Seed(1)), candidates: [0])
        let set = try #require(split.categories)
        let sides = (0..<6).map { set.contains($0) }
        #expect(sides[1] == sides[4])
        #expect([0, 2, 3, 5].allSatisfy { sides[$0] != sides[1] })
    }
}
