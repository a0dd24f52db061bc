import Foundation
import Learners
import Search
import Synchronization
import Tabular
import Testing

@testable import AutoML

/// Where rows change with time there is a second score, of later rows.
struct TimeScoreTests {
    private func run(
        _ table: Table, _ settings: ExperimentSettings, threads: Int = 2
    ) throws -> (finished: FinishedExperiment, experiment: PreparedExperiment) {
        let run = try LocalExperiment(table, settings: settings, options: .init(threads: threads))
        return (try run.runBlocking(), run.experiment)
    }

    private func settings(_ validation: ValidationChoice = .auto, trials: Int = 3) -> ExperimentSettings {
        ExperimentSettings(
            target: "y", budget: .trials(trials), seed: 2, folds: 4, learners: ["gradient_boosting", "linear"],
            validation: validation)
    }

    @Test func theBestConfigurationIsScoredOnTheLatestFifth() throws {
        let table = RowTables.drifting()
        let (finished, experiment) = try run(table, settings())
        let time = try #require(finished.leaderboard.timeScore)
        #expect(time.time == "day" && time.trainedRows == 480 && time.scoredRows == 120 && time.reason == nil)
        #expect(finished.model.header.timeScore == time)
        #expect(ModelCard(finished.model).timeScore == time)
        let data = try JSONEncoder().encode(finished.leaderboard)
        #expect(try JSONDecoder().decode(Leaderboard.self, from: data).timeScore == time)

        // The same as a trial of that configuration in an experiment that is divided by time.
        var byTime = settings(.time)
        byTime.folds = nil
        let divided = try PreparedExperiment(table, settings: byTime, learners: .standard)
        #expect(!divided.isScoredByTime && experiment.isScoredByTime)
        let entry = try #require(finished.leaderboard.entries.first { $0.model == time.model })
        let spec = TrialSpec(
            index: entry.trial ?? -1, learner: entry.learner, configuration: entry.hyperparameters,
            seed: experiment.seed.child("trial", entry.trial ?? -1))
        let result = TrialRunner().run(spec, divided).result
        #expect(result.score == time.score)
        let members = finished.model.header.members.map(\.model)
        #expect(members.contains(time.model))
        let best = finished.leaderboard.entries.filter { members.contains($0.model) }.compactMap {
            $0.selectionScore ?? $0.score
        }.min()
        #expect(best == entry.selectionScore ?? entry.score)
        // The target rises, and later rows are not like those that were seen.
        #expect((time.score ?? 0) > (finished.leaderboard.best?.score ?? .infinity))
        #expect(try run(table, settings(), threads: 1).finished.leaderboard.timeScore == time)
    }

    @Test func whereNothingChangesThereIsNone() throws {
        #expect(
            try run(RowTables.drifting(isShuffled: true), settings(trials: 1)).finished.leaderboard.timeScore == nil)
        var byTime = settings(.time, trials: 1)
        byTime.folds = nil
        #expect(try run(RowTables.drifting(), byTime).finished.leaderboard.timeScore == nil)
        #expect(try run(RowTables.drifting(), settings(.random, trials: 1)).finished.leaderboard.timeScore != nil)
    }

    @Test func aRunThatIsStoppedSkipsItAndSaysSo() throws {
        let stop = Mutex<Cancellation?>(nil)
        let run = try LocalExperiment(RowTables.drifting(), settings: settings()) { event in
            if case .ensembling = event { stop.withLock { $0?.cancel() } }
        }
        stop.withLock { $0 = run.cancellation }
        let time = try #require(try run.runBlocking().leaderboard.timeScore)
        #expect(time.score == nil && time.reason?.contains("stopped") == true)
    }

    @Test func whatDoesNotFitIsSaid() throws {
        let experiment = try PreparedExperiment(
            RowTables.drifting(), settings: settings(trials: 1), learners: .standard)
        var study = Study(experiment)
        let spec = try #require(study.propose().first)
        let outcome = TrialRunner().run(spec, experiment)
        study.record(outcome.result)
        var selection = try study.select { _ in outcome.blobs?.predictions ?? [] }
        study.scoreByTime(&selection, runner: TrialRunner(memory: MemoryBudget(bytes: 1)))
        #expect(selection.leaderboard.timeScore?.score == nil)
        #expect(selection.leaderboard.timeScore?.reason?.contains("memory") == true)
        study.scoreByTime(&selection, runner: TrialRunner(), secondsLeft: 0)
        #expect(selection.leaderboard.timeScore?.reason?.contains("no time") == true)
    }

    /// Rows of an hour that are in the table twice tell each other's count.
    @Test func theScoreOfRepeatedHoursIsThatOfOtherHours() throws {
        let (table, unseen) = RowTables.hours()
        func score(_ validation: ValidationChoice) throws -> (shown: Double, truth: Double, summary: String) {
            let (finished, experiment) = try run(
                table,
                ExperimentSettings(
                    target: "count", budget: .trials(1), seed: 1, folds: 4, learners: ["gradient_boosting"],
                    validation: validation))
            let target = Target(task: .regression, values: unseen.column("count")?.doubles() ?? [])
            let truth = Metric.rmse.evaluate(
                try finished.model.predict(unseen), target, rows: (0..<Int32(unseen.rowCount)).map { $0 }, weights: nil)
            return (finished.leaderboard.best?.score ?? .nan, truth, experiment.validation.summary)
        }
        let kept = try score(.auto)
        #expect(kept.summary.hasSuffix("rows of one \"date_time\" kept together"))
        // Three standard errors: 1 / √2n of each, of some 1,200 hours and of some 300.
        #expect(abs(kept.shown / kept.truth - 1) < 0.14, "\(kept)")
        let random = try score(.random)
        #expect(random.shown < 0.86 * random.truth, "\(random)")
    }
}
