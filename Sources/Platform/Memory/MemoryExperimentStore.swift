internal import Synchronization

/// Experiments in this process's memory.
public final class MemoryExperimentStore: ExperimentStore {
    private struct State {
        var records: [String: (record: ExperimentRecord, term: Int)] = [:]
        var cancelled: Set<String> = []
        var trials: [String: [Int: TrialRecord]] = [:]
        var starts: [String: [Int: [TrialStart]]] = [:]
        var events: [String: [Int: EventRecord]] = [:]
    }

    private let state = Mutex(State())

    /// A store without experiments.
    public init() {}

    /// Accepts an experiment.
    public func create(_ record: ExperimentRecord) async throws {
        state.withLock { state in
            if state.records[record.id] == nil { state.records[record.id] = (record, 0) }
        }
    }

    /// Takes an experiment over.
    public func claim(_ id: String) async throws -> Int {
        try state.withLock { state in
            guard let entry = state.records[id] else {
                throw PlatformError(.notFound, "there is no experiment \(id)")
            }
            state.records[id]?.term = entry.term + 1
            return entry.term + 1
        }
    }

    /// Writes an experiment's record.
    public func update(_ record: ExperimentRecord, term: Int) async throws {
        try state.withLock { state in
            guard state.records[record.id]?.term == term else { throw MemoryExperimentStore.replaced(record.id) }
            state.records[record.id] = (record, term)
        }
    }

    /// An experiment's record.
    public func experiment(_ id: String) async throws -> ExperimentRecord? {
        state.withLock { $0.records[id]?.record }
    }

    /// Experiments, the newest first.
    public func experiments(limit: Int, after cursor: Cursor?) async throws -> Page<ExperimentRecord> {
        let records = state.withLock { $0.records.values.map(\.record) }
        return try Page(newestFirst: records.map { ($0.id, $0) }, limit: limit, after: cursor)
    }

    /// Experiments that have not ended.
    public func unfinishedExperiments() async throws -> [ExperimentRecord] {
        state.withLock { $0.records.values.map(\.record).filter { !$0.state.isFinal } }.sorted { $0.id < $1.id }
    }

    /// Asks for an experiment's end.
    public func requestCancellation(of id: String) async throws {
        state.withLock { _ = $0.cancelled.insert(id) }
    }

    /// Whether someone asked for the experiment's end.
    public func isCancellationRequested(of id: String) async throws -> Bool {
        state.withLock { $0.cancelled.contains(id) }
    }

    /// Writes a trial.
    @discardableResult
    public func put(_ trial: TrialRecord) async throws -> TrialRecord {
        state.withLock { state in
            let standing = state.trials[trial.experimentID]?[trial.index]?.merged(with: trial) ?? trial
            state.trials[trial.experimentID, default: [:]][trial.index] = standing
            return standing
        }
    }

    /// The trial of that index.
    public func trial(_ index: Int, of experimentID: String) async throws -> TrialRecord? {
        state.withLock { $0.trials[experimentID]?[index] }
    }

    /// An experiment's trials.
    public func trials(of experimentID: String) async throws -> [TrialRecord] {
        state.withLock { $0.trials[experimentID].map { Array($0.values) } ?? [] }.sorted { $0.index < $1.index }
    }

    /// The starts of a trial.
    public func starts(ofTrial index: Int, of experimentID: String) async throws -> [TrialStart] {
        state.withLock { $0.starts[experimentID]?[index] ?? [] }
    }

    /// Notes that a worker begins a trial.
    public func putStart(
        _ start: TrialStart, ofTrial index: Int, of experimentID: String
    ) async throws -> [TrialStart] {
        state.withLock { state in
            var starts = state.starts[experimentID]?[index] ?? []
            starts.removeAll { $0.id == start.id }
            starts.append(start)
            state.starts[experimentID, default: [:]][index] = starts
            return starts
        }
    }

    /// Withdraws a start.
    public func removeStart(_ start: TrialStart, ofTrial index: Int, of experimentID: String) async throws {
        state.withLock { $0.starts[experimentID]?[index]?.removeAll { $0.id == start.id } }
    }

    /// Removes an experiment.
    @discardableResult
    public func delete(_ id: String) async throws -> Bool {
        state.withLock { state in
            state.cancelled.remove(id)
            state.trials[id] = nil
            state.starts[id] = nil
            state.events[id] = nil
            return state.records.removeValue(forKey: id) != nil
        }
    }

    /// Writes events, all or none.
    public func put(_ events: [EventRecord], of experimentID: String) async throws {
        try state.withLock { state in
            var all = state.events[experimentID, default: [:]]
            for event in events {
                let standing = all.updateValue(event, forKey: event.sequence)
                guard standing == nil || standing == event else { throw MemoryExperimentStore.replaced(experimentID) }
            }
            state.events[experimentID] = all
        }
    }

    /// An experiment's events after a sequence.
    public func events(of experimentID: String, after sequence: Int, limit: Int) async throws -> [EventRecord] {
        let later = state.withLock { $0.events[experimentID].map { $0.values.filter { $0.sequence > sequence } } ?? [] }
        return Array(later.sorted { $0.sequence < $1.sequence }.prefix(max(0, limit)))
    }

    /// The highest sequence of an experiment's events.
    public func lastSequence(of experimentID: String) async throws -> Int {
        state.withLock { $0.events[experimentID]?.keys.max() ?? 0 }
    }
}
