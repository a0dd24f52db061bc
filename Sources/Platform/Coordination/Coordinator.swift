internal import AutoML
internal import Synchronization

/// Runs experiments, some at a time and the others in the order they came, and takes in the results of trials for all.
final class Coordinator: Sendable {
    /// How often a run is started again where a store fails, before the experiment fails.
    private static let attempts = 3

    private struct State {
        var waiting: [String] = []
        var runs: [String: ExperimentRun] = [:]
        var tasks: [String: _Concurrency.Task<Void, Never>] = [:]
        var listeners: [_Concurrency.Task<Void, Never>] = []
        var consumers: [any MessageConsumer] = []
        var isStopping = false
        /// How often a run ended because a store failed.
        var failures: [String: Int] = [:]
    }

    private let stores: Stores
    private let data: ExperimentData
    private let capacity: ExperimentRun.Capacity
    private let limit: Int
    private let state = Mutex(State())

    init(stores: Stores, data: ExperimentData, capacity: ExperimentRun.Capacity, limit: Int) {
        self.stores = stores
        self.data = data
        self.capacity = capacity
        self.limit = max(1, limit)
    }

    /// Experiments under way and waiting.
    var counts: (running: Int, waiting: Int) { state.withLock { ($0.runs.count, $0.waiting.count) } }

    /// Resumes what has not ended.
    func start() async throws {
        let results = try await stores.log.consumer(of: Topics.results, group: Topics.coordinators)
        let ended = try await stores.log.consumer(of: Topics.assembly, group: Topics.coordinators)
        let progress = try await stores.log.watcher(of: Topics.progress)
        let control = try await stores.log.watcher(of: Topics.control)
        let listeners = [
            _Concurrency.Task { await self.collect(results) },
            _Concurrency.Task { await self.assemble(ended) },
            _Concurrency.Task { await self.follow(progress) },
            _Concurrency.Task { await self.obey(control) },
        ]
        state.withLock { state in
            state.consumers = [results, ended, progress, control]
            state.listeners = listeners
        }
        // Those that were under way go on before those that waited.
        let unfinished = try await stores.experiments.unfinishedExperiments()
        for record in unfinished where record.state == .running { submit(record.id) }
        for record in unfinished where record.state == .queued { submit(record.id) }
    }

    /// Runs an experiment as soon as there is room.
    func submit(_ id: String) {
        state.withLock { state in
            guard !state.isStopping, state.runs[id] == nil, !state.waiting.contains(id) else { return }
            state.waiting.append(id)
            startWaiting(&state)
        }
    }

    /// Leaves experiments to be resumed, and waits until nothing of them runs here.
    func stop() async {
        let (tasks, listeners, consumers) = state.withLock { state in
            state.isStopping = true
            state.waiting = []
            return (Array(state.tasks.values), state.listeners, state.consumers)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        for consumer in consumers { await consumer.close() }
        for listener in listeners { await listener.value }
    }

    private func startWaiting(_ state: inout State) {
        while state.runs.count < limit, !state.waiting.isEmpty {
            launch(state.waiting.removeFirst(), &state)
        }
    }

    private func launch(_ id: String, _ state: inout State) {
        let run = ExperimentRun(experimentID: id, stores: stores, data: data, capacity: capacity)
        state.runs[id] = run
        state.tasks[id] = _Concurrency.Task {
            var failure: (any Error)?
            do {
                try await run.run()
            } catch {
                failure = error is CancellationError ? nil : error
            }
            await self.ended(id, failure)
        }
    }

    private func ended(_ id: String, _ failure: (any Error)?) async {
        let isLost = state.withLock { state in
            state.runs[id] = nil
            state.tasks[id] = nil
            var isLost = false
            if failure != nil, !state.isStopping {
                state.failures[id, default: 0] += 1
                isLost = state.failures[id] == Coordinator.attempts
                if !isLost { state.waiting.append(id) }
            }
            if !state.isStopping { startWaiting(&state) }
            return isLost
        }
        guard isLost, let failure, var record = try? await stores.experiments.experiment(id) else { return }
        record.state = .failed
        record.error = "it could not be run: \(failure)"
        record.finishedAt = .now()
        try? await stores.experiments.put(record)
        if var events = try? await EventWriter(store: stores.experiments, log: stores.log, experimentID: id) {
            try? await events.write(.state, record)
        }
    }

    private func run(of id: String) -> ExperimentRun? { state.withLock { $0.runs[id] } }

    // MARK: What comes in

    private func collect(_ results: any MessageConsumer) async {
        while let message = try? await results.next() {
            do {
                if let report = message.decoded(ResultMessage.self) { try await take(report) }
                try await results.commit(message)
            } catch {
                // Not committed: it comes again with the next start, as the trial then does.
                continue
            }
        }
    }

    /// Keeps the first result of a trial; others of it change nothing.
    private func take(_ report: ResultMessage) async throws {
        guard
            var trial = try await stores.experiments.trial(report.result.index, of: report.experimentID)
        else { return }
        if trial.result == nil {
            trial.result = report.result
            trial.finishedAt = .now()
            try await stores.experiments.put(trial)
        }
        if let result = trial.result { run(of: report.experimentID)?.send(.result(result)) }
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
                await state.withLock { $0.tasks[order.experimentID] }?.value
                try? await assemble(order.experimentID, on: thread, pool)
            }
            if state.withLock({ $0.isStopping }) { return }
            try? await ended.commit(message)
            // Whoever waits for it hears of it as of an event.
            try? await stores.log.append([], key: Topics.assembly, to: Topics.events)
        }
    }

    private func assemble(_ id: String, on thread: WorkThread, _ pool: LazyPool) async throws {
        guard let record = try await stores.experiments.experiment(id), record.state.isFinal else { return }
        defer { data.release(id, datasetID: record.request.datasetID) }
        guard let leaderboard = try await stores.models.leaderboard(of: id) else { return }
        let prepared = try await data.experiment(record)
        let trials = try await stores.experiments.trials(of: id)
        let study = try await thread.run {
            Study(prepared, resuming: trials.map(\.spec), results: trials.compactMap(\.result))
        }
        let finisher = Finisher(stores: stores, experimentID: id, datasetID: record.request.datasetID)
        try await finisher.assembleAll(study, leaderboard, on: thread, pool) {
            self.state.withLock { $0.isStopping }
        }
    }

    private func follow(_ progress: any MessageConsumer) async {
        while let message = try? await progress.next() {
            guard let report = message.decoded(ProgressMessage.self) else { continue }
            run(of: report.experimentID)?.send(.progress(index: report.index, share: report.share))
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
