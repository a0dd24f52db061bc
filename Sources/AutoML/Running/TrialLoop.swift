import Foundation
import Learners
import Synchronization

/// Trains trials on several threads until the budget is used up.
final class TrialLoop: Sendable {
    private struct State {
        var study: Study
        /// Trials proposed that no slot has yet.
        var waiting: [TrialSpec] = []
        var blobs: [Int: TrialBlobs] = [:]
        var best: Leaderboard.Entry?
        /// Longest time that a trial went on after its deadline.
        var longestDelay = 0.0
    }

    private let experiment: PreparedExperiment
    private let layout: ThreadLayout
    private let deadline: Deadline
    private let cancellation: Cancellation
    private let runner: TrialRunner
    private let onEvent: @Sendable (ExperimentEvent) -> Void
    private let state: Mutex<State>
    private let eventLock = NSLock()
    private let condition = NSCondition()

    init(
        _ experiment: PreparedExperiment, layout: ThreadLayout, deadline: Deadline, cancellation: Cancellation,
        memoryLimit: Int, onEvent: @escaping @Sendable (ExperimentEvent) -> Void
    ) {
        self.experiment = experiment
        self.layout = layout
        self.deadline = deadline
        self.cancellation = cancellation
        self.onEvent = onEvent
        runner = TrialRunner(memoryLimit: memoryLimit / layout.slots)
        state = Mutex(State(study: Study(experiment)))
    }

    /// Returns when no trial is left to run, or no time.
    func runTrials() {
        let group = DispatchGroup()
        for slot in 1..<max(1, layout.slots) {
            group.enter()
            let thread = Thread {
                self.work()
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.name = "martlet-trials-\(slot)"
            thread.start()
        }
        work()
        group.wait()
    }

    /// Selects and assembles the model from what the trials left behind.
    func finish(_ context: TrainingContext) throws -> FinishedExperiment {
        let (study, blobs) = state.withLock { ($0.study, $0.blobs) }
        return try study.finish(
            { trial in
                guard let own = blobs[trial] else {
                    throw AutoMLError(.noModel, "what trial \(trial) left behind is gone")
                }
                return own
            }, context: context)
    }

    private func work() {
        let pool = ThreadPool(threadCount: layout.threadsPerTrial)
        defer { pool.stop() }
        while let spec = nextSpec() {
            report(.trialStarted(spec))
            let started = DispatchTime.now().uptimeNanoseconds
            let last = Atomic<UInt64>(0)
            let context = TrainingContext(pool: pool, cancellation: cancellation) { fraction in
                // Progress in hundredths, each told once.
                let step = UInt64(max(0, min(1, fraction)) * 100)
                if step > last.load(ordering: .relaxed) {
                    last.store(step, ordering: .relaxed)
                    self.report(.trialProgress(trial: spec.index, fraction: Double(step) / 100))
                }
            }
            let outcome = runner.run(spec, experiment, context: context)
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
            record(outcome, delay: seconds - (spec.timeLimitSeconds ?? .infinity))
        }
    }

    /// The next trial; waits while one may be decided by trials that are still running.
    private func nextSpec() -> TrialSpec? {
        condition.lock()
        defer { condition.unlock() }
        while !cancellation.isCancelled, !deadline.hasPassed {
            let (spec, isWaiting) = state.withLock { state in
                let spec = next(&state)
                return (spec, !state.study.openSpecs.isEmpty)
            }
            if let spec { return spec }
            guard isWaiting else { return nil }
            condition.wait()
        }
        return nil
    }

    private func next(_ state: inout State) -> TrialSpec? {
        if case .seconds = experiment.settings.budget {
            let clock = Study.Clock(
                secondsLeft: min(1e9, deadline.secondsLeft) - reserve(state), threadsPerTrial: layout.threadsPerTrial)
            return state.study.propose(limit: 1, clock: clock).first
        }
        state.waiting += state.study.propose()
        if layout.slots > 1 { state.waiting = state.study.longestFirst(state.waiting) }
        return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
    }

    private func record(_ outcome: TrialOutcome, delay: Double) {
        let best = state.withLock { state -> Leaderboard.Entry? in
            state.study.record(outcome.result)
            state.longestDelay = max(state.longestDelay, delay)
            if let blobs = outcome.blobs {
                state.blobs[outcome.result.index] = blobs
                let kept = Set(state.study.finalists)
                state.blobs = state.blobs.filter { kept.contains($0.key) }
            }
            let best = state.study.leaderboard.best
            guard best?.trial != state.best?.trial else { return nil }
            state.best = best
            return best
        }
        report(.trialFinished(outcome.result))
        if let best { report(.bestChanged(best)) }
        condition.withLock { condition.broadcast() }
    }

    private func report(_ event: ExperimentEvent) { eventLock.withLock { onEvent(event) } }

    /// Seconds kept for what comes after the trials: selecting the ensemble, and writing and checking the model.
    private func reserve(_ state: borrowing State) -> Double {
        guard case .seconds(let seconds) = experiment.settings.budget else { return 0 }
        let rows = Double(experiment.validation.scoredRows.count)
        let candidates = Double(min(40, max(1, state.blobs.count)))
        let selecting = rows * candidates * 40 * 5 * 2.5e-9 / Double(layout.slots * layout.threadsPerTrial)
        let bytes = state.blobs.values.reduce(0) { $0 + $1.models.count }
        let writing = 0.15 + Double(min(bytes, 400 << 20)) / 200e6
        // Training stops at the deadline, and then the last fold is still to be predicted.
        let folds = Double(experiment.validation.splitCount)
        let predicting = state.study.endedResults.reduce(0) { max($0, $1.predictSeconds / folds) }
        return min(0.25 * seconds, selecting + writing + max(state.longestDelay, predicting))
    }
}
