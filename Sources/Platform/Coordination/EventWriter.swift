/// Numbers an experiment's events, keeps them, and wakes its watchers. Used by the experiment's coordinator alone.
struct EventWriter {
    let store: any ExperimentStore
    let log: any MessageLog
    private var sequence: Int
    /// Whether the event that ends the experiment is there.
    private(set) var hasEnded = false
    /// Trials whose end was told.
    private(set) var reported: Set<Int> = []

    /// Goes on after the events that are there.
    init(store: any ExperimentStore, log: any MessageLog, experimentID: String) async throws {
        self.store = store
        self.log = log
        sequence = 0
        while true {
            let batch = try await store.events(of: experimentID, after: sequence, limit: 1000)
            guard let last = batch.last else { break }
            sequence = last.sequence
            hasEnded = last.isLast
            for event in batch where event.kind == .trialFinished {
                if let index = event.trial?.index { reported.insert(index) }
            }
        }
    }

    mutating func write(
        _ kind: EventRecord.Kind, _ record: ExperimentRecord, trial: TrialRecord? = nil,
        trialProgress: Double? = nil
    ) async throws {
        if hasEnded { return }
        if kind == .trialFinished, let trial, !reported.insert(trial.index).inserted { return }
        sequence += 1
        let event =
            record.state.isFinal
            ? EventRecord(endOf: record, sequence: sequence)
            : EventRecord(
                sequence: sequence, kind: kind, at: .now(), state: record.state, progress: record.progress,
                trial: trial.map(EventRecord.Trial.init), trialProgress: trialProgress, bestScore: record.bestScore,
                bestModelID: record.bestModelID, error: record.error)
        hasEnded = event.isLast
        try await store.put(event, of: record.id)
        try await log.append([], key: record.id, to: Topics.events)
    }
}
