import AutoML
import Learners
import Search
import Testing

struct StudyTests {
    private static let learners = LearnerSet(
        [WindowLearner(), WindowLearner(name: "other")], models: [WindowModel.self])

    private func prepare(trials: Int, learners: LearnerSet = StudyTests.learners) throws -> PreparedExperiment {
        try PreparedExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .trials(trials)),
            learners: learners)
    }

    /// A result whose score depends on the trial alone.
    private func result(_ spec: TrialSpec) -> TrialResult {
        let bins = spec.configuration.double("bins", default: 8)
        return TrialResult(
            index: spec.index, learner: spec.learner, configuration: spec.configuration, status: .completed,
            score: 0.9 - abs(bins - 20) / 100, fitSeconds: Double(spec.index % 3))
    }

    @Test func anyOrderOfResultsGivesTheSameTrials() throws {
        let experiment = try prepare(trials: 40)
        func trials(workers: Int, seed: UInt64) -> [TrialSpec] {
            var study = Study(experiment)
            var random = RandomSource(seed: seed)
            var running: [TrialSpec] = []
            var waiting: [TrialSpec] = []
            while !study.isComplete {
                waiting += study.propose()
                while running.count < workers, !waiting.isEmpty { running.append(waiting.removeFirst()) }
                study.record(result(running.remove(at: random.below(running.count))))
            }
            return study.specs
        }
        let one = trials(workers: 1, seed: 0)
        #expect(one.count == 40)
        #expect(Set(one.map { Proposal(arm: $0.learner, configuration: $0.configuration) }).count == 40)
        for workers in [2, 3, 8, 20] { #expect(trials(workers: workers, seed: UInt64(workers)) == one) }
    }

    @Test func itLooksNoFurtherAheadThanAgreed() throws {
        var study = Study(try prepare(trials: 40))
        let first = study.propose()
        #expect(first.map(\.index) == Array(0..<Study.lookAhead))
        // The last results alone open nothing: trial 8 waits for trial 0.
        for spec in first.dropFirst() { study.record(result(spec)) }
        #expect(study.propose().isEmpty)
        study.record(result(first[0]))
        #expect(study.propose().count == Study.lookAhead)
    }

    @Test func slotsGetTheLongestTrialsFirst() throws {
        var study = Study(try prepare(trials: 40))
        let specs = study.propose()
        #expect(study.longestFirst(specs) == specs)
        // Nothing is known of the learners that none has ended of; those come first, in the order of their indices.
        var ended = result(specs[0])
        ended.fitSeconds = 3
        study.record(ended)
        let unknown = specs.dropFirst().filter { $0.learner != specs[0].learner }
        #expect(Array(study.longestFirst(Array(specs.dropFirst())).prefix(unknown.count)) == unknown)
        // A neighbour of one that took long is expected to take long.
        while !study.isComplete {
            for spec in study.openSpecs {
                var ended = result(spec)
                ended.fitSeconds = spec.index.isMultiple(of: 3) ? 9 : 1
                study.record(ended)
            }
            _ = study.propose()
        }
        let again = study.longestFirst(study.specs)
        let third = again.prefix(again.count / 3)
        #expect(third.filter { $0.index.isMultiple(of: 3) }.count * 3 > third.count * 2)
        #expect(Set(again.map(\.index)) == Set(0..<40))
    }

    @Test func aResultCountsOnce() throws {
        var study = Study(try prepare(trials: 5))
        let specs = study.propose()
        study.record(result(specs[1]))
        var other = result(specs[1])
        other.score = 0.1
        study.record(other)
        other.index = 77
        study.record(other)
        #expect(study.endedResults == [result(specs[1])])
        #expect(study.openSpecs.map(\.index) == [0, 2, 3, 4])
    }

    @Test func aStudyResumes() throws {
        let experiment = try prepare(trials: 30)
        var whole = Study(experiment)
        while !whole.isComplete {
            _ = whole.propose()
            for spec in whole.openSpecs { whole.record(result(spec)) }
        }
        let half = Array(whole.specs[..<16])
        var resumed = Study(experiment, resuming: half, results: half[..<12].map(result))
        #expect(resumed.openSpecs.map(\.index) == [12, 13, 14, 15])
        while !resumed.isComplete {
            _ = resumed.propose()
            for spec in resumed.openSpecs { resumed.record(result(spec)) }
        }
        #expect(resumed.specs == whole.specs)
    }

    @Test func finalistsAreTheBestAndTheBestOfEachLearner() throws {
        var study = Study(try prepare(trials: 60))
        while !study.isComplete {
            _ = study.propose()
            for spec in study.openSpecs {
                var result = result(spec)
                if spec.learner == "other" { result.score = 0.2 + Double(spec.index) / 1000 }
                study.record(result)
            }
        }
        let scores = study.finalists.compactMap { study.results[$0]?.score }
        #expect(scores == scores.sorted(by: >))
        #expect(study.finalists.contains { study.specs[$0].learner == "other" })
    }

    @Test func aClockHoldsBackWhatWouldTakeTooLong() throws {
        let experiment = try PreparedExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .seconds(10)),
            learners: StudyTests.learners)
        var study = Study(experiment)
        #expect(study.propose(limit: 3).isEmpty)
        let first = study.propose(limit: 1, clock: Study.Clock(secondsLeft: 9))
        #expect(first.first?.timeLimitSeconds == 9)
        var slow = result(first[0])
        slow.fitSeconds = 8
        study.record(slow)
        #expect(study.propose(limit: 1, clock: Study.Clock(secondsLeft: 1)).isEmpty)
    }
}
