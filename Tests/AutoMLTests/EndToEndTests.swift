import AutoML
import Foundation
import Learners
import Search
import Tabular
import Testing

struct EndToEndTests {
    @Test(arguments: [Task.binary, .multiclass, .regression])
    func everyTaskGivesAModelThatPredicts(task: Task) throws {
        let table: Table =
            switch task {
            case .binary: Fixtures.binary()
            case .multiclass: Fixtures.multiclass()
            case .regression: Fixtures.regression()
            }
        let target = task == .regression ? "y" : "label"
        let local = try LocalExperiment(
            table, settings: ExperimentSettings(target: target, budget: .trials(10)), options: .init(threads: 2))
        #expect(local.experiment.task == task)
        let finished = try local.runBlocking()
        let best = try #require(finished.leaderboard.best)
        let score = try #require(best.score)
        switch task {
        case .binary: #expect(score > 0.85)
        case .multiclass: #expect(score < 0.6)
        case .regression: #expect(score < 1)
        }
        #expect(finished.leaderboard.entries.count >= 10)
        let loaded = try ModelArtifact(loading: finished.artifact)
        let predictions = try loaded.predict(table)
        #expect(predictions == (try finished.model.predict(table)))
        #expect(predictions.rowCount == table.rowCount)
        #expect(loaded.labels(predictions).count == (task == .regression ? 0 : table.rowCount))
    }

    @Test func aBudgetInTrialsFixesTheBytes() throws {
        let table = Fixtures.binary(rows: 300)
        func run(threads: Int, seed: UInt64) throws -> FinishedExperiment {
            try LocalExperiment(
                table, settings: ExperimentSettings(target: "label", budget: .trials(12), seed: seed),
                options: .init(threads: threads)
            ).runBlocking()
        }
        let one = try run(threads: 1, seed: 5)
        let two = try run(threads: 2, seed: 5)
        #expect(one.artifact == two.artifact)
        #expect(one.leaderboard.timeless == two.leaderboard.timeless)
        #expect(one.artifact != (try run(threads: 2, seed: 6)).artifact)
    }

    @Test func aTableOfChanceScoresLikeChance() throws {
        var random = RandomSource(seed: 3)
        let rows = 400
        let columns = (0..<4).map { column in
            Fixtures.numbers("x\(column)", (0..<rows).map { _ in random.normal() })
        }
        let label = Fixtures.strings("y", (0..<rows).map { _ in random.below(2) == 0 ? "a" : "b" })
        let finished = try LocalExperiment(
            Table(columns: columns + [label]), settings: ExperimentSettings(target: "y", budget: .trials(10)),
            options: .init(threads: 2)
        ).runBlocking()
        for entry in finished.leaderboard.entries {
            #expect(abs((entry.score ?? 0.5) - 0.5) < 0.1, "\(entry.model)")
        }
    }
}

extension Leaderboard {
    /// The leaderboard without what was measured.
    var timeless: Leaderboard {
        var copy = self
        for index in copy.entries.indices {
            copy.entries[index].fitSeconds = 0
            copy.entries[index].predictSeconds = 0
        }
        return copy
    }
}
