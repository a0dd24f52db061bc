/// Numbers an experiment's events, keeps them, and wakes its watchers. Used by the experiment's coordinator alone.
struct EventWriter {
    let store: any ExperimentStore
    let log: any MessageLog
    private let experimentID: String
    private var sequence: Int
    /// Whether the event that ends the experiment is there.
    private(set) var hasEnded = false
    /// Trials whose end was told.
    private(set) var reported: Set<Int> = []

    /// Goes on after the events that are there.
    init(store: any ExperimentStore, log: any MessageLog, experimentID: String) async throws {
        self.store = store
        self.log = log
        self.experimentID = experimentID
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

    /// The next event, to be written with `write`; nil where there is nothing to tell: all has ended, or the trial's end was
    /// told before.
    mutating func event(
        _ kind: EventRecord.Kind, _ record: ExperimentRecord, trial: TrialRecord? = nil,
        trialProgress: Double? = nil
    ) -> EventRecord? {
        if hasEnded { return nil }
        if kind == .trialFinished, let trial, !reported.insert(trial.index).inserted { return nil }
        sequence += 1
        let event =
            record.state.isFinal
            ? EventRecord(endOf: record, sequence: sequence)
            : EventRecord(
                sequence: sequence, kind: kind, at: .now(), state: record.state, progress: record.progress,
                trial: trial.map(EventRecord.Trial.init), trialProgress: trialProgress, bestScore: record.bestScore,
                bestModelID: record.bestModelID, error: record.error)
        hasEnded = event.isLast
        return event
    }

    /// Keeps the events, all or none, and wakes who watches.
    func write(_ events: [EventRecord]) async throws {
        guard !events.isEmpty else { return }
        try await store.put(events, of: experimentID)
        try await log.append([], key: experimentID, to: Topics.events)
    }

    /// Keeps one event, and wakes who watches.
    mutating func write(
        _ kind: EventRecord.Kind, _ record: ExperimentRecord, trial: TrialRecord? = nil,
        trialProgress: Double? = nil
    ) async throws {
        try await write([event(kind, record, trial: trial, trialProgress: trialProgress)].compactMap { $0 })
    }
}
