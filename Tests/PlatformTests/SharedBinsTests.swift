import AutoML
import Learners
import Search
import Tabular
import Testing

@testable import Platform

@Suite struct SharedBinsTests {
    private func prepared(_ settings: ExperimentSettings) throws -> PreparedExperiment {
        let table = try TableReader.read(.bytes(Fixture.csv())).table
        return try PreparedExperiment(table, settings: settings, learners: .standard)
    }

    @Test func oneWorkerMakesThemAndTheOthersFetchThem() async throws {
        let cache = MemoryBlobCache(capacity: 1 << 20)
        let (first, second) = (SharedBins(cache: cache), SharedBins(cache: cache))
        let thread = WorkThread(name: "test")
        defer { thread.stop() }
        let request = ExperimentRequest(datasetID: "d", settings: Fixture.settings(trials: 2))
        let maker = try prepared(request.settings)
        // Nobody has made them yet.
        await first.fetch(request, for: maker.problem, on: thread)
        await first.offer(request, of: maker.problem, on: thread)
        #expect(!maker.problem.hasBins)
        let spec = TrialSpec(
            index: 0, learner: "decision_tree", configuration: .init(), seed: maker.seed, timeLimitSeconds: nil)
        #expect(TrialRunner().run(spec, maker).result.status == .completed)
        await first.offer(request, of: maker.problem, on: thread)

        // Another experiment on the same columns, on another worker.
        var other = request
        other.settings.seed = 99
        other.settings.budget = .seconds(5)
        let taker = try prepared(other.settings)
        await second.fetch(other, for: taker.problem, on: thread)
        #expect(taker.problem.encodedBins == maker.problem.encodedBins)
        #expect(taker.problem.hasBins)
    }

    @Test func theKeyIsThatOfTheFeatures() throws {
        let request = ExperimentRequest(datasetID: "d", settings: Fixture.settings(trials: 2))
        let key = try #require(SharedBins.key(request))
        for change: (inout ExperimentRequest) -> Void in [
            { $0.datasetID = "e" }, { $0.settings.target = "colour" }, { $0.settings.exclude = ["width"] },
            { $0.settings.weight = "width" },
        ] {
            var other = request
            change(&other)
            #expect(SharedBins.key(other) != key)
        }
        var same = request
        same.settings.folds = 7
        same.settings.learners = ["linear"]
        #expect(SharedBins.key(same) == key)
    }
}
