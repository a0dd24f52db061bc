import AutoML
import Foundation
import Learners
import Search
import Tabular
import Testing

/// The small part of `Benchmarks/honesty.py`: tables in which nothing tells the target score like chance, although the best of
/// many trials is shown.
@Suite(.timeLimit(.minutes(5)))
struct HonestyTests {
    private static let rows = 200
    private static let tables = 8

    private static func noise(_ task: Task, seed: UInt64) -> Table {
        var random = RandomSource(seed: seed)
        var columns = (0..<6).map { column in
            Fixtures.numbers("x\(column)", (0..<rows).map { _ in random.normal() })
        }
        columns.append(Fixtures.strings("kind", (0..<rows).map { _ in "k\(random.below(20))" }))
        if task == .regression {
            columns.append(Fixtures.numbers("y", (0..<rows).map { _ in random.normal() }))
        } else {
            var labels = (0..<rows).map { $0 % 2 == 0 ? "a" : "b" }
            random.shuffle(&labels)
            columns.append(Fixtures.strings("y", labels))
        }
        return Table(columns: columns)
    }

    @Test(arguments: [Task.binary, .regression])
    func theBestOfManyTrialsOnNoiseIsNoBetterThanChance(_ task: Task) throws {
        var (gains, covered): ([Double], Int) = ([], 0)
        for seed in 1...UInt64(HonestyTests.tables) {
            let table = HonestyTests.noise(task, seed: seed)
            let settings = ExperimentSettings(
                target: "y", metric: task == .binary ? .rocAUC : .rmse, budget: .trials(6), seed: seed, folds: 3,
                learners: ["gradient_boosting"])
            let finished = try LocalExperiment(table, settings: settings, options: .init(threads: 2)).runBlocking()
            let best = try #require(finished.leaderboard.best)
            let (score, interval) = (try #require(best.score), try #require(best.scoreInterval))
            let y = table.column("y")?.doubles() ?? []
            let mean = y.reduce(0, +) / Double(max(1, y.count))
            let spread = (y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, y.count))).squareRoot()
            let chance = task == .binary ? 0.5 : spread
            gains.append(task == .binary ? score - chance : 1 - score / chance)
            if (interval.low...interval.high).contains(chance) { covered += 1 }
        }
        let mean = gains.reduce(0, +) / Double(gains.count)
        let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gains.count - 1)
        let error = (variance / Double(gains.count)).squareRoot()
        #expect(mean < 2 * error, "\(gains)")
        #expect(covered >= HonestyTests.tables - 2, "\(covered)")
    }
}
