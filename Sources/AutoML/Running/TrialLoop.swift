import Foundation
import Learners
import Synchronization

/// Trains trials on several threads until the budget is used up.
final class TrialLoop: Sendable {
    private struct State {
        var study: Study
        /// Trials proposed that no slot has yet.
        var waiting: [TrialSpec] = []
        /// What may be stopped for want of memory, by index, and what it is expected to need.
        var running: [Int: (cancellation: Cancellation, bytes: Int)] = [:]
        /// Trials that were stopped for want of memory.
        var relieved: Set<Int> = []
        var best: Leaderboard.Entry?
        /// Longest time that a trial went on after its deadline.
        var longestDelay = 0.0
    }

    private let experiment: PreparedExperiment
    private let layout: ThreadLayout
    private let deadline: Deadline
    private let cancellation: Cancellation
    private let runner: TrialRunner
    private let spool: BlobSpool
    private let availableMemory: @Sendable () -> Int
    private let onEvent: @Sendable (ExperimentEvent) -> Void
    private let state: Mutex<State>
    private let eventLock = NSLock()
    private let condition = NSCondition()

    init(
        _ experiment: PreparedExperiment, layout: ThreadLayout, deadline: Deadline, cancellation: Cancellation,
        memory: LocalExperiment.Memory, onEvent: @escaping @Sendable (ExperimentEvent) -> Void
    ) {
        self.experiment = experiment
        self.layout = layout
        self.deadline = deadline
        self.cancellation = cancellation
        self.onEvent = onEvent
        runner = TrialRunner(memory: MemoryBudget(bytes: memory.trials))
        spool = BlobSpool(memoryLimit: memory.kept)
        availableMemory = memory.available
        state = Mutex(State(study: Study(experiment)))
    }

    /// Returns when no trial is left to run, or no time.
    func runTrials() {
        let group = DispatchGroup()
        for slot in 1..<max(1, layout.slots) {
            group.enter()
            let thread = Thread {
                ThreadName.set("trials-\(slot)")
                self.work()
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        work()
        group.wait()
    }

    /// Selects and assembles the model from what the trials left behind. Throws `AutoMLError.noMemory` where that needs more
    /// than there is.
    func finish(_ context: TrainingContext) throws -> FinishedExperiment {
        let study = state.withLock { $0.study }
        let outcomes = experiment.validation.scoredRows.count * experiment.problem.target.outputCount
        // The candidates' predictions, and sums of them in double precision.
        try require(outcomes * (4 * (study.compared.count + 1) + 8 * 6), for: "selecting the ensemble")
        var selection = try study.select({ try self.spool.predictions(of: $0) }, context: context)
        study.scoreByTime(
            &selection, runner: runner, secondsLeft: secondsForTime,
            context: TrainingContext(pool: context.pool, deadline: deadline, cancellation: cancellation))
        // The bytes of the fold models, the models, and the artifact while it grows.
        let models = spool.modelBytes(of: selection.members.map(\.trial))
        try require(models * 5 + outcomes * 24, for: "putting the model together")
        return try study.assemble(selection, { try self.spool.models(of: $0) }, context: context)
    }

    /// Seconds that scoring by time may take, so that the model is still written in time; nil where nothing limits it.
    private var secondsForTime: Double? {
        guard case .seconds(let seconds) = experiment.settings.budget else { return nil }
        return max(0, min(Study.shareForTime * seconds, deadline.secondsLeft - secondsForWriting))
    }

    private var secondsForWriting: Double { 0.15 + Double(min(spool.modelBytes, 400 << 20)) / 200e6 }

    private func require(_ bytes: Int, for what: String) throws {
        let available = availableMemory()
        guard bytes <= available else {
            throw AutoMLError(
                .noMemory, "\(what) needs about \(mebibytes(bytes)) of memory and \(mebibytes(available)) are left")
        }
    }

    /// Stops the trial that is expected to need most of those that run, for the memory runs short; it is tried once more with
    /// nothing beside it where there was something.
    /// - Returns: whether there was one.
    func relieve() -> Bool {
        state.withLock { state in
            let running = state.running.filter { !state.relieved.contains($0.key) }
            guard let largest = running.max(by: { ($0.value.bytes, $0.key) < ($1.value.bytes, $1.key) }) else {
                return false
            }
            state.relieved.insert(largest.key)
            largest.value.cancellation.cancel()
            return true
        }
    }

    private func work() {
        let pool = ThreadPool(threadCount: layout.threadsPerTrial)
        defer { pool.stop() }
        while let spec = nextSpec() {
            report(.trialStarted(spec))
            let started = DispatchTime.now().uptimeNanoseconds
            let last = Atomic<UInt64>(0)
            let outcome = run(spec, on: pool) { fraction in
                // Progress in hundredths, each told once.
                let step = UInt64(max(0, min(1, fraction)) * 100)
                if step > last.load(ordering: .relaxed) {
                    last.store(step, ordering: .relaxed)
                    self.report(.trialProgress(trial: spec.index, fraction: Double(step) / 100))
                }
            }
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
            record(outcome, delay: seconds - (spec.timeLimitSeconds ?? .infinity))
        }
    }

    private func run(
        _ spec: TrialSpec, on pool: ThreadPool, progress: @escaping @Sendable (Double) -> Void
    ) -> TrialOutcome {
        let need = runner.need(of: spec, experiment)
        func attempt(isAlone: Bool) -> (outcome: TrialOutcome, isRelieved: Bool) {
            let own = Cancellation(within: cancellation)
            state.withLock { $0.running[spec.index] = (own, need.least) }
            let context = TrainingContext(pool: pool, cancellation: own, progress: progress)
            let outcome = runner.run(spec, experiment, context: context, isAlone: isAlone)
            return state.withLock { state in
                state.running[spec.index] = nil
                let isRelieved = state.relieved.remove(spec.index) != nil
                return (outcome, isRelieved && outcome.result.status == .cancelled && !cancellation.isCancelled)
            }
        }
        var (outcome, isRelieved) = attempt(isAlone: false)
        if isRelieved { (outcome, isRelieved) = attempt(isAlone: true) }
        guard isRelieved else { return outcome }
        // It was not expected to, but it does.
        let limit = runner.memory.bytes
        var result = TrialResult(spec, refusal: MemoryRefusal(neededBytes: max(need.least, limit), limitBytes: limit))
        result.reason = "memory ran short while it was trained, with nothing beside it"
        return TrialOutcome(result: result)
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
        // Before it is known as ended, for then its blobs may be asked for.
        if let blobs = outcome.blobs { spool.put(blobs, of: outcome.result.index) }
        let best = state.withLock { state -> Leaderboard.Entry? in
            state.study.record(outcome.result)
            state.longestDelay = max(state.longestDelay, delay)
            if outcome.blobs != nil {
                spool.keep(
                    state.study.finalists, predictionsOf: state.study.compared,
                    ofEnded: state.study.endedResults.map(\.index))
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
        let candidates = Double(min(40, max(1, spool.count)))
        let selecting = rows * candidates * 40 * 5 * 2.5e-9 / Double(layout.slots * layout.threadsPerTrial)
        let ended = state.study.endedResults
        // Training stops at the deadline, and then the last fold is still to be predicted.
        let folds = Double(experiment.validation.splitCount)
        let predicting = ended.reduce(0) { max($0, $1.predictSeconds / folds) }
        let reserve = min(0.25 * seconds, selecting + secondsForWriting + max(state.longestDelay, predicting))
        guard experiment.isScoredByTime else { return reserve }
        // Another fit like one of a fold, of a trial that is not known yet.
        let longest = ended.filter { $0.status == .completed }
            .reduce(0) { max($0, ($1.fitSeconds + $1.predictSeconds) / folds) }
        return reserve + min(Study.shareForTime * seconds, 0.05 + 1.3 * longest)
    }
}
