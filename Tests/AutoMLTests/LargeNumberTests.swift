import Foundation
import Learners
import Search
import Tabular
import Testing

@testable import AutoML

/// Columns and targets near the largest number there is: trained with, or refused with a word.
struct LargeNumberTests {
    private static func table(_ target: [Double], rows: Int = 120) -> Table {
        var random = RandomSource(seed: 4)
        func column(_ name: String, _ value: (Int) -> Double) -> Column {
            Fixtures.numbers(name, (0..<rows).map(value))
        }
        return Table(columns: [
            column("a") { _ in random.normal() },
            column("wide") { $0 % 2 == 0 ? 1.7e308 : -1.7e308 },
            column("large") { 1e155 * Double($0 % 17 - 8) },
            column("least") { $0 % 3 == 0 ? -9_223_372_036_854_775_808 : Double($0 % 5) },
            column("y") { target[$0 % target.count] },
        ])
    }

    @Test(arguments: [Task.binary, .multiclass, .regression])
    func everyLearnerTakesThemAndTheModelIsExplained(_ task: Task) throws {
        let target: [Double] =
            switch task {
            case .binary: [0, 1]
            case .multiclass: [0, 1, 2]
            case .regression: (0..<97).map { Double($0) * 1e29 / 97 - 1e28 }
            }
        let table = LargeNumberTests.table(target)
        let settings = ExperimentSettings(target: "y", task: task, budget: .trials(14), folds: 2)
        let finished = try LocalExperiment(table, settings: settings, options: .init(threads: 2)).runBlocking()
        let failed = finished.leaderboard.entries.filter { $0.rank == nil }
        #expect(failed.isEmpty, "\(failed)")
        let model = try ModelArtifact(loading: finished.artifact)
        let scores = try model.predict(table).values
        #expect(scores.allSatisfy { $0.isFinite })
        var options = Explainer.Options()
        (options.importanceSeconds, options.dependenceSeconds, options.learningCurveSeconds) = (0.1, 0.1, 0.1)
        options.contributionRows = 10
        for given in [nil, table] {
            let explanation = try Explainer(model, options: options).explain(on: given)
            _ = try ReportCoding.encoder().encode(explanation)
            _ = HTMLReport(explanation, name: "large", madeOn: .here()).text
        }
    }

    @Test func aTargetBeyondWhatCanBeLearnedIsRefusedWithAWord() throws {
        for large in [1e155, -1.7e308, 1e31] {
            let table = LargeNumberTests.table((0..<50).map { $0 == 7 ? large : Double($0) })
            let error = #expect(throws: AutoMLError.self) {
                try PreparedExperiment(
                    table, settings: ExperimentSettings(target: "y", budget: .trials(2)), learners: .standard)
            }
            #expect(error?.code == .unsuitableData)
            #expect(error?.description.contains("the target \"y\" is \(large) in row 8") == true, "\(error as Any)")
        }
        var settings = ExperimentSettings(target: "y", budget: .trials(2))
        settings.weight = "wide"
        let error = #expect(throws: AutoMLError.self) {
            try PreparedExperiment(LargeNumberTests.table([1, 2, 3]), settings: settings, learners: .standard)
        }
        #expect(error?.field == "weight")
    }

    @Test func residualsNearTheLargestNumberAreFinite() throws {
        let target = [1e308, -1e308, 1e308, 0, 5]
        let scored = ScoredRows(
            task: .regression, classes: [], predictions: Predictions(outputCount: 1, values: target.map { -$0 }),
            target: Target(task: .regression, values: target), weights: nil, threshold: nil)
        let residuals = Evaluation.Residuals(scored)
        #expect(residuals.counts.reduce(0, +) == 5)
        #expect(residuals.counts.first == 1 && residuals.counts.last == 2)
        _ = try ReportCoding.encoder().encode(residuals)
        // Halved and doubled, the bins of usual residuals are where they were.
        let usual = ScoredRows(
            task: .regression, classes: [], predictions: Predictions(outputCount: 1, values: [0, 0, 0, 0]),
            target: Target(task: .regression, values: [0, 10, 20, 30]), weights: nil, threshold: nil)
        let bins = Evaluation.Residuals(usual)
        #expect(bins.edges.first == 0.15 && bins.edges.last == 29.85)
        #expect(bins.counts.indices.filter { bins.counts[$0] > 0 } == [0, 9, 20, 29])
    }

    @Test(arguments: ["k_nearest_neighbors", "gaussian_naive_bayes"])
    func noRowsHaveSampledContributionsOfNoRows(_ learner: String) throws {
        let model = try LocalExperiment(
            Fixtures.multiclass(rows: 60),
            settings: ExperimentSettings(target: "label", budget: .trials(1), folds: 2, learners: [learner]),
            options: .init(threads: 1)
        ).runBlocking().model
        let whole = Fixtures.multiclass(rows: 2)
        let none = try model.contributions(whole.slice(0..<0), predictionBudget: 100)
        #expect(none.rowCount == 0 && none.outputs.count == 3 && none.base.count == 3)
        #expect(abs(none.base.reduce(0, +) - 1) < 1e-6)
    }
}
