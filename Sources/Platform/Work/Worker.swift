internal import AutoML
internal import Foundation
internal import Learners
internal import Synchronization

/// Takes trials from the log, trains them on threads of its own, and reports: first the blobs, then the result, and only
/// then is the trial committed.
final class Worker: Sendable {
    /// How often a trial is tried where storage or log fail, before it is reported as failed.
    private static let attempts = 3

    private struct Key: Hashable {
        let experimentID: String
        let index: Int
    }

    private struct State {
        var running: [Key: Cancellation] = [:]
        var cancelled: Set<String> = []
        var isStopping = false
        var consumer: (any MessageConsumer)?
        var control: (any MessageConsumer)?
        var tasks: [_Concurrency.Task<Void, Never>] = []
        var trialsDone = 0
    }

    private let stores: Stores
    private let data: ExperimentData
    private let slots: Int
    private let threads: Int
    private let runner: TrialRunner
    private let state = Mutex(State())

    init(stores: Stores, data: ExperimentData, slots: Int, threads: Int, memoryLimit: Int) {
        self.stores = stores
        self.data = data
        self.slots = slots
        self.threads = threads
        runner = TrialRunner(memoryLimit: memoryLimit)
    }

    /// Trials under way.
    var runningCount: Int { state.withLock { $0.running.count } }

    /// Trials done since the start.
    var trialsDone: Int { state.withLock { $0.trialsDone } }

    func start() async throws {
        let consumer = try await stores.log.consumer(of: Topics.trials, group: Topics.workers)
        let control = try await stores.log.watcher(of: Topics.control)
        var tasks = [_Concurrency.Task { await self.obey(control) }]
        for slot in 0..<slots {
            tasks.append(_Concurrency.Task { await self.serve(consumer, slot: slot) })
        }
        state.withLock { state in
            state.consumer = consumer
            state.control = control
            state.tasks = tasks
        }
    }

    /// Stops what is running and hands it back to the log.
    func stop() async {
        let (consumer, control, tasks, running) = state.withLock { state in
            state.isStopping = true
            return (state.consumer, state.control, state.tasks, Array(state.running.values))
        }
        for cancellation in running { cancellation.cancel() }
        await control?.close()
        await consumer?.close()
        for task in tasks { await task.value }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: Control

    private func obey(_ control: any MessageConsumer) async {
        while let message = try? await control.next() {
            guard let order = message.decoded(ControlMessage.self) else { continue }
            switch order.command {
            case .cancel:
                let running = state.withLock { state in
                    state.cancelled.insert(order.experimentID)
                    return state.running.filter { $0.key.experimentID == order.experimentID }.map(\.value)
                }
                for cancellation in running { cancellation.cancel() }
            case .ended:
                state.withLock { _ = $0.cancelled.remove(order.experimentID) }
            }
            try? await control.commit(message)
        }
    }

    // MARK: Trials

    private func serve(_ consumer: any MessageConsumer, slot: Int) async {
        let thread = WorkThread(name: "martlet-slot-\(slot)")
        let pool = LazyPool(threads: threads)
        defer {
            thread.stop()
            pool.stop()
        }
        while let message = try? await consumer.next() {
            let isDone = await handle(message, on: thread, pool)
            if isStopping, !isDone { return }
            if isDone { try? await consumer.commit(message) }
        }
    }

    /// Whether the message is dealt with.
    private func handle(_ message: Message, on thread: WorkThread, _ pool: LazyPool) async -> Bool {
        guard let trial = message.decoded(TrialMessage.self) else { return true }
        for attempt in 1...Worker.attempts {
            if isStopping { return false }
            do {
                return try await train(trial, on: thread, pool)
            } catch {
                guard attempt == Worker.attempts else { continue }
                return (try? await giveUp(trial, error)) != nil
            }
        }
        return true
    }

    private func giveUp(_ trial: TrialMessage, _ error: any Error) async throws {
        guard let record = try await stores.experiments.trial(trial.index, of: trial.experimentID) else { return }
        try await report(
            trial, TrialResult(record.spec, status: .failed, reason: "it could not be run or stored: \(error)"))
    }

    private func train(_ trial: TrialMessage, on thread: WorkThread, _ pool: LazyPool) async throws -> Bool {
        guard let experiment = try await stores.experiments.experiment(trial.experimentID), !experiment.state.isFinal,
            let record = try await stores.experiments.trial(trial.index, of: trial.experimentID)
        else { return true }
        if let result = record.result {
            // Its result may not have reached the coordinator.
            try await report(trial, result)
            return true
        }
        if let deadline = experiment.trainingDeadline, Timestamp.now() >= deadline { return true }
        let key = Key(experimentID: trial.experimentID, index: trial.index)
        let cancellation = Cancellation()
        let isMine = state.withLock { state in
            guard state.running[key] == nil else { return false }
            state.running[key] = cancellation
            return true
        }
        guard isMine else { return true }
        defer {
            state.withLock { state in
                state.running[key] = nil
                state.trialsDone += 1
            }
        }
        let isCancelled: Bool
        if state.withLock({ $0.cancelled.contains(trial.experimentID) }) {
            isCancelled = true
        } else {
            isCancelled = try await stores.experiments.isCancellationRequested(of: trial.experimentID)
        }
        if isCancelled { return true }
        let outcome: TrialOutcome
        do {
            let prepared = try await data.experiment(experiment)
            outcome = try await run(record.spec, prepared, experiment, cancellation, on: thread, pool)
        } catch let error as AutoMLError {
            outcome = TrialOutcome(result: TrialResult(record.spec, status: .failed, reason: error.message))
        }
        if outcome.result.status == .cancelled, isStopping { return false }
        if let blobs = outcome.blobs {
            let (models, id) = (stores.models, trial.experimentID)
            try await models.put(blobs.predictions, name: ModelNames.predictions(trial: trial.index), of: id)
            try await models.put(blobs.models, name: ModelNames.models(trial: trial.index), of: id)
        }
        try await report(trial, outcome.result)
        return true
    }

    private func run(
        _ spec: TrialSpec, _ prepared: PreparedExperiment, _ experiment: ExperimentRecord, _ cancellation: Cancellation,
        on thread: WorkThread, _ pool: LazyPool
    ) async throws -> TrialOutcome {
        let (shares, progress) = AsyncStream.makeStream(of: Double.self, bufferingPolicy: .bufferingNewest(1))
        let (log, id) = (stores.log, experiment.id)
        let reporting = _Concurrency.Task {
            for await share in shares {
                try? await log.send(
                    ProgressMessage(experimentID: id, index: spec.index, share: share), key: id, to: Topics.progress)
            }
        }
        defer { progress.finish() }
        let throttle = Throttle(seconds: 0.5)
        let outcome = try await thread.run { [runner] in
            let deadline = experiment.trainingDeadline.map { Deadline.after(seconds: $0.seconds(since: .now())) }
            let context = TrainingContext(
                pool: pool.pool, deadline: deadline ?? .never, cancellation: cancellation
            ) { share in
                if throttle.passes() { progress.yield(share) }
            }
            return runner.run(spec, prepared, context: context)
        }
        progress.finish()
        await reporting.value
        return outcome
    }

    private func report(_ trial: TrialMessage, _ result: TrialResult) async throws {
        try await stores.log.send(
            ResultMessage(experimentID: trial.experimentID, result: result), key: trial.experimentID,
            to: Topics.results)
    }
}

/// A slot's threads, made with its first trial.
final class LazyPool: Sendable {
    private let made = Mutex<ThreadPool?>(nil)
    private let threads: Int

    init(threads: Int) { self.threads = threads }

    var pool: ThreadPool {
        made.withLock { made in
            if let made { return made }
            let pool = ThreadPool(threadCount: threads)
            made = pool
            return pool
        }
    }

    func stop() { made.withLock { $0?.stop() } }
}

/// Lets one call pass in so many seconds.
final class Throttle: Sendable {
    private let next = Mutex<UInt64>(0)
    private let interval: UInt64

    init(seconds: Double) { interval = UInt64(seconds * 1e9) }

    func passes() -> Bool {
        let now = DispatchTime.now().uptimeNanoseconds
        return next.withLock { next in
            guard now >= next else { return false }
            next = now + interval
            return true
        }
    }
}
