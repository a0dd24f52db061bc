internal import AutoML
internal import Synchronization
internal import Telemetry

/// Runs the experiments whose partitions are its own, some at a time and the others in the order they came, and takes in
/// the results of their trials. When it ends, whoever gets its partitions goes on from the stores.
final class Coordinator: Sendable {
    /// How often a run is started again where a store fails, before the experiment fails.
    private static let attempts = 3
    /// Seconds between two looks for experiments that nobody told of.
    private static let sweep = 20.0

    struct Options: Sendable {
        /// Experiments under way at a time.
        var runningExperiments: Int
        /// Threads that select ensembles and score by time.
        var threads: Int
        /// Bytes that scoring by time may be expected to need.
        var memory = Int.max
        /// Seconds in which workers that are there have said so.
        var settling: Double
    }

    private struct State {
        var partitions: Set<Int> = []
        var waiting: [String] = []
        var runs: [String: ExperimentRun] = [:]
        var tasks: [String: _Concurrency.Task<Void, Never>] = [:]
        var listeners: [_Concurrency.Task<Void, Never>] = []
        var consumers: [any MessageConsumer] = []
        var isStopping = false
        /// How often a run ended because a store failed.
        var failures: [String: Int] = [:]
        /// The experiment whose models cannot be put together because the disk is full.
        var roomless: String?
        /// The spans that asked for experiments.
        var parents: [String: SpanContext] = [:]
    }

    let workforce = Workforce()
    private let stores: Stores
    private let patience: Patience
    /// The stores for work that does not wait for room, since those who would make room wait for it.
    private let assemblyStores: Stores
    private let assemblyPatience: Patience
    private let pauses: Pauses
    private let solitude: Solitude
    private let data: ExperimentData
    private let options: Options
    private let metrics: CoordinatorMetrics
    private let log: Logger
    private let tracer: Tracer
    private let state = Mutex(State())

    init(
        stores: Stores, data: ExperimentData, options: Options, solitude: Solitude, pauses: Pauses,
        instruments: Instruments
    ) {
        patience = Patience(pauses)
        assemblyPatience = Patience(pauses, waitsForRoom: false)
        assemblyStores = stores.patient(assemblyPatience)
        self.pauses = pauses
        self.solitude = solitude
        log = instruments.log
        tracer = instruments.tracer
        metrics = CoordinatorMetrics(instruments.metrics, workforce: workforce)
        self.stores = stores.patient(patience)
        self.data = data
        self.options = options
    }

    /// Whether nothing is under way here or waits.
    var isIdle: Bool { state.withLock { $0.runs.isEmpty && $0.waiting.isEmpty } }

    /// The experiment whose models cannot be put together because the disk is full; nil where there is room.
    var roomless: String? { state.withLock { $0.roomless } }

    /// Listens; experiments that have not ended are resumed with the partitions they belong to.
    func start() async throws {
        let workers = try await stores.log.watcher(of: Topics.workers)
        let progress = try await stores.log.watcher(of: Topics.progress)
        let control = try await stores.log.watcher(of: Topics.control)
        let ended = try await stores.log.consumer(of: Topics.assembly, group: Topics.coordinatorGroup)
        let results = try await stores.log.consumer(of: Topics.results, group: Topics.coordinatorGroup) {
            [weak self] change in await self?.take(change)
        }
        let listeners = [
            _Concurrency.Task { await self.muster(workers) },
            _Concurrency.Task { await self.follow(progress) },
            _Concurrency.Task { await self.obey(control) },
            _Concurrency.Task { await self.assemble(ended) },
            _Concurrency.Task { await self.collect(results) },
            _Concurrency.Task { await self.lookAfter() },
        ]
        state.withLock { state in
            state.consumers = [workers, progress, control, ended, results]
            state.listeners = listeners
        }
    }

    /// Leaves experiments to be resumed, and waits until nothing of them runs here.
    func stop() async {
        let (tasks, listeners, consumers) = state.withLock { state in
            state.isStopping = true
            state.waiting = []
            return (Array(state.tasks.values), state.listeners, state.consumers)
        }
        patience.end()
        assemblyPatience.end()
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        for consumer in consumers { await consumer.close() }
        for listener in listeners { listener.cancel() }
        for listener in listeners { await listener.value }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: Which experiments

    private func take(_ change: PartitionChange) async {
        switch change {
        case .assigned(let partitions):
            state.withLock { $0.partitions.formUnion(partitions) }
            await resume(partitions)
        case .revoked(let partitions):
            let tasks = state.withLock { state in
                state.partitions.subtract(partitions)
                state.waiting.removeAll { partitions.contains(Topics.partition(of: $0)) }
                return state.tasks.filter { partitions.contains(Topics.partition(of: $0.key)) }.map(\.value)
            }
            for task in tasks { task.cancel() }
            for task in tasks { await task.value }
        }
    }

    private func resume(_ partitions: Set<Int>) async {
        guard let unfinished = try? await stores.experiments.unfinishedExperiments() else { return }
        let own = unfinished.filter { partitions.contains(Topics.partition(of: $0.id)) }
        // Those that were under way go on before those that waited.
        for record in own where record.state == .running { submit(record.id) }
        for record in own where record.state == .queued { submit(record.id) }
    }

    /// Workers that fall silent, and experiments whose message was lost.
    private func lookAfter() async {
        var seconds = 0.0
        while !isStopping {
            try? await _Concurrency.Task.sleep(for: .seconds(1))
            if _Concurrency.Task.isCancelled { return }
            workforce.dismissSilent()
            for run in state.withLock({ Array($0.runs.values) }) { run.send(.workforce) }
            seconds += 1
            if seconds >= Coordinator.sweep {
                seconds = 0
                await resume(state.withLock { $0.partitions })
            }
        }
    }

    /// Runs an experiment as soon as there is room, where it is this coordinator's.
    private func submit(_ id: String, within parent: SpanContext? = nil) {
        state.withLock { state in
            guard !state.isStopping, state.partitions.contains(Topics.partition(of: id)), state.runs[id] == nil,
                !state.waiting.contains(id)
            else { return }
            state.waiting.append(id)
            state.parents[id] = parent
            startWaiting(&state)
        }
    }

    private func startWaiting(_ state: inout State) {
        while state.runs.count < max(1, options.runningExperiments), !state.waiting.isEmpty {
            launch(state.waiting.removeFirst(), &state)
        }
    }

    private func launch(_ id: String, _ state: inout State) {
        let run = ExperimentRun(
            experimentID: id, stores: stores, patience: patience, data: data, workforce: workforce,
            solitude: solitude, threads: options.threads, memory: options.memory, settling: options.settling,
            metrics: metrics,
            log: log.with(LogField("experiment_id", id)))
        state.runs[id] = run
        let parent = state.parents.removeValue(forKey: id)
        state.tasks[id] = _Concurrency.Task {
            var failure: (any Error)?
            do {
                try await self.tracer.span("experiment", within: parent, [LogField("experiment_id", id)]) { _ in
                    try await run.run()
                }
            } catch {
                failure = error is CancellationError ? nil : error
            }
            self.metrics.leave(id)
            await self.ended(id, failure)
        }
    }

    private func ended(_ id: String, _ failure: (any Error)?) async {
        let isReplaced = (failure as? PlatformError)?.code == .conflict
        let failures = state.withLock { state in
            state.runs[id] = nil
            state.tasks[id] = nil
            var failures = 0
            if failure != nil, !isReplaced, !state.isStopping, state.partitions.contains(Topics.partition(of: id)) {
                state.failures[id, default: 0] += 1
                failures = state.failures[id] ?? 0
            }
            if !state.isStopping { startWaiting(&state) }
            return failures
        }
        // Where even that cannot be kept, the next look for unfinished experiments tries again.
        let isLost = failures >= Coordinator.attempts
        if let failure {
            log.log(
                isReplaced ? .info : isLost ? .error : .warning,
                isReplaced ? "another coordinator has taken the experiment over" : "a run of the experiment failed",
                LogField("experiment_id", id), LogField("error", "\(failure)"))
        }
        guard let failure, failures > 0 else { return }
        if isLost {
            try? await fail(id, "it could not be run: \(failure)")
        } else {
            _Concurrency.Task {
                try? await _Concurrency.Task.sleep(for: .seconds(failures))
                self.submit(id)
            }
        }
    }

    private func fail(_ id: String, _ reason: String) async throws {
        guard var record = try await stores.experiments.experiment(id), !record.state.isFinal else { return }
        let term = try await stores.experiments.claim(id)
        record.state = .failed
        record.error = reason
        record.finishedAt = .now()
        try await stores.experiments.update(record, term: term)
        metrics.ended(record, usedSeconds: record.usedSeconds)
        var events = try await EventWriter(store: stores.experiments, log: stores.log, experimentID: id)
        try await events.write(.state, record)
    }

    private func run(of id: String) -> ExperimentRun? { state.withLock { $0.runs[id] } }

    // MARK: What comes in

    private func collect(_ results: any MessageConsumer) async {
        while let message = try? await results.next() {
            do {
                if let report = message.decoded(ReportMessage.self) {
                    try await take(report, within: SpanContext(headers: message.headers))
                }
                try await patience.run { try await results.commit(message) }
            } catch {
                // Not committed: it comes again with the next start, as the trial then does.
                continue
            }
        }
    }

    private func take(_ report: ReportMessage, within parent: SpanContext?) async throws {
        let id = report.experimentID
        switch report.kind {
        case .submitted: submit(id, within: parent)
        case .result:
            guard let result = report.result else { return }
            // The slot gets its next trial while this one's result is kept.
            workforce.release(TrialKey(experimentID: id, index: result.index))
            run(of: id)?.send(.freed)
            // The first result of a trial stays; others of it change nothing.
            guard var trial = try await stores.experiments.trial(result.index, of: id) else { return }
            if trial.result == nil {
                trial.result = result
                trial.finishedAt = .now()
                trial = try await stores.experiments.put(trial)
            }
            if let standing = trial.result { run(of: id)?.send(.result(standing)) }
        case .refused, .failed:
            guard let index = report.index, let worker = report.worker else { return }
            workforce.release(TrialKey(experimentID: id, index: index))
            run(of: id)?.send(
                .returned(index: index, worker: worker, bytes: report.bytes, reason: report.reason))
        }
    }

    /// Puts together the models of experiments that have ended. What fails here is done when a model is asked for.
    private func assemble(_ ended: any MessageConsumer) async {
        let thread = WorkThread(name: "martlet-assembly")
        let pool = LazyPool(threads: 1)
        defer {
            thread.stop()
            pool.stop()
        }
        while let message = try? await ended.next() {
            if let order = message.decoded(AssemblyMessage.self) {
                await waitForEnd(of: order.experimentID)
                await assembleAsThereIsRoom(order.experimentID, on: thread, pool)
            }
            if isStopping { return }
            try? await patience.run { try await ended.commit(message) }
            // Whoever waits for it hears of it as of an event.
            try? await stores.log.append([], key: Topics.assembly, to: Topics.events)
        }
    }

    private func assembleAsThereIsRoom(_ id: String, on thread: WorkThread, _ pool: LazyPool) async {
        var pause = 1.0
        var wait: Pauses.Wait?
        defer {
            wait?.end()
            state.withLock { $0.roomless = nil }
        }
        while true {
            do {
                return try await solitude.run { try await assemble(id, on: thread, pool) }
            } catch let error as PlatformError where error.code == .noRoom && !isStopping {
                wait = wait ?? pauses.begin(error)
                state.withLock { $0.roomless = id }
                // Who waits to delete something need not wait for it.
                try? await stores.log.append([], key: Topics.assembly, to: Topics.events)
                guard (try? await _Concurrency.Task.sleep(for: .seconds(pause))) != nil else { return }
                pause = min(pause * 2, 10)
            } catch {
                log.warning(
                    "models were not put together, which is done when they are asked for",
                    LogField("experiment_id", id), LogField("error", "\(error)"))
                return
            }
        }
    }

    /// Waits for the run of an experiment, here or, a moment longer, with another coordinator.
    private func waitForEnd(of id: String) async {
        await state.withLock { $0.tasks[id] }?.value
        while !isStopping, let record = try? await stores.experiments.experiment(id), !record.state.isFinal {
            try? await _Concurrency.Task.sleep(for: .milliseconds(250))
        }
    }

    private func assemble(_ id: String, on thread: WorkThread, _ pool: LazyPool) async throws {
        let stores = assemblyStores
        guard let record = try await stores.experiments.experiment(id), record.state.isFinal else { return }
        defer { data.release(id, datasetID: record.request.datasetID) }
        guard let leaderboard = try await stores.models.leaderboard(of: id) else { return }
        let prepared = try await data.experiment(record)
        let trials = try await stores.experiments.trials(of: id)
        let study = try await thread.run {
            Study(prepared, resuming: trials.map(\.spec), results: trials.compactMap(\.result))
        }
        let finisher = Finisher(stores: stores, experimentID: id, datasetID: record.request.datasetID)
        try await finisher.assembleAll(study, leaderboard, on: thread, pool) { self.isStopping }
    }

    private func muster(_ workers: any MessageConsumer) async {
        while let message = try? await workers.next() {
            guard let report = message.decoded(WorkerMessage.self) else { continue }
            workforce.hear(report)
            for run in state.withLock({ Array($0.runs.values) }) { run.send(.workforce) }
        }
    }

    private func follow(_ progress: any MessageConsumer) async {
        while let message = try? await progress.next() {
            guard let report = message.decoded(ProgressMessage.self) else { continue }
            run(of: report.trial.experimentID)?.send(.progress(index: report.trial.index, share: report.share))
        }
    }

    private func obey(_ control: any MessageConsumer) async {
        while let message = try? await control.next() {
            guard let order = message.decoded(ControlMessage.self), order.command == .cancel else { continue }
            if let run = run(of: order.experimentID) {
                run.send(.cancel)
            } else {
                // One that waits for its turn need not wait for its end.
                state.withLock { state in
                    guard let place = state.waiting.firstIndex(of: order.experimentID) else { return }
                    state.waiting.remove(at: place)
                    launch(order.experimentID, &state)
                }
            }
        }
    }
}
