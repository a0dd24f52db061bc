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
    private var batch: [EventRecord].Iterator?
    /// Whether events that are not read yet have a poke to come.
    private var isUpToDate = false
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
            if let event = batch?.next() {
                sequence = event.sequence
                hasEnded = event.isLast
                return event
            }
            let isPoked = isUpToDate
            if isPoked {
                // Isolation is handed over, so the iterator never leaves the actor.
                var iterator = pokes
                let poke: Void? = await iterator.next(isolation: self)
                pokes = iterator
                if poke == nil { return nil }
            }
            let count = try await read()
            isUpToDate = isPoked && count < EventReader.batchSize
            if count > 0 { continue }
            guard let record = try await store.experiment(experimentID) else { return nil }
            isUpToDate = !record.state.isFinal
            // All but the last of the events are there before the record says that the experiment has ended.
            if record.state.isFinal, try await read() == 0 {
                hasEnded = true
                return try await end(of: record)
            }
        }
        return nil
    }

    /// The number of events read.
    private func read() async throws -> Int {
        let events = try await store.events(of: experimentID, after: sequence, limit: EventReader.batchSize)
        batch = events.makeIterator()
        return events.count
    }

    /// The event that ends an ended experiment, which is written after the record; nil where it was read before.
    private func end(of record: ExperimentRecord) async throws -> EventRecord? {
        let last = try await store.lastSequence(of: experimentID)
        let written = try await store.events(of: experimentID, after: last - 1, limit: 1).last
        if let written, written.isLast { return sequence < last ? written : nil }
        return sequence > last ? nil : EventRecord(endOf: record, sequence: last + 1)
    }
}
