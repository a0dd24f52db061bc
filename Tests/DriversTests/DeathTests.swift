import AutoML
import Drivers
import Foundation
import Learners
import Platform
import Search
import Tabular
import Testing

/// What becomes of trials whose process ends while they run, each time in a process of its own.
@Suite(.serialized) struct DeathTests {
    /// An experiment over the embedded folder at `path`, begun or gone on with, in this process until it has ended.
    static func live(_ path: String, _ ending: Ending.Way) async throws {
        let directory = try DataDirectory(path: path)
        var options = MartletService.Options()
        options.slots = 2
        options.threads = 2
        options.spoolFolder = directory.spoolFolder
        let service = MartletService(
            stores: try await directory.stores(), options: options,
            learners: LearnerSet(
                [GaussianNaiveBayesLearner(), Ending(way: ending)], models: LearnerCatalogue.modelTypes),
            crashes: try directory.crashRecord(slots: 2))
        try await service.start()
        var id = try await service.experiments().items.first?.id
        if id == nil {
            var lines = ["a,b,y"]
            for row in 0..<90 { lines.append("\(row * 7 % 31),\(row * 5 % 17),\(row % 3 == 0 ? 1 : 0)") }
            let table = Array(lines.joined(separator: "\n").utf8)
            let dataset = try await service.createDataset(from: .bytes(table), name: "t")
            let settings = ExperimentSettings(target: "y", budget: .trials(6), seed: 5, folds: 2)
            id = try await service.createExperiment(ExperimentRequest(datasetID: dataset.id, settings: settings)).id
        }
        for try await _ in try await service.events(ofExperiment: id ?? "", after: 0) {}
        await service.shutdown()
    }

    /// Checks that the experiment ended with the ending trials failed, `count` of them, and only those.
    private func check(_ folder: TemporaryFolder, reason: String, starts: Int) async throws {
        let directory = try DataDirectory(path: folder.path)
        let stores = try await directory.stores()
        let experiment = try #require(try await stores.experiments.experiments(limit: 1, after: nil).items.first)
        #expect(experiment.state == .completed)
        let trials = try await stores.experiments.trials(of: experiment.id)
        #expect(trials.count == 6)
        for trial in trials {
            #expect((trial.state == .failed) == (trial.spec.learner == Ending.name), "\(trial.index)")
        }
        let failed = try #require(trials.first { $0.state == .failed })
        #expect(failed.result?.reason?.contains(reason) == true, "\(failed.result?.reason ?? "")")
        let letters = try await stores.log.deadLetters(limit: 10, after: nil).items
        #expect(letters.count == trials.count { $0.state == .failed })
        #expect(letters.last?.starts.count == starts)
        await stores.close()
    }

    @Test func aTrialThatTrapsEndsTheProcessThreeTimesAtMost() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        for _ in 0..<3 {
            await #expect(processExitsWith: .signal(SIGILL)) { [path = path as String] in
                try await DeathTests.live(path, .trap)
            }
        }
        await #expect(processExitsWith: .success) { [path = path as String] in
            try await DeathTests.live(path, .trap)
        }
        try await check(folder, reason: "3 times by a trap or fault (SIGILL)", starts: 3)
    }

    /// The first end had others beside it and counts nobody.
    @Test func aTrialThatIsKilledCountsOnlyWhereItIsAlone() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        for _ in 0..<4 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                try await DeathTests.live(path, .kill)
            }
        }
        await #expect(processExitsWith: .success) { [path = path as String] in
            try await DeathTests.live(path, .kill)
        }
        try await check(folder, reason: "3 times without a word while it ran alone", starts: 4)
    }

    /// A trap elsewhere in the process is no trial's.
    @Test func aTrapElsewhereCountsNobody() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        for _ in 0..<5 {
            await #expect(processExitsWith: .signal(SIGILL)) { [path = path as String] in
                try await DeathTests.live(path, .trapElsewhere)
            }
        }
        let stores = try await DataDirectory(path: path).stores()
        let experiment = try #require(try await stores.experiments.experiments(limit: 1, after: nil).items.first)
        for trial in try await stores.experiments.trials(of: experiment.id) {
            #expect(trial.state != .failed)
            let starts = try await stores.experiments.starts(ofTrial: trial.index, of: experiment.id)
            #expect(starts.allSatisfy { $0.trap == nil && !$0.isAlone }, "\(starts)")
        }
        await stores.close()
    }
}

/// A learner that ends its process.
struct Ending: Learner {
    enum Way: String, Sendable {
        case trap, kill, trapElsewhere
    }

    static let name = "ending"
    let way: Way
    var name: String { Ending.name }
    private let model = GaussianNaiveBayesLearner()

    init(way: Way) { self.way = way }

    func searchSpace(for shape: ProblemShape) -> SearchSpace { SearchSpace(parameters: [], portfolio: [[:]]) }

    func estimatedSeconds(for shape: ProblemShape, _ configuration: Configuration) -> Double {
        model.estimatedSeconds(for: shape, [:])
    }

    func estimatedPeakBytes(for shape: ProblemShape, _ configuration: Configuration) -> Int {
        model.estimatedPeakBytes(for: shape, [:])
    }

    func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel {
        switch way {
        case .trap:
            // On a thread that helps, not the trial's own.
            context.pool.forEach(2) { _ in Ending.trap() }
        case .kill: kill(getpid(), SIGKILL)
        case .trapElsewhere:
            let thread = Thread {
                Ending.trap()
            }
            thread.start()
        }
        while true { pause() }
    }

    private static func trap() {
        let empty: [Int] = []
        print(empty[Int(getpid())])
    }
}
