import Foundation
import Learners
import Search
import Synchronization
import Tabular
import Testing

@testable import AutoML

/// What a limit of memory changes, and what it does not.
struct MemoryLimitTests {
    private func run(
        _ learners: [WindowLearner], trials: Int = 8, threads: Int = 3, memory: LocalExperiment.Memory = .init(),
        onEvent: @escaping @Sendable (ExperimentEvent) -> Void = { _ in }
    ) throws -> FinishedExperiment {
        try LocalExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .trials(trials)),
            learners: LearnerSet(learners, models: [WindowModel.self]),
            options: .init(threads: threads, memory: { memory }), onEvent: onEvent
        ).runBlocking()
    }

    /// The least that a trial of a learner with so many bytes may have, bins included.
    private func least(_ learner: WindowLearner) throws -> Int {
        let experiment = try PreparedExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .trials(8)),
            learners: LearnerSet([learner], models: [WindowModel.self]))
        let spec = TrialSpec(index: 0, learner: learner.name, configuration: [:], seed: Seed(1))
        let bins = experiment.problem.rowCount * experiment.problem.features.columns.count
        return TrialRunner().need(of: spec, experiment).least + bins
    }

    @Test func aTightLimitThatRefusesNothingGivesTheSameBytes() throws {
        let learner = WindowLearner(bytes: 1 << 30)
        let free = try run([learner])
        // One fold of one trial at a time, and all that is left behind in files.
        let least = try least(learner)
        let tight = try run([learner], memory: .init(trials: least, kept: 0))
        #expect(free.artifact == tight.artifact)
        #expect(tight.leaderboard.memoryCut == nil)
        #expect(tight.model.header.memoryCut == nil)
        #expect(throws: AutoMLError.self) { try run([learner], memory: .init(trials: least - 1)) }
    }

    @Test func aRefusedTrialIsToldOfEverywhere() throws {
        let finished = try run(
            [WindowLearner(), WindowLearner(name: "huge", bytes: 1 << 40)], memory: .init(trials: 1 << 30))
        let cut = try #require(finished.leaderboard.memoryCut)
        let refused = finished.leaderboard.entries.filter { $0.learner == "huge" }
        #expect(cut.trials == refused.count && cut.trials > 0)
        #expect(cut.neededBytes > 1 << 40 && cut.limitBytes <= 1 << 30)
        #expect(refused.allSatisfy { $0.status == .failed && $0.reason?.contains("MiB of memory") == true })
        #expect(cut.summary.contains("cut by memory and cannot be compared"))
        // The artifact says it, too, and the JSON of the leaderboard.
        let artifact = try ModelArtifact(
            loading: finished.artifact, learners: LearnerSet([WindowLearner()], models: [WindowModel.self]))
        #expect(artifact.header.memoryCut == cut)
        let json = try JSONEncoder().encode(finished.leaderboard)
        #expect(String(decoding: json, as: UTF8.self).contains("\"memory_cut\":{"))
        #expect(try JSONDecoder().decode(Leaderboard.self, from: json).memoryCut == cut)
        let whole = try JSONEncoder().encode(run([WindowLearner()]).leaderboard)
        #expect(!String(decoding: whole, as: UTF8.self).contains("memory_cut"))
    }

    @Test func aModelThatCannotBePutTogetherIsRefusedWithWhatItNeeds() throws {
        let error = #expect(throws: AutoMLError.self) {
            try run([WindowLearner()], memory: .init(available: { 100 }))
        }
        #expect(error?.code == .noMemory)
        #expect(error?.message.contains("needs about") == true)
    }

    /// A trial that is stopped for want of memory gets a second chance with nothing beside it, and gives the same then.
    @Test func aStoppedTrialIsTriedOnceMoreAlone() throws {
        let free = try run([WindowLearner()], threads: 1)
        let experiment = Mutex<LocalExperiment?>(nil)
        let relieved = Mutex(0)
        let stopping = try LocalExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .trials(8)),
            learners: LearnerSet([WindowLearner()], models: [WindowModel.self]), options: .init(threads: 1)
        ) { event in
            guard case .trialProgress(trial: 2, _) = event, relieved.withLock({ $0 }) == 0 else { return }
            if experiment.withLock({ $0 })?.relieve() == true { relieved.withLock { $0 += 1 } }
        }
        experiment.withLock { $0 = stopping }
        let finished = try stopping.runBlocking()
        #expect(relieved.withLock { $0 } == 1)
        #expect(finished.artifact == free.artifact)
        #expect(!stopping.relieve())
    }

    @Test func aTrialThatRunsShortAloneIsRefused() throws {
        let experiment = Mutex<LocalExperiment?>(nil)
        let stopping = try LocalExperiment(
            Fixtures.binary(), settings: ExperimentSettings(target: "label", budget: .trials(8)),
            learners: LearnerSet([WindowLearner()], models: [WindowModel.self]), options: .init(threads: 1)
        ) { event in
            if case .trialProgress(trial: 2, _) = event { _ = experiment.withLock { $0 }?.relieve() }
        }
        experiment.withLock { $0 = stopping }
        let finished = try stopping.runBlocking()
        #expect(finished.leaderboard.memoryCut?.trials == 1)
        let entry = finished.leaderboard.entries.first { $0.trial == 2 }
        #expect(entry?.status == .failed && entry?.reason?.contains("nothing beside it") == true)
    }

    @Test func theSpoolGivesBackWhatItWasGivenFromMemoryAndFiles() throws {
        let spool = BlobSpool(memoryLimit: 100)
        func blobs(_ size: Int, _ byte: UInt8) -> TrialBlobs {
            TrialBlobs(
                predictions: [UInt8](repeating: byte, count: size),
                models: [UInt8](repeating: byte &+ 100, count: 2 * size))
        }
        for trial in 0..<5 { spool.put(blobs(30, UInt8(trial)), of: trial) }
        #expect(spool.bytesInMemory == 90 && spool.count == 5 && spool.modelBytes == 300)
        for trial in 0..<5 {
            #expect(try spool.predictions(of: trial) == blobs(30, UInt8(trial)).predictions)
            #expect(try spool.models(of: trial) == blobs(30, UInt8(trial)).models)
        }
        #expect(spool.modelBytes(of: [1, 3, 9]) == 120)
        // Trials that have not ended stay whatever is kept of the others.
        spool.keep([3], ofEnded: [0, 1, 3])
        #expect(spool.count == 3)
        #expect(throws: AutoMLError.self) { try spool.models(of: 0) }
        // Without a folder for files it stays in memory.
        let homeless = BlobSpool(memoryLimit: 0, folder: "/nowhere")
        homeless.put(blobs(10, 1), of: 7)
        #expect(try homeless.predictions(of: 7) == blobs(10, 1).predictions && homeless.bytesInMemory == 30)
        let empty = BlobSpool(memoryLimit: -1)
        empty.put(blobs(0, 1), of: 1)
        #expect(try empty.models(of: 1).isEmpty)
    }
}
