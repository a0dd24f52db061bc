internal import CQL
internal import Platform

/// Experiments in Cassandra. Everything that two coordinators could write at once is written conditionally.
struct CassandraExperimentStore: ExperimentStore {
    private static let shards = 16

    private let database: CassandraDatabase
    private let listing: CassandraListing
    /// Conditions on one partition that come at the same time refuse each other and wait for up to 100 ms.
    private let turns = Turns()

    init(_ database: CassandraDatabase) {
        self.database = database
        listing = CassandraListing(database: database, kind: "experiment")
    }

    private static func shard(of id: String) -> Int { Message.partition(ofKey: id, count: shards) }

    // MARK: Records

    func create(_ record: ExperimentRecord) async throws {
        // The lists come first: an id without a record is passed over, a record that no list has would never run.
        try await database.execute(
            "INSERT INTO unfinished_experiments (shard, id) VALUES (?, ?)",
            CassandraExperimentStore.shard(of: record.id),
            record.id)
        try await listing.add(record.id)
        _ = try await database.apply(
            "INSERT INTO experiments (id, term, record) VALUES (?, 0, ?) IF NOT EXISTS", record.id,
            try RecordCodec.encode(record))
    }

    func claim(_ id: String) async throws -> Int {
        while true {
            let term = try await database.first("SELECT term FROM experiments WHERE id = ?", id) {
                try $0[0, as: Int.self]
            }
            guard let term else { throw PlatformError(.notFound, "there is no experiment \(id)") }
            let result = try await database.apply(
                "UPDATE experiments SET term = ? WHERE id = ? IF term = ?", term + 1, id, term)
            if result.isApplied { return term + 1 }
        }
    }

    func update(_ record: ExperimentRecord, term: Int) async throws {
        let result = try await database.apply(
            "UPDATE experiments SET record = ? WHERE id = ? IF term = ?", try RecordCodec.encode(record), record.id,
            term)
        guard result.isApplied else { throw CassandraExperimentStore.replaced(record.id) }
        if record.state.isFinal { try await forgetUnfinished(record.id) }
    }

    private func forgetUnfinished(_ id: String) async throws {
        try await database.execute(
            "DELETE FROM unfinished_experiments WHERE shard = ? AND id = ?", CassandraExperimentStore.shard(of: id), id)
    }

    func experiment(_ id: String) async throws -> ExperimentRecord? {
        let bytes = try await database.first("SELECT record FROM experiments WHERE id = ?", id) {
            try $0[0, as: [UInt8].self]
        }
        return try bytes.map { try RecordCodec.decode($0) }
    }

    func experiments(limit: Int, after cursor: Cursor?) async throws -> Page<ExperimentRecord> {
        try await listing.page(limit: limit, after: cursor) { try await self.experiment($0) }
    }

    func unfinishedExperiments() async throws -> [ExperimentRecord] {
        let ids = try await withThrowingTaskGroup(of: [String].self) { group in
            for shard in 0..<CassandraExperimentStore.shards {
                group.addTask {
                    try await database.query("SELECT id FROM unfinished_experiments WHERE shard = ?", shard) {
                        try $0[0, as: String.self]
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var unfinished: [ExperimentRecord] = []
        for id in ids.sorted() {
            guard let record = try await experiment(id) else { continue }
            if record.state.isFinal {
                // Its end was written, and the list not.
                try await forgetUnfinished(id)
            } else {
                unfinished.append(record)
            }
        }
        return unfinished
    }

    func requestCancellation(of id: String) async throws {
        try await database.execute(
            "INSERT INTO cancellations (experiment_id, requested_at) VALUES (?, ?)", id, Timestamp.now().milliseconds)
    }

    func isCancellationRequested(of id: String) async throws -> Bool {
        try await database.first("SELECT experiment_id FROM cancellations WHERE experiment_id = ?", id) { _ in true }
            ?? false
    }

    // MARK: Trials

    /// What is proposed and how it ended stand in columns of their own: neither is ever overwritten.
    private static func trial(_ row: Row, _ experimentID: String) throws -> TrialRecord? {
        guard let proposal = try row["proposal", as: [UInt8]?.self] else { return nil }
        let record: TrialRecord = try RecordCodec.decode(proposal)
        guard let result = try row["result", as: [UInt8]?.self] else { return record }
        return record.merged(with: try RecordCodec.decode(result))
    }

    @discardableResult
    func put(_ trial: TrialRecord) async throws -> TrialRecord {
        try await turns.take(trial.experimentID) { try await store(trial) }
    }

    private func store(_ trial: TrialRecord) async throws -> TrialRecord {
        if trial.result != nil {
            // Nearly always the proposal is there, and its end is news.
            let ended = try await database.apply(
                "UPDATE trials SET result = ? WHERE experiment_id = ? AND trial = ? IF result = null AND proposal != null",
                try RecordCodec.encode(trial), trial.experimentID, trial.index)
            if ended.isApplied { return try await self.trial(trial.index, of: trial.experimentID) ?? trial }
        }
        var proposal = trial
        proposal.result = nil
        proposal.finishedAt = nil
        let proposed = try await database.apply(
            "INSERT INTO trials (experiment_id, trial, proposal) VALUES (?, ?, ?) IF NOT EXISTS", trial.experimentID,
            trial.index, try RecordCodec.encode(proposal))
        if trial.result != nil {
            let ended = try await database.apply(
                "UPDATE trials SET result = ? WHERE experiment_id = ? AND trial = ? IF result = null",
                try RecordCodec.encode(trial), trial.experimentID, trial.index)
            if proposed.isApplied, ended.isApplied { return trial }
        } else if proposed.isApplied {
            return trial
        }
        return try await self.trial(trial.index, of: trial.experimentID) ?? trial
    }

    func trial(_ index: Int, of experimentID: String) async throws -> TrialRecord? {
        let trial = try await database.first(
            "SELECT proposal, result FROM trials WHERE experiment_id = ? AND trial = ?", experimentID, index
        ) { try CassandraExperimentStore.trial($0, experimentID) }
        return trial ?? nil
    }

    func trials(of experimentID: String) async throws -> [TrialRecord] {
        try await database.query(
            "SELECT proposal, result FROM trials WHERE experiment_id = ? ORDER BY trial", experimentID
        ) { try CassandraExperimentStore.trial($0, experimentID) }.compactMap { $0 }
    }

    func putStart(_ start: TrialStart, ofTrial index: Int, of experimentID: String) async throws -> [TrialStart] {
        try await database.execute(
            "INSERT INTO trial_starts (experiment_id, trial, id, worker) VALUES (?, ?, ?, ?)", experimentID, index,
            start.id, start.worker)
        return try await starts(ofTrial: index, of: experimentID)
    }

    func starts(ofTrial index: Int, of experimentID: String) async throws -> [TrialStart] {
        try await database.query(
            "SELECT id, worker FROM trial_starts WHERE experiment_id = ? AND trial = ?", experimentID, index
        ) { TrialStart(id: try $0[0, as: String.self], worker: try $0[1, as: String.self]) }
    }

    func removeStart(_ start: TrialStart, ofTrial index: Int, of experimentID: String) async throws {
        try await database.execute(
            "DELETE FROM trial_starts WHERE experiment_id = ? AND trial = ? AND id = ?", experimentID, index, start.id)
    }

    // MARK: Removing

    @discardableResult
    func delete(_ id: String) async throws -> Bool {
        let wasThere = try await experiment(id) != nil
        for trial in try await trials(of: id) {
            try await database.execute(
                "DELETE FROM trial_starts WHERE experiment_id = ? AND trial = ?", id, trial.index)
        }
        try await database.execute("DELETE FROM trials WHERE experiment_id = ?", id)
        let buckets = CassandraExperimentStore.bucket(of: try await lastSequence(of: id))
        for bucket in 0...buckets {
            try await database.execute("DELETE FROM events WHERE experiment_id = ? AND bucket = ?", id, bucket)
        }
        try await database.execute("DELETE FROM cancellations WHERE experiment_id = ?", id)
        try await listing.remove(id)
        try await forgetUnfinished(id)
        // The record goes last: what is interrupted can be repeated.
        _ = try await database.apply("DELETE FROM experiments WHERE id = ? IF EXISTS", id)
        return wasThere
    }

    // MARK: Events

    private static func bucket(of sequence: Int) -> Int { sequence / CassandraSchema.eventsPerPartition }

    func put(_ events: [EventRecord], of experimentID: String) async throws {
        let buckets = Dictionary(grouping: events) { CassandraExperimentStore.bucket(of: $0.sequence) }
        for (bucket, events) in buckets.sorted(by: { $0.key < $1.key }) {
            let encoded = try events.map { (sequence: $0.sequence, bytes: try RecordCodec.encode($0)) }
            // One condition for all that is told at a time: each takes four rounds among the replicas.
            var batch = Batch(.unlogged)
            for event in encoded {
                batch.add(
                    "INSERT INTO events (experiment_id, bucket, sequence, record) VALUES (?, ?, ?, ?) IF NOT EXISTS",
                    [experimentID, bucket, event.sequence, event.bytes])
            }
            if try await database.apply(batch).isApplied { continue }
            for event in encoded {
                let standing = try await database.first(
                    "SELECT record FROM events WHERE experiment_id = ? AND bucket = ? AND sequence = ?", experimentID,
                    bucket, event.sequence
                ) { try $0[0, as: [UInt8].self] }
                guard standing == event.bytes else { throw CassandraExperimentStore.replaced(experimentID) }
            }
        }
    }

    func events(of experimentID: String, after sequence: Int, limit: Int) async throws -> [EventRecord] {
        // Sequences are numbers of 32 bits; a client may ask for what comes after any.
        guard sequence < Int(Int32.max) else { return [] }
        var found: [EventRecord] = []
        var bucket = CassandraExperimentStore.bucket(of: max(0, sequence + 1))
        while found.count < limit {
            let part = try await database.query(
                "SELECT record FROM events WHERE experiment_id = ? AND bucket = ? AND sequence > ? LIMIT ?",
                experimentID, bucket, sequence, limit - found.count
            ) { try $0[0, as: [UInt8].self] }
            for bytes in part { found.append(try RecordCodec.decode(bytes)) }
            // A bucket with room left is the last one.
            let end = (bucket + 1) * CassandraSchema.eventsPerPartition - 1
            guard found.last?.sequence == end else { break }
            bucket += 1
        }
        return found
    }

    func lastSequence(of experimentID: String) async throws -> Int {
        var last = 0
        var bucket = 0
        while let highest = try await database.first(
            """
            SELECT sequence FROM events WHERE experiment_id = ? AND bucket = ? ORDER BY sequence DESC LIMIT 1
            """, experimentID, bucket, make: { try $0[0, as: Int.self] })
        {
            last = highest
            bucket += 1
        }
        return last
    }
}
