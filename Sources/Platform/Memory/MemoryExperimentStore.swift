internal import Synchronization

/// Experiments in this process's memory.
public final class MemoryExperimentStore: ExperimentStore {
    private struct State {
        var records: [String: ExperimentRecord] = [:]
        var cancelled: Set<String> = []
        var trials: [String: [Int: TrialRecord]] = [:]
        var events: [String: [Int: EventRecord]] = [:]
    }

    private let state = Mutex(State())

    /// A store without experiments.
    public init() {}

    /// Writes an experiment's record.
    public func put(_ record: ExperimentRecord) async throws { state.withLock { $0.records[record.id] = record } }

    /// An experiment's record.
    public func experiment(_ id: String) async throws -> ExperimentRecord? { state.withLock { $0.records[id] } }

    /// Experiments, the newest first.
    public func experiments(limit: Int, after cursor: Cursor?) async throws -> Page<ExperimentRecord> {
        let records = state.withLock { Array($0.records.values) }
        return try Page(newestFirst: records.map { ($0.id, $0) }, limit: limit, after: cursor)
    }

    /// Experiments that have not ended.
    public func unfinishedExperiments() async throws -> [ExperimentRecord] {
        state.withLock { $0.records.values.filter { !$0.state.isFinal } }.sorted { $0.id < $1.id }
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
    public func put(_ trial: TrialRecord) async throws {
        state.withLock { $0.trials[trial.experimentID, default: [:]][trial.index] = trial }
    }

    /// The trial of that index.
    public func trial(_ index: Int, of experimentID: String) async throws -> TrialRecord? {
        state.withLock { $0.trials[experimentID]?[index] }
    }

    /// An experiment's trials.
    public func trials(of experimentID: String) async throws -> [TrialRecord] {
        state.withLock { $0.trials[experimentID].map { Array($0.values) } ?? [] }.sorted { $0.index < $1.index }
    }

    /// Writes an event.
    public func put(_ event: EventRecord, of experimentID: String) async throws {
        state.withLock { $0.events[experimentID, default: [:]][event.sequence] = event }
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
