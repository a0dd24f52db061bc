internal import Synchronization

/// Repeats what a store or log cannot do at the moment, with growing pauses, until it can or the patience is ended. For work
/// that must outlast a server that is away or a disk that is full; requests of users fail at once instead.
final class Patience: Sendable {
    private static let firstPause = 0.05
    private static let longestPause = 1.0
    /// Room is not made within seconds.
    private static let longestPauseForRoom = 5.0
    /// What lasts no longer than a wait like this is not worth a word.
    private static let quietPause = 0.4

    private let pauses: Pauses
    private let waitsForRoom: Bool
    private let isEnded = Atomic<Bool>(false)

    /// - Parameter waitsForRoom: whether it also waits while the disk is full.
    init(_ pauses: Pauses, waitsForRoom: Bool = true) {
        self.pauses = pauses
        self.waitsForRoom = waitsForRoom
    }

    /// From now on what cannot be done fails at once.
    func end() { isEnded.store(true, ordering: .relaxed) }

    /// The value of `body`, repeated while it throws `.unavailable` or `.noRoom`.
    func run<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        var pause = Patience.firstPause
        var wait: Pauses.Wait?
        defer { wait?.end() }
        while true {
            do {
                return try await body()
            } catch let error as PlatformError where error.code == .unavailable || waitsForRoom && error.code == .noRoom
            {
                if wait == nil, pause >= Patience.quietPause { wait = pauses.begin(error) }
                // Spread, so that all who wait do not come back at once.
                let seconds = pause * Double.random(in: 0.5...1)
                let longest = error.code == .noRoom ? Patience.longestPauseForRoom : Patience.longestPause
                pause = min(pause * 2, longest)
                try await _Concurrency.Task.sleep(for: .seconds(seconds))
                if isEnded.load(ordering: .relaxed) { throw error }
            }
        }
    }
}

extension Stores {
    /// The same stores with that patience; the cache, which never fails, stays as it is.
    func patient(_ patience: Patience) -> Stores {
        var stores = self
        stores.datasets = PatientDatasetStore(store: datasets, patience: patience)
        stores.experiments = PatientExperimentStore(store: experiments, patience: patience)
        stores.models = PatientModelStore(store: models, patience: patience)
        stores.log = PatientMessageLog(log: log, patience: patience)
        return stores
    }
}

private struct PatientDatasetStore: DatasetStore {
    let store: any DatasetStore
    let patience: Patience

    func begin(_ id: String) async throws { try await patience.run { try await store.begin(id) } }

    func put(_ chunks: [DatasetChunk], of id: String) async throws {
        try await patience.run { try await store.put(chunks, of: id) }
    }

    func complete(_ record: DatasetRecord, profile: [UInt8]) async throws {
        try await patience.run { try await store.complete(record, profile: profile) }
    }

    func dataset(_ id: String) async throws -> DatasetRecord? {
        try await patience.run { try await store.dataset(id) }
    }

    func datasets(limit: Int, after cursor: Cursor?) async throws -> Page<DatasetRecord> {
        try await patience.run { try await store.datasets(limit: limit, after: cursor) }
    }

    func profile(of id: String) async throws -> [UInt8]? { try await patience.run { try await store.profile(of: id) } }

    func chunk(_ index: Int, of id: String) async throws -> [UInt8]? {
        try await patience.run { try await store.chunk(index, of: id) }
    }

    @discardableResult
    func delete(_ id: String) async throws -> Bool { try await patience.run { try await store.delete(id) } }

    func removeIncomplete(begunBefore moment: Timestamp) async throws {
        try await patience.run { try await store.removeIncomplete(begunBefore: moment) }
    }
}

private struct PatientExperimentStore: ExperimentStore {
    let store: any ExperimentStore
    let patience: Patience

    func create(_ record: ExperimentRecord) async throws { try await patience.run { try await store.create(record) } }

    func claim(_ id: String) async throws -> Int { try await patience.run { try await store.claim(id) } }

    func update(_ record: ExperimentRecord, term: Int) async throws {
        try await patience.run { try await store.update(record, term: term) }
    }

    func experiment(_ id: String) async throws -> ExperimentRecord? {
        try await patience.run { try await store.experiment(id) }
    }

    func experiments(limit: Int, after cursor: Cursor?) async throws -> Page<ExperimentRecord> {
        try await patience.run { try await store.experiments(limit: limit, after: cursor) }
    }

    func unfinishedExperiments() async throws -> [ExperimentRecord] {
        try await patience.run { try await store.unfinishedExperiments() }
    }

    func requestCancellation(of id: String) async throws {
        try await patience.run { try await store.requestCancellation(of: id) }
    }

    func isCancellationRequested(of id: String) async throws -> Bool {
        try await patience.run { try await store.isCancellationRequested(of: id) }
    }

    @discardableResult
    func put(_ trial: TrialRecord) async throws -> TrialRecord { try await patience.run { try await store.put(trial) } }

    func trial(_ index: Int, of experimentID: String) async throws -> TrialRecord? {
        try await patience.run { try await store.trial(index, of: experimentID) }
    }

    func trials(of experimentID: String) async throws -> [TrialRecord] {
        try await patience.run { try await store.trials(of: experimentID) }
    }

    func starts(ofTrial index: Int, of experimentID: String) async throws -> [TrialStart] {
        try await patience.run { try await store.starts(ofTrial: index, of: experimentID) }
    }

    func putStart(_ start: TrialStart, ofTrial index: Int, of experimentID: String) async throws -> [TrialStart] {
        try await patience.run { try await store.putStart(start, ofTrial: index, of: experimentID) }
    }

    func removeStart(_ start: TrialStart, ofTrial index: Int, of experimentID: String) async throws {
        try await patience.run { try await store.removeStart(start, ofTrial: index, of: experimentID) }
    }

    @discardableResult
    func delete(_ id: String) async throws -> Bool { try await patience.run { try await store.delete(id) } }

    func put(_ events: [EventRecord], of experimentID: String) async throws {
        try await patience.run { try await store.put(events, of: experimentID) }
    }

    func events(of experimentID: String, after sequence: Int, limit: Int) async throws -> [EventRecord] {
        try await patience.run { try await store.events(of: experimentID, after: sequence, limit: limit) }
    }

    func lastSequence(of experimentID: String) async throws -> Int {
        try await patience.run { try await store.lastSequence(of: experimentID) }
    }
}

private struct PatientModelStore: ModelStore {
    let store: any ModelStore
    let patience: Patience

    func put(_ blob: [UInt8], name: String, of experimentID: String) async throws {
        try await patience.run { try await store.put(blob, name: name, of: experimentID) }
    }

    func open(_ name: String, of experimentID: String) async throws -> StoredBlob? {
        let stored = try await patience.run { try await store.open(name, of: experimentID) }
        guard let stored else { return nil }
        return StoredBlob(version: stored.version, size: stored.size) { [patience] index in
            try await patience.run { try await stored.found(index) }
        }
    }

    func removeBlobs(_ names: [String], of experimentID: String) async throws {
        try await patience.run { try await store.removeBlobs(names, of: experimentID) }
    }

    func put(_ record: ModelRecord) async throws { try await patience.run { try await store.put(record) } }

    func model(_ id: String) async throws -> ModelRecord? { try await patience.run { try await store.model(id) } }

    func models(of experimentID: String, limit: Int, after cursor: Cursor?) async throws -> Page<ModelRecord> {
        try await patience.run { try await store.models(of: experimentID, limit: limit, after: cursor) }
    }

    func deleteAll(of experimentID: String) async throws {
        try await patience.run { try await store.deleteAll(of: experimentID) }
    }
}

/// Consumers wait by themselves for a log that is away.
private struct PatientMessageLog: MessageLog {
    let log: any MessageLog
    let patience: Patience

    func createTopic(_ topic: String, partitions: Int, retention: Retention) async throws {
        try await patience.run { try await log.createTopic(topic, partitions: partitions, retention: retention) }
    }

    func append(
        _ payload: [UInt8], key: String, to topic: String, partition: Int?, headers: [String: String]
    ) async throws {
        try await patience.run {
            try await log.append(payload, key: key, to: topic, partition: partition, headers: headers)
        }
    }

    func consumer(
        of topic: String, group: String, onChange: (@Sendable (PartitionChange) async -> Void)?
    ) async throws -> any MessageConsumer {
        try await patience.run { try await log.consumer(of: topic, group: group, onChange: onChange) }
    }

    func watcher(of topic: String) async throws -> any MessageConsumer {
        try await patience.run { try await log.watcher(of: topic) }
    }

    func lag(of topic: String, group: String) async throws -> Int {
        try await patience.run { try await log.lag(of: topic, group: group) }
    }

    func newest(_ limit: Int, of topic: String, partition: Int, before offset: Int64?) async throws -> [Message] {
        try await patience.run { try await log.newest(limit, of: topic, partition: partition, before: offset) }
    }
}
