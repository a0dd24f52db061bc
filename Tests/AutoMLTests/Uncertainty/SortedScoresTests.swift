import Learners
import Search
import Testing

@testable import AutoML

struct SortedScoresTests {
    @Test func limitsAreTheRanksOfConformalPrediction() {
        let scores = SortedScores((1...99).map { Double($0) }.reversed(), most: 1000)
        #expect(scores.count == 99 && scores.values.count == 99)
        // With 99 scores a new one is at or below the 90th in nine of ten cases.
        #expect(scores.upper(0.9) == 90 && scores.lower(0.05) == 5)
        #expect(scores.upper(0.99) == 99 && scores.lower(0.01) == 1)
        #expect(scores.upper(0.995) == nil && scores.lower(0.005) == nil)
        #expect(SortedScores([3], most: 2).upper(0.5) == 3)
    }

    @Test(arguments: [(10_000, 101), (777, 50), (51, 50), (1_000_003, 1001)])
    func thinningErrsToTheSafeSideAndByAStepAtMost(count: Int, kept: Int) {
        // The score of rank r is r.
        let scores = SortedScores((1...count).map { Double($0) }, most: kept)
        #expect(scores.values.count == kept && scores.values.first == 1 && scores.values.last == Float(count))
        let step = Double(count - 1) / Double(kept - 1) + 1
        for share in stride(from: 0.02, to: 0.98, by: 0.013) {
            let (high, low) = (Double(count + 1) * share, Double(count + 1) * share)
            let (upper, lower) = (Double(scores.upper(share) ?? .nan), Double(scores.lower(share) ?? .nan))
            #expect(upper >= high.rounded(.up) - 1e-6 && upper <= high + step + 1, "\(share)")
            #expect(lower <= low.rounded(.down) + 1e-6 && lower >= low - step - 1, "\(share)")
        }
    }

    @Test func weightsCountAsRows() {
        let plain = SortedScores([5, 1, 3, 2, 4], most: 100)
        #expect(SortedScores([5, 1, 3, 2, 4], weights: [2, 2, 2, 2, 2], most: 100) == plain)
        // All of the weight lies on two of them.
        let heavy = SortedScores([1, 2, 3, 4], weights: [0, 1, 0, 1], most: 100)
        #expect(heavy.count == 2 && heavy.values == [2, 4])
    }

    @Test func whatIsWrittenIsReadAndDamageIsFound() throws {
        let scores = SortedScores((0..<500).map { Double($0 * $0 % 97) }, most: 60)
        var writer = BinaryWriter()
        scores.write(to: &writer)
        var reader = BinaryReader(writer.bytes)
        #expect(try SortedScores(from: &reader) == scores)
        var wrong = BinaryWriter()
        wrong.write(UInt64(2))
        wrong.write([Float(2), 1])
        #expect(throws: BinaryReader.Failure.self) {
            var reader = BinaryReader(wrong.bytes)
            _ = try SortedScores(from: &reader)
        }
    }
}
