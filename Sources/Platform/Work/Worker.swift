internal import AutoML
internal import Foundation
internal import Learners
internal import Synchronization
internal import Telemetry

/// Takes trials from the log, trains them on threads of its own, and reports: first the blobs, then the result, and only
/// then is the trial committed.
final class Worker: Sendable {
    /// What a worker has to train with.
    struct Capacity: Sendable {
        /// Trials at a time.
        var slots: Int
        /// Threads of each.
        var threads: Int
        /// Expected bytes, beyond the data, of all trials at a time.
        var memory: Int

        var trialMemory: Int { memory / max(1, slots) }
    }

    /// How often a trial is begun without an end before it is given up; where one process does it all, how often it may fail
    /// at it.
    static let starts = 3

    /// How far a trial is that was taken from the log.
    private enum Phase {
        /// It waits for a slot.
        case waiting
        case training(Cancellation)
        /// What it gave is being kept; its slot is free for the next.
        case keeping

        var cancellation: Cancellation? {
            guard case .training(let cancellation) = self else { return nil }
            return cancellation
        }

        var isWaiting: Bool {
            guard case .waiting = self else { return false }
            return true
        }
    }

    private struct State {
        var trials: [TrialKey: Phase] = [:]
        var cancelled: Set<String> = []
        var partitions: Set<Int> = []
        var isStopping = false
        var consumer: (any MessageConsumer)?
        var control: (any MessageConsumer)?
        var tasks: [_Concurrency.Task<Void, Never>] = []
        var beating: _Concurrency.Task<Void, Never>?
        var trialsDone = 0
        /// Trials that were stopped because the process's memory ran short.
        var relieved: Set<TrialKey> = []
    }

    /// Its name among all workers.
    let name: String
    private let stores: Stores
    private let patience: Patience
    private let data: ExperimentData
    /// Whether nobody but the worker uses `data`.
    private let ownsData: Bool
    private let capacity: Capacity
    private let runner: TrialRunner
    private let slots: Slots
    private let solitude: Solitude
    /// Whether this process does it all: the end of a process is then the end of all that ran.
    private let isOnly: Bool
    private let crashes: CrashRecord?
    private let startedAt = Timestamp.now()
    private let metrics: WorkerMetrics
    private let log: Logger
    private let tracer: Tracer
    private let state = Mutex(State())
    private let beats: AsyncStream<Void>
    private let beat: AsyncStream<Void>.Continuation

    init(
        name: String, stores: Stores, data: ExperimentData, ownsData: Bool, capacity: Capacity,
        solitude: Solitude = Solitude(), isOnly: Bool = false, crashes: CrashRecord? = nil, pauses: Pauses,
        instruments: Instruments
    ) {
        patience = Patience(pauses)
        self.solitude = solitude
        self.isOnly = isOnly
        self.crashes = crashes
        metrics = WorkerMetrics(instruments.metrics)
        tracer = instruments.tracer
        log = instruments.log.with(LogField("worker", name))
        self.name = name
        self.stores = stores.patient(patience)
        self.data = data
        self.ownsData = ownsData
        self.capacity = capacity
        runner = TrialRunner(memory: MemoryBudget(bytes: capacity.memory))
        slots = Slots(count: capacity.slots, threads: capacity.threads)
        (beats, beat) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        instruments.metrics.collect([
            PlatformMetrics.workerSlots, PlatformMetrics.workerSlotsBusy, PlatformMetrics.workerReady,
        ]) { [weak self] collection in
            guard let self else { return }
            collection.add(PlatformMetrics.workerSlots, capacity.slots)
            collection.add(PlatformMetrics.workerSlotsBusy, training)
            collection.add(PlatformMetrics.workerReady, isReady ? 1 : 0)
        }
    }

    /// Trials that it trains now.
    private var training: Int { state.withLock { $0.trials.values.count { $0.cancellation != nil } } }

    /// Whether it takes trials.
    var isReady: Bool { state.withLock { $0.consumer != nil && !$0.isStopping } }

    func start() async throws {
        let control = try await stores.log.watcher(of: Topics.control)
        state.withLock { state in
            state.control = control
            state.beating = _Concurrency.Task { await self.announce() }
        }
        let consumer = try await stores.log.consumer(of: Topics.trials, group: Topics.workerGroup) { [weak self] in
            self?.take($0)
        }
        var tasks = [_Concurrency.Task { await self.obey(control) }]
        // One trial more than it trains, so that a slot that gets free has the next at hand.
        for _ in 0...capacity.slots { tasks.append(_Concurrency.Task { await self.serve(consumer) }) }
        state.withLock { state in
            state.consumer = consumer
            state.tasks = tasks
        }
    }

    /// Stops what is running and hands it back to the log; with `grace` running trials get so many seconds to end first.
    func stop(grace: Double = 0) async {
        let (consumer, control, tasks, beating) = state.withLock { state in
            state.isStopping = true
            return (state.consumer, state.control, state.tasks, state.beating)
        }
        beat.yield()
        if grace > 0 { await drain(grace) }
        for phase in state.withLock({ Array($0.trials.values) }) { phase.cancellation?.cancel() }
        patience.end()
        await control?.close()
        // Slots that wait for a trial end with this, those that train hand theirs back first.
        await consumer?.close()
        for task in tasks { await task.value }
        slots.stop()
        beat.finish()
        await beating?.value
    }

    /// Stops a trial, because the process's memory runs short; it counts as refused. To be called until enough is free.
    func relieve() {
        state.withLock { state in
            // The one that began last has the least to lose.
            let running = state.trials.filter { $0.value.cancellation != nil && !state.relieved.contains($0.key) }
            guard let last = running.max(by: { $0.key.index < $1.key.index }) else { return }
            state.relieved.insert(last.key)
            last.value.cancellation?.cancel()
        }
    }

    /// Waits until nothing runs or is being kept, or for so many seconds.
    private func drain(_ seconds: Double) async {
        let deadline = Deadline.after(seconds: seconds)
        while !deadline.hasPassed, state.withLock({ $0.trials.values.contains { !$0.isWaiting } }) {
            try? await _Concurrency.Task.sleep(for: .milliseconds(50))
        }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: What others know of it

    private func take(_ change: PartitionChange) {
        state.withLock { state in
            switch change {
            case .assigned(let partitions): state.partitions.formUnion(partitions)
            case .revoked(let partitions): state.partitions.subtract(partitions)
            }
        }
        beat.yield()
    }

    /// Says what it does, every second and when something changes.
    private func announce() async {
        let timer = _Concurrency.Task { [beat] in
            while !_Concurrency.Task.isCancelled {
                beat.yield()
                try? await _Concurrency.Task.sleep(for: .seconds(1))
            }
        }
        for await _ in beats { try? await stores.log.send(await message(), key: name, to: Topics.workers) }
        timer.cancel()
        try? await stores.log.send(await message(), key: name, to: Topics.workers)
    }

    private func message() async -> WorkerMessage {
        let cache = stores.cache?.statistics() ?? CacheStatistics()
        return state.withLock { state in
            WorkerMessage(
                name: name, startedAt: startedAt, slots: capacity.slots, threads: capacity.threads,
                trialMemory: capacity.trialMemory, partitions: state.partitions,
                running: state.trials.filter { $0.value.cancellation != nil }.map(\.key),
                waiting: state.trials.filter { $0.value.isWaiting }.map(\.key), trialsDone: state.trialsDone,
                dataHits: data.statistics.hits, dataMisses: data.statistics.misses,
                cacheHits: cache.hits, cacheMisses: cache.misses, isLeaving: state.isStopping)
        }
    }

    // MARK: Control

    private func obey(_ control: any MessageConsumer) async {
        while let message = try? await control.next() {
            guard let order = message.decoded(ControlMessage.self) else { continue }
            switch order.command {
            case .cancel:
                let phases = state.withLock { state in
                    state.cancelled.insert(order.experimentID)
                    return state.trials.filter { $0.key.experimentID == order.experimentID }.map(\.value)
                }
                for phase in phases { phase.cancellation?.cancel() }
            case .ended:
                state.withLock { _ = $0.cancelled.remove(order.experimentID) }
                if ownsData { data.release(order.experimentID, datasetID: nil) }
            }
            try? await control.commit(message)
        }
    }

    // MARK: Trials

    /// What became of a trial's message.
    private enum Handling {
        /// It is dealt with.
        case done
        /// It goes back to the log.
        case handBack
    }

    private func serve(_ consumer: any MessageConsumer) async {
        while !isStopping, let message = try? await consumer.next() {
            let handling = await tracer.span(
                "trial", kind: .consumer, within: SpanContext(headers: message.headers), [LogField("worker", name)]
            ) { await handle(message, $0) }
            guard handling == .done else { return }
            try? await patience.run { try await consumer.commit(message) }
        }
    }

    private func handle(_ message: Message, _ notes: SpanNotes) async -> Handling {
        if isStopping { return .handBack }
        guard let order = message.decoded(TrialMessage.self) else { return .done }
        let trial = order.trial
        notes.add(trial.fields)
        let isMine = state.withLock { state in
            guard state.trials[trial] == nil else { return false }
            state.trials[trial] = .waiting
            return true
        }
        guard isMine else { return .done }
        defer {
            state.withLock { state in
                state.trials[trial] = nil
                state.trialsDone += 1
                state.relieved.remove(trial)
            }
            beat.yield()
            Allocator.giveBackSoon()
        }
        beat.yield()
        var start = TrialStart(id: Identifier.make(), worker: name)
        do {
            start.isAlone = try await isSuspect(trial)
            return try await solitude.run(alone: start.isAlone) {
                switch try await train(order, start) {
                case .ended(let handling): return handling
                case .trained(let outcome):
                    notes.add(outcome.result.fields)
                    try await tracer.span("store result") { _ in try await keep(outcome, of: trial) }
                    return .done
                }
            }
        } catch {
            // Stopped while a store was away: the next one begins it again.
            notes.fail("\(error)")
            if isStopping {
                try? await stores.experiments.removeStart(start, ofTrial: trial.index, of: trial.experimentID)
                return .handBack
            }
            log.error("a trial could not be run", trial.fields + [LogField("error", "\(error)")])
            let report = ReportMessage(
                kind: .failed, experimentID: trial.experimentID, index: trial.index, worker: name, reason: "\(error)")
            return (try? await send(report)) == nil ? .handBack : .done
        }
    }

    /// Whether the trial was under way when a process ended, and must have nothing beside it.
    private func isSuspect(_ trial: TrialKey) async throws -> Bool {
        guard isOnly else { return false }
        let starts = try await stores.experiments.starts(ofTrial: trial.index, of: trial.experimentID)
        return Suspicion(starts, worker: name).isSuspect
    }

    /// Why a trial that was begun so often is not begun once more, and by which starts; nil where it is.
    private func verdict(_ starts: [TrialStart]) -> (reason: String, starts: [TrialStart])? {
        if isOnly, let reason = Suspicion(starts, worker: name).verdict { return (reason, starts) }
        let counting = isOnly ? starts.filter { $0.worker == name } : starts
        guard counting.count >= Worker.starts else { return nil }
        let reason =
            isOnly
            ? "it was begun \(counting.count) times and could not be run"
            : "\(counting.count) workers ended with it or failed at it"
        return (reason, counting)
    }

    /// What a slot made of a trial.
    private enum Attempt {
        case ended(Handling)
        case trained(TrialOutcome)
    }

    /// Trains the trial as soon as there is a slot, which is free again at the end.
    private func train(_ order: TrialMessage, _ start: TrialStart) async throws -> Attempt {
        let trial = order.trial
        let slot = await slots.take()
        let cancellation = Cancellation()
        defer {
            state.withLock { $0.trials[trial] = .keeping }
            slots.giveBack(slot)
        }
        // In one step with the question, or a stop in between would not find it to be cancelled.
        let isStopping = state.withLock { state in
            if !state.isStopping { state.trials[trial] = .training(cancellation) }
            return state.isStopping
        }
        guard !isStopping else { return .ended(.handBack) }
        beat.yield()
        return try await train(order, start, cancellation, on: slot)
    }

    private func train(
        _ order: TrialMessage, _ start: TrialStart, _ cancellation: Cancellation, on slot: Slot
    ) async throws -> Attempt {
        let trial = order.trial
        async let isCancelled = isCancelled(trial.experimentID)
        async let proposed = stores.experiments.trial(trial.index, of: trial.experimentID)
        guard let experiment = try await stores.experiments.experiment(trial.experimentID), !experiment.state.isFinal,
            let record = try await proposed
        else { return .ended(.done) }
        if let result = record.result {
            // It may not have reached the coordinator.
            try await report(trial, result)
            return .ended(.done)
        }
        if let deadline = experiment.trainingDeadline, Timestamp.now() >= deadline { return .ended(.done) }
        if try await isCancelled { return .ended(.done) }
        let starts = try await stores.experiments.putStart(start, ofTrial: trial.index, of: trial.experimentID)
        if let (reason, earlier) = verdict(starts.filter { $0.id != start.id }) {
            // It has not begun it, and must not stand among those who did when the message comes again.
            try await stores.experiments.removeStart(start, ofTrial: trial.index, of: trial.experimentID)
            try await giveUp(record, earlier, order.failures ?? [], reason)
            return .ended(.done)
        }
        if start.isAlone {
            log.log(
                .warning, "a trial that was under way when the process ended runs with nothing beside it", trial.fields)
        }
        var outcome: TrialOutcome
        var needed = 0
        do {
            let prepared = try await tracer.span("load data") { _ in
                try await patience.run { try await data.experiment(experiment) }
            }
            let bytes = runner.need(of: record.spec, prepared).least
            needed = bytes
            guard bytes <= capacity.trialMemory else {
                log.info(
                    "a trial is left to a worker with more memory", trial.fields + [LogField("expected_bytes", bytes)])
                try await stores.experiments.removeStart(start, ofTrial: trial.index, of: trial.experimentID)
                try await send(
                    ReportMessage(
                        kind: .refused, experimentID: trial.experimentID, index: trial.index, worker: name,
                        bytes: bytes))
                return .ended(.done)
            }
            outcome = try await data.sharing(experiment, prepared, learner: record.spec.learner) {
                log.info("a trial begins", trial.fields + [LogField("learner", record.spec.learner)])
                return try await measured(record.spec, expectedBytes: bytes) {
                    try await run(record.spec, prepared, experiment, cancellation, on: slot)
                }
            }
        } catch let error as AutoMLError {
            outcome = TrialOutcome(result: TrialResult(record.spec, status: .failed, reason: error.message))
        }
        if outcome.result.status == .cancelled, isStopping {
            try await stores.experiments.removeStart(start, ofTrial: trial.index, of: trial.experimentID)
            return .ended(.handBack)
        }
        if state.withLock({ $0.relieved.remove(trial) != nil }), outcome.result.status == .cancelled {
            let limit = runner.memory.bytes
            var result = TrialResult(
                record.spec, refusal: MemoryRefusal(neededBytes: max(needed, limit), limitBytes: limit))
            result.reason = "memory ran short while it was trained"
            outcome = TrialOutcome(result: result)
        }
        metrics.ended(outcome.result)
        log.info("a trial has ended", trial.fields + outcome.result.fields)
        return .trained(outcome)
    }

    /// Keeps what a trial gave, and reports it.
    private func keep(_ outcome: TrialOutcome, of trial: TrialKey) async throws {
        if let blobs = outcome.blobs {
            let (models, id) = (stores.models, trial.experimentID)
            async let predictions: Void = models.put(
                blobs.predictions, name: ModelNames.predictions(trial: trial.index), of: id)
            try await models.put(blobs.models, name: ModelNames.models(trial: trial.index), of: id)
            try await predictions
        }
        try await report(trial, outcome.result)
    }

    /// Runs a trial and counts its time and memory.
    private func measured(
        _ spec: TrialSpec, expectedBytes: Int, _ body: () async throws -> TrialOutcome
    ) async rethrows -> TrialOutcome {
        metrics.began(spec.learner, expectedBytes: expectedBytes)
        let growth = ResidentGrowth { [weak self] in self?.training == 1 }
        let start = ContinuousClock.now
        defer { metrics.trained(spec.learner, ContinuousClock.now - start, growth: growth?.end()) }
        return try await tracer.span("train", [LogField("learner", spec.learner)]) { _ in try await body() }
    }

    private func isCancelled(_ experimentID: String) async throws -> Bool {
        if state.withLock({ $0.cancelled.contains(experimentID) }) { return true }
        return try await stores.experiments.isCancellationRequested(of: experimentID)
    }

    private func run(
        _ spec: TrialSpec, _ prepared: PreparedExperiment, _ experiment: ExperimentRecord, _ cancellation: Cancellation,
        on slot: Slot
    ) async throws -> TrialOutcome {
        let (shares, progress) = AsyncStream.makeStream(of: Double.self, bufferingPolicy: .bufferingNewest(1))
        let (log, id) = (stores.log, experiment.id)
        let trial = TrialKey(experimentID: id, index: spec.index)
        let reporting = _Concurrency.Task {
            for await share in shares {
                try? await log.send(ProgressMessage(trial: trial, share: share), key: id, to: Topics.progress)
            }
        }
        defer {
            // A log that is away does not hold the trial up: nobody needs this message.
            progress.finish()
            reporting.cancel()
        }
        let throttle = Throttle(seconds: 1)
        return try await slot.thread.run { [runner, crashes] in
            crashes?.note(trial, slot: slot.index)
            defer { crashes?.note(nil, slot: slot.index) }
            let deadline = experiment.trainingDeadline.map { Deadline.after(seconds: $0.seconds(since: .now())) }
            let context = TrainingContext(
                pool: slot.pool.pool, deadline: deadline ?? .never, cancellation: cancellation
            ) { share in
                if throttle.passes() { Herald.shared.call { progress.yield(share) } }
            }
            return runner.run(spec, prepared, context: context)
        }
    }

    // MARK: Reports

    private func report(_ trial: TrialKey, _ result: TrialResult) async throws {
        try await send(
            ReportMessage(kind: .result, experimentID: trial.experimentID, index: trial.index, result: result))
    }

    private func send(_ report: ReportMessage) async throws {
        try await stores.log.send(report, key: report.experimentID, to: Topics.results)
    }

    private func giveUp(
        _ record: TrialRecord, _ starts: [TrialStart], _ failures: [TrialFailure], _ reason: String
    ) async throws {
        let trial = TrialKey(experimentID: record.experimentID, index: record.index)
        let workers = Set(starts.map(\.worker)).sorted()
        let letter = DeadLetter(
            trial: trial, spec: record.spec, workers: workers, reason: reason, at: .now(),
            starts: DeadLetterRecord.Start.all(of: starts, failures))
        try await stores.log.send(
            letter, key: trial.description, to: Topics.deadLetters, partition: Topics.deadLetterPartition)
        metrics.deadLetters.increment()
        log.error("a trial was given up", trial.fields + [LogField("reason", reason)])
        try await report(
            trial,
            TrialResult(
                record.spec, status: .failed,
                reason: isOnly ? reason : "\(reason): \(workers.joined(separator: ", "))"))
    }
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
