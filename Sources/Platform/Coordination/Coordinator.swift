internal import AutoML
internal import Synchronization

/// Runs experiments, some at a time and the others in the order they came, and takes in the results of trials for all.
final class Coordinator: Sendable {
    private struct State {
        var waiting: [String] = []
        var runs: [String: ExperimentRun] = [:]
        var tasks: [String: _Concurrency.Task<Void, Never>] = [:]
        var listeners: [_Concurrency.Task<Void, Never>] = []
        var consumers: [any MessageConsumer] = []
        var isStopping = false
        /// Experiments that could not be worked on because a store failed, with what it said.
        var failures: [String: String] = [:]
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
        let progress = try await stores.log.watcher(of: Topics.progress)
        let control = try await stores.log.watcher(of: Topics.control)
        let listeners = [
            _Concurrency.Task { await self.collect(results) },
            _Concurrency.Task { await self.follow(progress) },
            _Concurrency.Task { await self.obey(control) },
        ]
        state.withLock { state in
            state.consumers = [results, progress, control]
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
            var failure: String?
            do {
                try await run.run()
            } catch is CancellationError {
                failure = nil
            } catch {
                failure = "\(error)"
            }
            self.ended(id, failure)
        }
    }

    private func ended(_ id: String, _ failure: String?) {
        state.withLock { state in
            state.runs[id] = nil
            state.tasks[id] = nil
            state.failures[id] = failure
            if !state.isStopping { startWaiting(&state) }
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
                state.withLock { $0.failures["results"] = "\(error)" }
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
