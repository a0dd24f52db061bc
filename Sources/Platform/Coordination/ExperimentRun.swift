internal import AutoML
internal import Dispatch
internal import Learners
internal import Synchronization
internal import Telemetry

/// One experiment under way: proposes trials, takes results in, and ends it. It goes on from whatever the stores hold, so it
/// may be started again after any interruption, here or elsewhere; who started it before is then refused by the stores.
final class ExperimentRun: Sendable {
    /// News for the run.
    enum Signal: Sendable {
        case result(TrialResult)
        /// A slot is free again; what it gave comes as soon as it is kept.
        case freed
        /// A worker did not do a trial: it failed for that reason, or has less memory than so many bytes.
        case returned(index: Int, worker: String, bytes: Int?, reason: String?)
        case progress(index: Int, share: Double)
        /// The workers are others, or do something else.
        case workforce
        case cancel
        /// A moment of the time budget has come.
        case time
    }

    private let stores: Stores
    private let patience: Patience
    private let data: ExperimentData
    private let workforce: Workforce
    private let solitude: Solitude
    private let threads: Int
    private let memory: Int
    private let settling: Double
    private let metrics: CoordinatorMetrics
    private let log: Logger
    private let experimentID: String
    private let thread: WorkThread
    private let pool: LazyPool
    private let signals: AsyncStream<Signal>
    private let inbox: AsyncStream<Signal>.Continuation
    private let cancelled = Cancellation()

    init(
        experimentID: String, stores: Stores, patience: Patience, data: ExperimentData, workforce: Workforce,
        solitude: Solitude, threads: Int, memory: Int, settling: Double, metrics: CoordinatorMetrics, log: Logger
    ) {
        self.patience = patience
        self.solitude = solitude
        self.experimentID = experimentID
        self.stores = stores
        self.data = data
        self.workforce = workforce
        self.threads = threads
        self.memory = memory
        self.settling = settling
        self.metrics = metrics
        self.log = log
        thread = WorkThread(name: "martlet-coordinator")
        pool = LazyPool(threads: threads)
        (signals, inbox) = AsyncStream.makeStream()
    }

    func send(_ signal: Signal) {
        if case .cancel = signal { cancelled.cancel() }
        inbox.yield(signal)
    }

    /// Runs until the experiment has ended, or the task is cancelled, which leaves it to be resumed.
    func run() async throws {
        defer {
            thread.stop()
            pool.stop()
        }
        guard let known = try await stores.experiments.experiment(experimentID), !known.state.isFinal else { return }
        let term = try await stores.experiments.claim(experimentID)
        // What the one before wrote last may have come between.
        guard var record = try await stores.experiments.experiment(experimentID), !record.state.isFinal else { return }
        var events = try await EventWriter(
            store: stores.experiments, log: stores.log, experimentID: experimentID)
        if try await stores.experiments.isCancellationRequested(of: experimentID) { cancelled.cancel() }
        let isFirst = record.state == .queued
        var clock = BudgetClock(record)
        if isFirst, cancelled.isCancelled {
            return try await end(&record, as: .cancelled, error: nil, clock, term, &events)
        }
        record.state = .running
        record.startedAt = record.startedAt ?? .now()
        record.trainingDeadline = clock.trainingDeadline
        try await stores.experiments.update(record, term: term)
        log.info(
            isFirst ? "the experiment begins" : "the experiment was taken over",
            LogField("dataset_id", record.request.datasetID),
            LogField("term", term))
        if isFirst { try await events.write(.state, record) }
        do {
            let prepared = try await solitude.run { [record] in
                try await patience.run { try await data.experiment(record) }
            }
            record.resolvedTask = prepared.task
            record.resolvedMetric = prepared.metric
            clock.reserve(for: prepared, threads: threads)
            record.trainingDeadline = clock.trainingDeadline
            try await stores.experiments.update(record, term: term)
            let study = try await train(prepared, &record, clock, term, &events)
            try await finish(study, &record, clock, term, &events)
        } catch let error as AutoMLError {
            data.release(experimentID, datasetID: record.request.datasetID)
            try await end(&record, as: .failed, error: error.message, clock, term, &events)
        } catch let error as PlatformError where error.code == .notFound || error.code == .damaged {
            try await end(&record, as: .failed, error: error.message, clock, term, &events)
        }
    }

    // MARK: Training

    private func train(
        _ prepared: PreparedExperiment, _ record: inout ExperimentRecord, _ clock: BudgetClock,
        _ term: Int, _ events: inout EventWriter
    ) async throws -> Study {
        let stored = try await stores.experiments.trials(of: experimentID)
        var trials = Dictionary(stored.map { ($0.index, $0) }) { $1 }
        var study = Study(prepared, resuming: stored.map(\.spec), results: stored.compactMap(\.result))
        update(&record, study, clock)
        // Results that came when nobody was there to tell of them.
        for trial in stored where trial.result != nil { try await events.write(.trialFinished, record, trial: trial) }
        var dispatch = TrialDispatch(experimentID: experimentID, workforce: workforce, log: stores.log)
        defer { dispatch.close() }
        if !study.openSpecs.isEmpty {
            // Workers that train them already say so within this time.
            if settling > 0 { try await _Concurrency.Task.sleep(for: .seconds(settling)) }
            dispatch.resume(study.openSpecs)
        }
        let timer = clock.timer { [inbox] in inbox.yield(.time) }
        defer { timer?.cancel() }
        var told = ProgressPace()
        var saving = SavePace()
        for await signal in Signals(first: .time, rest: signals) {
            try _Concurrency.Task.checkCancellation()
            var isNews = true
            var ended: TrialRecord?
            switch signal {
            case .result(let result):
                study.record(result)
                dispatch.end(result.index)
                guard var trial = trials[result.index], trial.result == nil else { break }
                trial.result = result
                trials[result.index] = trial
                ended = trial
                update(&record, study, clock)
                metrics.ended(result)
            case .returned(let index, let worker, let bytes, let reason):
                dispatch.takeBack(index, from: worker, bytes: bytes, reason: reason)
            case .progress(let index, let share):
                guard let trial = trials[index], trial.result == nil, told.isDue(index, of: dispatch.sentCount)
                else { continue }
                update(&record, study, clock)
                // The time used so far must survive a trial of hours.
                if saving.isDue(after: 5) { try await stores.experiments.update(record, term: term) }
                try await events.write(.trialProgress, record, trial: trial, trialProgress: share)
                continue
            case .freed: isNews = false
            case .workforce: isNews = clock.isTimed
            case .cancel, .time: break
            }
            let isOver = cancelled.isCancelled || clock.isOver
            var isOutOfIdeas = false
            var proposed: [TrialRecord] = []
            if isNews, !isOver {
                // Where no worker is there, one trial in the queue makes whatever scales the workers start some.
                let slots = workforce.slots
                let limit =
                    clock.isTimed
                    ? (slots.all == 0 ? 1 - dispatch.sentCount : slots.free) - dispatch.waitingCount : .max
                let specs = limit > 0 ? try await propose(&study, clock, limit: limit) : []
                isOutOfIdeas = limit > 0 && specs.isEmpty
                for spec in specs {
                    let trial = TrialRecord(experimentID: experimentID, spec: spec, proposedAt: .now())
                    trials[spec.index] = try await stores.experiments.put(trial)
                    proposed.append(trial)
                    dispatch.add(spec)
                }
            }
            for hopeless in isOver ? [] : try await dispatch.send(longestFirst: study.longestFirst) {
                guard var trial = trials[hopeless.index] else { continue }
                trial.result = hopeless
                trial.finishedAt = .now()
                trial = try await stores.experiments.put(trial)
                if let result = trial.result { inbox.yield(.result(result)) }
            }
            // Workers do not wait for what is told to people.
            if ended != nil { saving.isBehind = true }
            if saving.isBehind, saving.isDue(after: 1) { try await stores.experiments.update(record, term: term) }
            var news = [ended.flatMap { events.event(.trialFinished, record, trial: $0) }]
            for trial in proposed { news.append(events.event(.trialProposed, record, trial: trial)) }
            try await events.write(news.compactMap { $0 })
            metrics.update(experimentID) { [dispatch, study] standing in
                standing.open = study.openSpecs.count
                (standing.waiting, standing.givenOut) = (dispatch.waitingCount, dispatch.sentCount)
            }
            if isOver || study.isComplete || (study.openSpecs.isEmpty && clock.isTimed && isOutOfIdeas) { break }
        }
        try _Concurrency.Task.checkCancellation()
        return study
    }

    private func propose(_ study: inout Study, _ clock: BudgetClock, limit: Int) async throws -> [TrialSpec] {
        let reading = Study.Clock(
            secondsLeft: clock.trainingSecondsLeft, threadsPerTrial: workforce.threadsPerTrial ?? threads)
        let (next, specs) = try await thread.run { [study] in
            var next = study
            let specs = next.propose(limit: limit, clock: reading)
            return (next, specs)
        }
        study = next
        return specs
    }

    private func update(_ record: inout ExperimentRecord, _ study: Study, _ clock: BudgetClock) {
        let results = study.endedResults
        record.trialsCompleted = results.count
        record.trialsFailed = results.count { $0.status != .completed }
        record.usedSeconds = clock.usedSeconds
        record.progress = max(record.progress, clock.progress(trials: results.count))
        let best = Leaderboard(study.experiment, results: results).best
        record.bestScore = best?.score
        record.bestModelID = best?.trial.map { ModelNames.model(of: experimentID, trial: $0) }
        metrics.update(experimentID) { [record] standing in
            standing.metric = record.resolvedMetric?.rawValue ?? ""
            standing.bestScore = record.bestScore
            standing.progress = record.progress
            standing.failed = record.trialsFailed
            standing.completed = record.trialsCompleted - record.trialsFailed
            standing.open = study.openSpecs.count
        }
    }

    // MARK: The end

    private func finish(
        _ study: Study, _ record: inout ExperimentRecord, _ clock: BudgetClock, _ term: Int,
        _ events: inout EventWriter
    ) async throws {
        let isCancelled = cancelled.isCancelled
        if isCancelled {
            // Whoever missed the order stops now.
            try await stores.log.send(
                ControlMessage(experimentID: experimentID, command: .cancel), key: experimentID, to: Topics.control)
        }
        let finisher = Finisher(stores: stores, experimentID: experimentID, datasetID: record.request.datasetID)
        do {
            let best = try await solitude.run {
                try await finisher.finish(
                    study, timing: .init(memory: memory, clock: clock, cancellation: cancelled), on: thread, pool)
            }
            if let best {
                record.bestModelID = best.modelID
                record.bestScore = best.score
            }
        } catch let error as AutoMLError where error.code == .noModel && isCancelled {
            // Cancelled before there was one.
        }
        // Before the end, so that it is never forgotten; it begins when this run is over.
        if record.bestModelID != nil {
            try await stores.log.send(
                AssemblyMessage(experimentID: experimentID), key: experimentID, to: Topics.assembly)
        }
        try await end(&record, as: isCancelled ? .cancelled : .completed, error: nil, clock, term, &events)
        if record.bestModelID == nil { data.release(experimentID, datasetID: record.request.datasetID) }
    }

    private func end(
        _ record: inout ExperimentRecord, as state: ExperimentState, error: String?, _ clock: BudgetClock,
        _ term: Int, _ events: inout EventWriter
    ) async throws {
        record.state = state
        record.error = error
        record.usedSeconds = clock.usedSeconds
        record.finishedAt = .now()
        record.trainingDeadline = nil
        if state == .completed { record.progress = 1 }
        // The record comes first: who sees the event finds the experiment ended.
        try await stores.experiments.update(record, term: term)
        metrics.ended(record, usedSeconds: clock.usedSeconds)
        var fields = [
            LogField("state", state.rawValue), LogField("trials", record.trialsCompleted),
            LogField("seconds", .number(record.usedSeconds)),
        ]
        if let error { fields.append(LogField("error", error)) }
        log.log(state == .failed ? .warning : .info, "the experiment has ended", fields)
        try await events.write(.state, record)
        try await stores.log.send(
            ControlMessage(experimentID: experimentID, command: .ended), key: experimentID, to: Topics.control)
    }
}

/// A stream with an element in front.
private struct Signals: AsyncSequence {
    let first: ExperimentRun.Signal
    let rest: AsyncStream<ExperimentRun.Signal>

    struct Iterator: AsyncIteratorProtocol {
        var first: ExperimentRun.Signal?
        var rest: AsyncStream<ExperimentRun.Signal>.Iterator

        mutating func next() async -> ExperimentRun.Signal? {
            if let signal = first {
                first = nil
                return signal
            }
            return await rest.next()
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(first: first, rest: rest.makeAsyncIterator()) }
}

/// When the record was kept last: once a second is enough for whoever lists experiments, and the events tell the rest at once.
private struct SavePace {
    private var last = DispatchTime.now().uptimeNanoseconds
    /// Whether there is something in the record that was not kept.
    var isBehind = false

    /// Whether so many seconds have passed; then the record counts as kept.
    mutating func isDue(after seconds: UInt64) -> Bool {
        let now = DispatchTime.now().uptimeNanoseconds
        guard now - last >= seconds * 1_000_000_000 else { return false }
        last = now
        isBehind = false
        return true
    }
}

/// How often an experiment tells of its trials' progress: each trial every two seconds, and all of them four times a second.
private struct ProgressPace {
    private var last: [Int: UInt64] = [:]

    mutating func isDue(_ trial: Int, of count: Int) -> Bool {
        let now = DispatchTime.now().uptimeNanoseconds
        let pause = max(2_000_000_000, UInt64(max(0, count)) * 250_000_000)
        if let last = last[trial], now - last < pause { return false }
        last[trial] = now
        return true
    }
}
