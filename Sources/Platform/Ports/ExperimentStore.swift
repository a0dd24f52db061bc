/// Where experiments lie: their records, trials and events. Every write may be repeated with the same values.
///
/// A record is written by the coordinator that claimed the experiment last, and by no one else: who claimed it earlier is
/// refused, so that a coordinator that was believed dead cannot undo what its successor did.
public protocol ExperimentStore: Sendable {
    /// Accepts an experiment; one that is there stays as it is.
    func create(_ record: ExperimentRecord) async throws

    /// Takes an experiment over.
    /// - Returns: the term, from 1, higher than all before it. Throws `.notFound`.
    func claim(_ id: String) async throws -> Int

    /// Writes an experiment's record. Throws `.conflict` where someone has claimed it since `term`.
    func update(_ record: ExperimentRecord, term: Int) async throws

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

    /// Writes a trial under (experiment, index): a proposal only where there is none, a result only where there is none.
    /// - Returns: the trial as it stands.
    @discardableResult
    func put(_ trial: TrialRecord) async throws -> TrialRecord

    /// The trial of that index.
    func trial(_ index: Int, of experimentID: String) async throws -> TrialRecord?

    /// An experiment's trials, in the order of their indices.
    func trials(of experimentID: String) async throws -> [TrialRecord]

    /// The starts of a trial that were noted and not withdrawn, in no order.
    func starts(ofTrial index: Int, of experimentID: String) async throws -> [TrialStart]

    /// Notes that a worker begins a trial; a start of the same id is replaced.
    /// - Returns: all starts of the trial that were noted and not withdrawn, this one included, in no order.
    func putStart(_ start: TrialStart, ofTrial index: Int, of experimentID: String) async throws -> [TrialStart]

    /// Withdraws a start: the worker handed the trial back whole.
    func removeStart(_ start: TrialStart, ofTrial index: Int, of experimentID: String) async throws

    /// Removes an ended experiment with its trials and events; one that is not there is no error.
    /// - Returns: whether it was there.
    @discardableResult
    func delete(_ id: String) async throws -> Bool

    /// Writes events, each under (experiment, sequence), all or none; at the end of one of the store's partitions those before it
    /// may be kept alone. Throws `.conflict` where there is another under one of these.
    func put(_ events: [EventRecord], of experimentID: String) async throws

    /// An experiment's events with a higher sequence, in order, at most `limit` of them.
    func events(of experimentID: String, after sequence: Int, limit: Int) async throws -> [EventRecord]

    /// The highest sequence among an experiment's events; 0 where there is none.
    func lastSequence(of experimentID: String) async throws -> Int
}

extension ExperimentStore {
    /// The refusal of a write by a coordinator that has been replaced.
    public static func replaced(_ id: String) -> PlatformError {
        PlatformError(.conflict, "another coordinator has taken experiment \(id) over")
    }
}
