import Foundation
public import Learners
import Search
import Synchronization
public import Tabular

/// Runs an experiment to its end in this process, on threads of its own.
public final class LocalExperiment: Sendable {
    /// How it runs; none of it changes the models of an experiment whose budget counts trials.
    public struct Options: Sendable {
        /// Threads that train, at least 1.
        public var threads: Int
        /// Memory that it may take, asked once it is prepared.
        public var memory: @Sendable () -> Memory
        /// Seconds of the time budget that are gone already, for reading the table and the like.
        public var secondsSpent: Double

        /// Options of these parts.
        public init(
            threads: Int = 1, memory: @escaping @Sendable () -> Memory = { Memory() },
            secondsSpent: Double = 0
        ) {
            self.threads = max(1, threads)
            self.memory = memory
            self.secondsSpent = secondsSpent
        }
    }

    /// Memory that an experiment may take, in bytes beyond the table.
    public struct Memory: Sendable {
        /// What trials under way may be expected to need.
        public var trials: Int
        /// What ended trials left behind and is kept in memory; more than that lies in files.
        public var kept: Int
        /// What could still be taken now.
        public var available: @Sendable () -> Int

        /// Memory of these parts; without a limit unless given.
        public init(
            trials: Int = .max, kept: Int = .max, available: @escaping @Sendable () -> Int = { .max }
        ) {
            self.trials = trials
            self.kept = kept
            self.available = available
        }
    }

    /// The experiment.
    public let experiment: PreparedExperiment
    /// What seems to tell the target beforehand, the strongest first.
    public let leaks: [Leak]
    /// Raise it to end with the best model so far.
    public let cancellation = Cancellation()

    private let options: Options
    private let deadline: Deadline
    /// When the ensemble must have been scored: a little later, because a model without one is worse than a late one.
    private let lastCall: Deadline
    private let onEvent: @Sendable (ExperimentEvent) -> Void
    private let loop = Mutex<TrialLoop?>(nil)

    /// Prepares an experiment on `table`; throws `AutoMLError` for settings that do not fit it.
    ///
    /// The time budget runs from here, less `options.secondsSpent`. Events come one at a time, from any thread.
    public init(
        _ table: Table, settings: ExperimentSettings, learners: LearnerSet = .standard, options: Options = Options(),
        onEvent: @escaping @Sendable (ExperimentEvent) -> Void = { _ in }
    ) throws {
        if case .seconds(let seconds) = settings.budget {
            deadline = .after(seconds: seconds - options.secondsSpent)
            lastCall = .after(seconds: seconds - options.secondsSpent + 0.3)
        } else {
            deadline = .never
            lastCall = .never
        }
        experiment = try PreparedExperiment(table, settings: settings, learners: learners)
        leaks = try LeakFinder(table, experiment).leaks()
        self.options = options
        self.onEvent = onEvent
    }

    /// Stops the trial that is expected to need most, to be called where memory runs short; it is tried once more alone.
    /// - Returns: whether there was one to be stopped.
    public func relieve() -> Bool { loop.withLock { $0 }?.relieve() ?? false }

    /// Runs on a thread of its own and suspends until the end; a task that is cancelled raises `cancellation`.
    public func run() async throws -> FinishedExperiment {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let thread = Thread {
                    ThreadName.set("experiment")
                    continuation.resume(with: Result { try self.runBlocking() })
                }
                thread.stackSize = 8 << 20
                thread.start()
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Runs on the caller's thread and threads of its own; throws `AutoMLError.noModel` where no trial gave a model.
    public func runBlocking() throws -> FinishedExperiment {
        var memory = options.memory()
        // The bins that trials share are made by the first that needs them.
        memory.trials -= min(
            memory.trials, experiment.problem.rowCount * experiment.problem.features.columns.count)
        let layout = ThreadLayout(experiment, threads: options.threads)
        let run = TrialLoop(
            experiment, layout: layout, deadline: deadline, cancellation: cancellation,
            memory: memory, onEvent: onEvent)
        loop.withLock { $0 = run }
        defer { loop.withLock { $0 = nil } }
        onEvent(.started(ExperimentEvent.Start(experiment, leaks: leaks)))
        run.runTrials()
        onEvent(.ensembling)
        let pool = ThreadPool(threadCount: options.threads)
        defer { pool.stop() }
        do {
            let finished = try run.finish(TrainingContext(pool: pool, deadline: lastCall))
            onEvent(.completed(finished.leaderboard))
            return finished
        } catch {
            let reason =
                cancellation.isCancelled ? AutoMLError(.cancelled, "cancelled before there was a model") : error
            onEvent(.failed("\(reason)"))
            throw reason
        }
    }
}

/// How threads are shared out: so many trials at a time, each on so many threads.
struct ThreadLayout {
    let slots: Int
    let threadsPerTrial: Int

    /// Seconds of a typical trial on one thread, all folds, above which all threads work on one trial.
    private static let longTrial = 20.0

    init(_ experiment: PreparedExperiment, threads: Int) {
        let typical = experiment.learners.learner("gradient_boosting") ?? experiment.learners.all[0]
        let shape = experiment.shape
        let configuration = typical.searchSpace(for: shape).portfolio.first ?? [:]
        let seconds =
            typical.estimatedSeconds(for: shape, configuration) * Double(experiment.validation.splitCount)
        let isLong = !experiment.validation.isCrossValidation || seconds > ThreadLayout.longTrial
        slots = isLong ? 1 : threads
        threadsPerTrial = isLong ? threads : 1
    }
}
