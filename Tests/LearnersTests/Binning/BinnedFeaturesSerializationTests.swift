import Search
import Tabular
import Testing

@testable import Learners

@Suite struct BinnedFeaturesSerializationTests {
    /// Numbers, missing values, a category and columns that are rare enough to share a byte.
    private func problem() -> LearningProblem {
        var random = RandomSource(seed: 5)
        let count = 400
        var columns = [
            BoostingSamples.numeric("x", (0..<count).map { _ in random.unit() < 0.1 ? .nan : random.normal() }),
            BoostingSamples.numeric("y", (0..<count).map { Double($0 % 7) }),
        ]
        for place in 0..<4 {
            columns.append(BoostingSamples.numeric("rare\(place)", (0..<count).map { $0 % 40 == place ? 1 : 0 }))
        }
        let table = Table(columns: columns, rowCount: count)
        return LearningProblem(
            features: table, target: Target(task: .regression, classes: [], values: (0..<count).map(Double.init)))
    }

    @Test func whatAnotherProcessMadeIsTheSame() throws {
        let (first, second) = (problem(), problem())
        #expect(first.encodedBins == nil)
        let made = first.binnedFeatures(pool: .single)
        let bytes = try #require(first.encodedBins)
        #expect(second.adoptBins(bytes))
        let adopted = second.binnedFeatures(pool: .single)
        #expect(second.encodedBins == bytes)
        #expect(adopted.groupBins == made.groupBins && adopted.groupBins.count < adopted.features.count)
        let size = made.panels.count * made.rowCount * 8
        #expect((0..<size).allSatisfy { made.rows.base[$0] == adopted.rows.base[$0] })
    }

    @Test func binsOfOtherRowsOrColumnsAreNotTaken() throws {
        let own = problem()
        _ = own.binnedFeatures(pool: .single)
        let bytes = try #require(own.encodedBins)
        let fewer = LearningProblem(
            features: own.features.selecting((0..<10).map(Int32.init)),
            target: Target(task: .regression, classes: [], values: (0..<10).map(Double.init)))
        #expect(!fewer.adoptBins(bytes))
        let others = LearningProblem(
            features: Table(columns: Array(own.features.columns.dropFirst()), rowCount: own.rowCount),
            target: own.target)
        #expect(!others.adoptBins(bytes))
        #expect(!others.hasBins)
    }

    /// Whatever a cache holds, it is read or refused.
    @Test func damagedBytesNeverTrap() throws {
        let own = problem()
        _ = own.binnedFeatures(pool: .single)
        let bytes = try #require(own.encodedBins)
        var random = RandomSource(seed: 9)
        for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
            #expect(throws: (any Error).self) { try BinnedFeatures(decoding: Array(bytes[..<cut]), pool: .single) }
        }
        for _ in 0..<400 {
            var damaged = bytes
            for _ in 0..<3 {
                damaged[Int(random.unit() * Double(min(bytes.count, 900)))] = UInt8(random.unit() * 255)
            }
            guard let read = try? BinnedFeatures(decoding: damaged, pool: .single) else { continue }
            #expect(read.features.allSatisfy { read.mappers.indices.contains($0.mapper) })
        }
    }
}
