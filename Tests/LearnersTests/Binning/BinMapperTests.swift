import Search
import Tabular
import Testing

@testable import Learners

@Suite struct BinMapperTests {
    private func bins(_ mapper: BinMapper, _ column: Column) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: column.count)
        out.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { mapper.map(column, into: base, stride: 1, rows: 0..<column.count) }
        }
        return out
    }

    @Test func fewDistinctValuesHaveBinsOfTheirOwn() throws {
        let column = BoostingSamples.numeric("x", [3, 1, .nan, 2, 1, -.infinity, .infinity, -0.0, 0.0])
        let mapper = try #require(BinMapper(fitting: column))
        #expect(mapper.valueBinCount == 6)
        #expect(bins(mapper, column) == [4, 2, 6, 3, 2, 0, 5, 1, 1])
    }

    @Test func manyValuesFillBinsEvenly() throws {
        var random = RandomSource(seed: 4)
        let values = (0..<20_000).map { _ in random.unit() < 0.3 ? 7 : random.normal() }
        let column = BoostingSamples.numeric("x", values)
        let mapper = try #require(BinMapper(fitting: column))
        #expect(mapper.valueBinCount <= 255 && mapper.valueBinCount > 200)
        var counts = [Int](repeating: 0, count: 256)
        for bin in bins(mapper, column) { counts[Int(bin)] += 1 }
        #expect(counts.sorted()[254] < 400)
        #expect(counts.max() ?? 0 > 5500)
    }

    @Test func binsAreWhatACountOfThresholdsSays() throws {
        var random = RandomSource(seed: 5)
        let values = (0..<3000).map { _ in (random.normal() * 100).rounded() / 4 }
        let column = BoostingSamples.numeric("x", values)
        let mapper = try #require(BinMapper(fitting: column, maximumBins: 100))
        guard case .numeric(let thresholds) = mapper.kind else { return }
        #expect(zip(thresholds, thresholds.dropFirst()).allSatisfy(<))
        for (value, bin) in zip(values, bins(mapper, column)) {
            #expect(Int(bin) == thresholds.count { $0 < value })
        }
    }

    @Test func frequentLevelsFirstAndTheRestTogether() throws {
        var codes: [Int64] = []
        for level in 0..<400 { codes += [Int64](repeating: Int64(level), count: level < 254 ? 3 : 1) }
        codes.append(-1)
        let column = BoostingSamples.categorical("c", codes)
        let mapper = try #require(BinMapper(fitting: column))
        #expect(mapper.valueBinCount == 255)
        let found = bins(mapper, column)
        #expect(found[0] == 0 && found[3 * 254] == 254 && found.last == 255)
        let other = Column(
            name: "c", type: .categorical,
            storage: .strings(codes: PackedIntegers([0, 1]), levels: ["level 5", "unknown"]))
        #expect(bins(mapper, other) == [5, 254])
    }

    @Test func textHasNoBins() {
        let column = BoostingSamples.categorical("c", [0, 1]).retyped(.text)
        #expect(BinMapper(fitting: column) == nil)
    }

    @Test func bundlesDecodeToTheBinsTheyHold() {
        let table = BoostingSamples.table(rows: 2000)
        let bundled = BinnedFeatures(table)
        let plain = BinnedFeatures(table, bundling: false)
        #expect(bundled.groupBins.count < plain.groupBins.count)
        for (a, b) in zip(bundled.features, plain.features) {
            let (first, second) = (a.decoding(), b.decoding())
            for row in 0..<2000 {
                let left = first[Int(bundled.columns.base[a.group * 2000 + row])]
                #expect(left == second[Int(plain.columns.base[b.group * 2000 + row])])
            }
        }
    }
}
