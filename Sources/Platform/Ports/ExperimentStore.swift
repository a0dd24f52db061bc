/// Where experiments lie: their records, trials and events. Every write is an upsert under its key and may be repeated. A
/// record is written by the experiment's coordinator alone, once it is created.
public protocol ExperimentStore: Sendable {
    /// Writes an experiment's record.
    func put(_ record: ExperimentRecord) async throws

    /// An experiment's record.
    func experiment(_ id: String) async throws -> ExperimentRecord?

    /// Experiments, the newest first.
    func experiments(limit: Int, after cursor: Cursor?) async throws -> Page<ExperimentRecord>

    /// Experiments that are queued or running, the oldest first.
    func unfinishedExperiments() async throws -> [ExperimentRecord]

    /// Asks for an experiment's end; anyone may, and the wish is kept until the experiment has ended.
    func requestCancellation(of id: String) async throws

    /// Whether someone asked for the experiment's end.
    func isCancellationRequested(of id: String) async throws -> Bool

    /// Writes a trial under (experiment, index).
    func put(_ trial: TrialRecord) async throws

    /// The trial of that index.
    func trial(_ index: Int, of experimentID: String) async throws -> TrialRecord?

    /// An experiment's trials, in the order of their indices.
    func trials(of experimentID: String) async throws -> [TrialRecord]

    /// Writes an event under (experiment, sequence).
    func put(_ event: EventRecord, of experimentID: String) async throws

    /// An experiment's events with a higher sequence, in order, at most `limit` of them.
    func events(of experimentID: String, after sequence: Int, limit: Int) async throws -> [EventRecord]

    /// The highest sequence among an experiment's events; 0 where there is none.
    func lastSequence(of experimentID: String) async throws -> Int
}
