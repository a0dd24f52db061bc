import AutoML
import Learners
import Search
import Tabular
import Testing

struct TrialRunnerTests {
    private func prepare(_ learners: [WindowLearner], folds: Int? = nil) throws -> PreparedExperiment {
        try PreparedExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .trials(6), folds: folds),
            learners: LearnerSet(learners, models: [WindowModel.self]))
    }

    private func spec(_ learner: String = "window") -> TrialSpec {
        TrialSpec(index: 0, learner: learner, configuration: ["bins": .integer(12)], seed: Seed(1))
    }

    @Test func theScoreIsThatOfTheOutOfFoldPredictions() throws {
        let experiment = try prepare([WindowLearner()], folds: 4)
        let outcome = TrialRunner().run(spec(), experiment)
        #expect(outcome.result.status == .completed)
        #expect(outcome.result.foldScores.count == experiment.validation.splitCount)
        let blobs = try #require(outcome.blobs)
        let predictions = try OutOfFold(decoding: blobs.predictions)
        #expect(predictions.rowCount == 200)
        let score = Metric.rocAUC.evaluate(predictions.predictions, experiment.problem.target)
        #expect(score == outcome.result.score)
        let bag = try ModelBag(decoding: blobs.models, learners: experiment.learners)
        #expect(bag.models.count == experiment.validation.splitCount)
        // No fold saw the rows it is scored on: its model differs from the others'.
        let split = experiment.validation.split(0)
        let own = try bag.models[0].predict(
            experiment.problem, rows: split.validation, context: TrainingContext())
        #expect(own.rowCount == split.validation.count)
    }

    @Test func threadsDoNotChangeTheOutcome() throws {
        let experiment = try prepare([WindowLearner()])
        let pool = ThreadPool(threadCount: 3)
        defer { pool.stop() }
        let one = TrialRunner().run(spec(), experiment)
        let three = TrialRunner().run(spec(), experiment, context: TrainingContext(pool: pool))
        #expect(one.blobs == three.blobs)
        #expect(one.result.score == three.result.score)
    }

    /// Folds at a time, memory and whether the trial is alone change nothing either.
    @Test(arguments: [1, 2, 3]) func memoryDoesNotChangeTheOutcome(_ folds: Int) throws {
        let experiment = try prepare([WindowLearner(bytes: 1 << 30)])
        let pool = ThreadPool(threadCount: 3)
        defer { pool.stop() }
        let free = TrialRunner().run(spec(), experiment)
        let need = TrialRunner().need(of: spec(), experiment)
        let memory = MemoryBudget(bytes: need.kept + folds * need.fold)
        let context = TrainingContext(pool: pool)
        let tight = TrialRunner(memory: memory).run(spec(), experiment, context: context)
        let alone = TrialRunner(memory: memory).run(spec(), experiment, context: context, isAlone: true)
        #expect(free.blobs != nil && free.blobs == tight.blobs && free.blobs == alone.blobs)
        #expect(memory.taken == 0)
        let less = TrialRunner(memory: MemoryBudget(bytes: need.least - 1)).run(spec(), experiment, context: context)
        #expect(less.result.refusal == MemoryRefusal(neededBytes: need.least, limitBytes: need.least - 1))
    }

    @Test func whatCannotBeTrainedHasAReason() throws {
        let experiment = try prepare([
            WindowLearner(), WindowLearner(name: "broken", fails: true), WindowLearner(name: "huge", bytes: 1 << 40),
        ])
        let broken = TrialRunner().run(spec("broken"), experiment).result
        #expect(broken.status == .failed)
        #expect(broken.reason == "it never works")
        let huge = TrialRunner(memory: MemoryBudget(bytes: 1 << 30)).run(spec("huge"), experiment).result
        #expect(huge.status == .failed)
        #expect(huge.reason?.contains("1024 MiB") == true)
        #expect(TrialRunner().run(spec("none"), experiment).result.status == .failed)
    }

    @Test func cancellationAndDeadlineEndATrial() throws {
        let experiment = try prepare([WindowLearner()])
        let cancellation = Cancellation()
        cancellation.cancel()
        let cancelled = TrialRunner().run(spec(), experiment, context: TrainingContext(cancellation: cancellation))
        #expect(cancelled.result.status == .cancelled)
        #expect(cancelled.blobs == nil)
        var late = spec()
        late.timeLimitSeconds = 0
        #expect(TrialRunner().run(late, experiment).result.status == .timedOut)
    }

    @Test func aBrokenLearnerDoesNotEndTheRun() throws {
        let learners = LearnerSet(
            [WindowLearner(), WindowLearner(name: "broken", fails: true)], models: [WindowModel.self])
        let finished = try LocalExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .trials(12)), learners: learners
        ).runBlocking()
        let failed = finished.leaderboard.entries.filter { $0.status == .failed }
        #expect(!failed.isEmpty)
        #expect(failed.allSatisfy { $0.rank == nil && $0.reason == "it never works" })
        #expect(finished.leaderboard.entries.suffix(failed.count) == failed)
        #expect(finished.leaderboard.best?.score ?? 0 > 0.6)
    }

    @Test func withoutAnyModelTheRunSaysWhy() throws {
        let learners = LearnerSet([WindowLearner(fails: true)], models: [WindowModel.self])
        let local = try LocalExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .trials(3)), learners: learners)
        do {
            _ = try local.runBlocking()
            Issue.record("it gave a model")
        } catch {
            #expect((error as? AutoMLError)?.code == .noModel)
            #expect("\(error)".contains("it never works"))
        }
    }

    @Test func aCancelledRunEndsWithTheBestModelSoFar() throws {
        let box = CancellationBox()
        let local = try LocalExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .trials(1000)), learners: .window
        ) { event in
            if case .trialFinished(let result) = event, result.index == 3 { box.cancellation?.cancel() }
        }
        box.cancellation = local.cancellation
        let finished = try local.runBlocking()
        #expect(finished.leaderboard.entries.count < 20)
        #expect(finished.leaderboard.best != nil)
    }
}

/// Hands an experiment's cancellation to its own event handler.
private final class CancellationBox: @unchecked Sendable {
    var cancellation: Cancellation?
}
