import Foundation
import Learners
import Search
import Tabular
import Testing

@testable import AutoML

/// Whole experiments: one number for one model, at the threshold that it is used at.
struct DecisionStudyTests {
    private func prepare(_ table: Table, _ settings: ExperimentSettings) throws -> PreparedExperiment {
        try PreparedExperiment(
            table, settings: settings, learners: LearnerSet([WindowLearner()], models: [WindowModel.self]))
    }

    private func settings(
        _ metric: Metric, positive: String? = nil, threshold: String? = nil, holdout: Double? = nil
    ) throws -> ExperimentSettings {
        ExperimentSettings(
            target: "label", metric: metric, budget: .trials(4), holdout: holdout, positive: positive,
            threshold: try threshold.map { try ThresholdRule($0) })
    }

    private func finish(_ experiment: PreparedExperiment) throws -> FinishedExperiment {
        var study = Study(experiment)
        var blobs: [Int: TrialBlobs] = [:]
        while !study.isComplete {
            for spec in study.propose() {
                let outcome = TrialRunner().run(spec, experiment)
                study.record(outcome.result)
                blobs[spec.index] = outcome.blobs
            }
        }
        return try study.finish { try #require(blobs[$0]) }
    }

    @Test(arguments: [Metric.f1, .accuracy, .mcc, .balancedAccuracy], [nil, 0.3])
    func trialsAreScoredAtCrossFittedThresholds(metric: Metric, holdout: Double?) throws {
        let experiment = try prepare(Fixtures.binary(rows: 300), settings(metric, holdout: holdout))
        let spec = TrialSpec(index: 0, learner: "window", configuration: ["bins": .integer(12)], seed: Seed(1))
        let outcome = TrialRunner().run(spec, experiment)
        let own = try OutOfFold(decoding: try #require(outcome.blobs).predictions)
        let rows = experiment.validation.scoredRows
        let decided = experiment.decided(own)
        #expect(outcome.result.score == metric.evaluate(decided, experiment.problem.target, rows: rows))
        #expect(outcome.result.metrics?[metric.rawValue] == outcome.result.score)
        #expect(outcome.result.foldScores.count == experiment.validation.splitCount)
    }

    @Test func oneModelHasOneNumber() throws {
        let finished = try finish(try prepare(Fixtures.binary(rows: 300), settings(.f1)))
        let header = finished.model.header
        let evaluation = try #require(finished.model.evaluation?.document.evaluation)
        let shown = evaluation.metrics.first { $0.metric == .f1 }?.score
        #expect(header.score == shown && header.score == finished.leaderboard.best?.score)
        #expect(header.threshold == evaluation.threshold)
    }

    @Test func aRuleIsKeptWithItsNumber() throws {
        let finished = try finish(try prepare(Fixtures.binary(rows: 300), settings(.rocAUC, threshold: "recall>=0.95")))
        let header = finished.model.header
        let threshold = try #require(header.threshold)
        #expect(header.settings.threshold == .recall(0.95) && header.thresholdNote == nil)
        let row = finished.model.evaluation?.document.evaluation.thresholds?.first { $0.threshold == threshold }
        #expect((row?.recall ?? 0) >= 0.95)
        let read = try JSONDecoder().decode(ModelHeader.self, from: try JSONEncoder().encode(header))
        #expect(read == header)
    }

    @Test func aModelDecidesByAnotherRule() throws {
        let finished = try finish(try prepare(Fixtures.binary(rows: 300), settings(.rocAUC)))
        let model = finished.model
        #expect(model.header.threshold == 0.5)
        #expect(try model.deciding(by: .number(0.2)).header.threshold == 0.2)
        #expect(try model.deciding(by: .weights(["yes": 4])).header.threshold == 0.2)
        let all = try #require(model.evaluation?.document.evaluation.thresholds)
        let found = try #require(try model.deciding(by: .recall(0.9)).header.threshold)
        let row = try #require(all.first { $0.threshold == found })
        #expect(try #require(row.recall) >= 0.9)
        let others = all.filter { ($0.recall ?? 0) >= 0.9 }.compactMap(\.precision)
        #expect(others.max() == row.precision)
        let costly = try #require(try model.deciding(by: .cost(falsePositive: 1, falseNegative: 9)).header.threshold)
        func cost(_ scores: Evaluation.ThresholdScores) -> Double { scores.falsePositives + 9 * scores.falseNegatives }
        #expect(all.first { $0.threshold == costly }.map(cost) == all.map(cost).min())
        let bare = try ModelArtifact(
            header: model.header, bags: model.bags, goldenRows: model.goldenRows, context: TrainingContext())
        #expect(throws: AutoMLError.self) { try bare.deciding(by: .recall(0.9)) }
        #expect(try bare.deciding(by: .number(0.2)).header.threshold == 0.2)
    }

    /// Probabilities of noise: the highest are not of one class.
    @Test func whatIsOutOfReachIsSaid() {
        let ranked = RankedDecisions([0.25, 0.5, 0.75], truth: [1, 1, 0], weights: nil)
        let best = ranked.best(.precision(0.9))
        #expect(best?.counts.precision == 2.0 / 3 && best?.counts.recall == 1)
        let note = best.flatMap { DecisionAim.precision(0.9).shortfall($0.counts) }
        #expect(note == "no threshold has a precision of 0.9: the best is 0.6667, with a recall of 1.0")
    }

    @Test func weightsChooseAmongClasses() throws {
        let table = Fixtures.multiclass(rows: 300)
        let plain = try finish(try prepare(table, settings(.accuracy)))
        let weighted = try finish(try prepare(table, settings(.accuracy, threshold: "weights:low=1000")))
        #expect(weighted.model.header.classWeights == [1, 1000, 1])
        let rows = table.selecting((0..<300).map { Int32($0) })
        func low(_ finished: FinishedExperiment) throws -> Int {
            finished.model.labels(try finished.model.predict(rows)).count { $0 == "low" }
        }
        #expect(try low(weighted) > low(plain))
        #expect((weighted.leaderboard.best?.score ?? 1) < (plain.leaderboard.best?.score ?? 0))
    }

    @Test func thePositiveClassIsTheSecond() throws {
        let table = Fixtures.binary(rows: 200)
        #expect(try prepare(table, settings(.f1)).classes == ["no", "yes"])
        #expect(try prepare(table, settings(.f1, positive: "yes")).classes == ["no", "yes"])
        let turned = try prepare(table, settings(.f1, positive: "no"))
        #expect(turned.classes == ["yes", "no"])
        let straight = try prepare(table, settings(.f1))
        #expect(zip(turned.problem.target.values, straight.problem.target.values).allSatisfy { $0 + $1 == 1 })
        let unknown = #expect(throws: AutoMLError.self) { try prepare(table, settings(.f1, positive: "yess")) }
        #expect(unknown?.field == "positive" && unknown?.message.contains("did you mean \"yes\"?") == true)
        #expect(throws: AutoMLError.self) {
            try prepare(Fixtures.multiclass(), settings(.f1, positive: "low"))
        }
    }
}
