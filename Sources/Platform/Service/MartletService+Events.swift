extension MartletService {
    /// An experiment's events after a sequence (0 for all), those to come included, until the one that ends it.
    /// - Throws: `.notFound`; the stream throws what the store throws.
    public func events(
        ofExperiment id: String, after sequence: Int
    ) async throws -> AsyncThrowingStream<EventRecord, any Error> {
        _ = try await experiment(id)
        let reader = EventReader(
            store: stores.experiments, experimentID: id, sequence: sequence, pokes: pokes.stream(for: id))
        return AsyncThrowingStream { try await reader.next() }
    }
}

/// Reads an experiment's events from the store, a batch at a time, waiting for a poke where there is none.
private actor EventReader {
    private static let batchSize = 256

    private let store: any ExperimentStore
    private let experimentID: String
    private var sequence: Int
    private var batch: ArraySlice<EventRecord> = []
    private var hasEnded = false
    private var pokes: AsyncStream<Void>.Iterator

    init(store: any ExperimentStore, experimentID: String, sequence: Int, pokes: AsyncStream<Void>) {
        self.store = store
        self.experimentID = experimentID
        self.sequence = sequence
        self.pokes = pokes.makeAsyncIterator()
    }

    func next() async throws -> EventRecord? {
        while !hasEnded {
            if let event = batch.popFirst() {
                sequence = event.sequence
                hasEnded = event.isLast
                return event
            }
            // The record is read before the events: where it has ended, all but the last of them are there.
            let record = try await store.experiment(experimentID)
            let events = try await store.events(of: experimentID, after: sequence, limit: EventReader.batchSize)
            batch = events[...]
            if !batch.isEmpty { continue }
            guard let record else { return nil }
            if record.state.isFinal {
                hasEnded = true
                return try await end(of: record)
            }
            // Isolation is handed over, so the iterator never leaves the actor.
            var iterator = pokes
            let poke: Void? = await iterator.next(isolation: self)
            pokes = iterator
            if poke == nil { return nil }
        }
        return nil
    }

    /// The event that ends an ended experiment, which is written after the record; nil where it was read before.
    private func end(of record: ExperimentRecord) async throws -> EventRecord? {
        let last = try await store.lastSequence(of: experimentID)
        let written = try await store.events(of: experimentID, after: last - 1, limit: 1).last
        if let written, written.isLast { return sequence < last ? written : nil }
        return sequence > last ? nil : EventRecord(endOf: record, sequence: last + 1)
    }
}
