internal import Platform
internal import SQLite

/// Experiments in a SQLite database.
struct SQLiteExperimentStore: ExperimentStore {
    private let database: EmbeddedDatabase

    init(_ database: EmbeddedDatabase) { self.database = database }

    func create(_ record: ExperimentRecord) async throws {
        let bytes = try RecordCodec.encode(record)
        try await database.write {
            try $0.execute(
                "INSERT INTO experiments (id, is_final, record) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", record.id,
                record.state.isFinal, bytes)
        }
    }

    func claim(_ id: String) async throws -> Int {
        try await database.write { connection in
            try connection.execute("UPDATE experiments SET term = term + 1 WHERE id = ?", id)
            let term = try connection.first("SELECT term FROM experiments WHERE id = ?", id) {
                try $0.value(0, as: Int.self)
            }
            guard let term else { throw PlatformError(.notFound, "there is no experiment \(id)") }
            return term
        }
    }

    func update(_ record: ExperimentRecord, term: Int) async throws {
        let bytes = try RecordCodec.encode(record)
        try await database.write { connection in
            let written = try connection.execute(
                "UPDATE experiments SET is_final = ?, record = ? WHERE id = ? AND term = ?", record.state.isFinal,
                bytes, record.id, term)
            guard written == 1 else { throw SQLiteExperimentStore.replaced(record.id) }
        }
    }

    func experiment(_ id: String) async throws -> ExperimentRecord? {
        let bytes = try await database.read {
            try $0.first("SELECT record FROM experiments WHERE id = ?", id) { try $0.value(0, as: [UInt8].self) }
        }
        return try bytes.map { try RecordCodec.decode($0) }
    }

    func experiments(limit: Int, after cursor: Cursor?) async throws -> Page<ExperimentRecord> {
        let bound = try cursor?.position() ?? "~"
        let rows = try await database.read {
            try $0.query(
                "SELECT id, record FROM experiments WHERE id < ? ORDER BY id DESC LIMIT ?", bound, max(1, limit) + 1
            ) { (try $0.value(0, as: String.self), try $0.value(1, as: [UInt8].self)) }
        }
        return Page(sorted: try rows.map { ($0.0, try RecordCodec.decode($0.1)) }, limit: limit)
    }

    func unfinishedExperiments() async throws -> [ExperimentRecord] {
        try await database.read {
            try $0.query("SELECT record FROM experiments WHERE is_final = 0 ORDER BY id") {
                try $0.value(0, as: [UInt8].self)
            }
        }.map { try RecordCodec.decode($0) }
    }

    func requestCancellation(of id: String) async throws {
        // As what deletes: it ends what needs more and more room.
        try await database.remove {
            try $0.execute("INSERT INTO cancellations (experiment_id) VALUES (?) ON CONFLICT DO NOTHING", id)
        } givesBack: {
            _ in
            false
        }
    }

    func isCancellationRequested(of id: String) async throws -> Bool {
        try await database.read {
            try $0.first("SELECT 1 FROM cancellations WHERE experiment_id = ?", id, make: { _ in true }) ?? false
        }
    }

    @discardableResult
    func put(_ trial: TrialRecord) async throws -> TrialRecord {
        try await database.write { connection in
            let bytes = try connection.first(
                "SELECT record FROM trials WHERE experiment_id = ? AND trial = ?", trial.experimentID, trial.index
            ) { try $0.value(0, as: [UInt8].self) }
            let standing =
                try bytes.map { try RecordCodec.decode($0, as: TrialRecord.self).merged(with: trial) } ?? trial
            try connection.execute(
                """
                INSERT INTO trials (experiment_id, trial, record) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET record = excluded.record
                """, trial.experimentID, trial.index, try RecordCodec.encode(standing))
            return standing
        }
    }

    func trial(_ index: Int, of experimentID: String) async throws -> TrialRecord? {
        let bytes = try await database.read {
            try $0.first("SELECT record FROM trials WHERE experiment_id = ? AND trial = ?", experimentID, index) {
                try $0.value(0, as: [UInt8].self)
            }
        }
        return try bytes.map { try RecordCodec.decode($0) }
    }

    func trials(of experimentID: String) async throws -> [TrialRecord] {
        try await database.read {
            try $0.query("SELECT record FROM trials WHERE experiment_id = ? ORDER BY trial", experimentID) {
                try $0.value(0, as: [UInt8].self)
            }
        }.map { try RecordCodec.decode($0) }
    }

    func putStart(_ start: TrialStart, ofTrial index: Int, of experimentID: String) async throws -> [TrialStart] {
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO trial_starts (experiment_id, trial, id, worker, alone, trap) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET alone = excluded.alone, trap = excluded.trap
                """, experimentID, index, start.id, start.worker, start.isAlone, start.trap)
            return try SQLiteExperimentStore.starts(ofTrial: index, of: experimentID, connection)
        }
    }

    func starts(ofTrial index: Int, of experimentID: String) async throws -> [TrialStart] {
        try await database.read { try SQLiteExperimentStore.starts(ofTrial: index, of: experimentID, $0) }
    }

    private static func starts(
        ofTrial index: Int, of experimentID: String, _ connection: Connection
    ) throws -> [TrialStart] {
        try connection.query(
            "SELECT id, worker, alone, trap FROM trial_starts WHERE experiment_id = ? AND trial = ?", experimentID,
            index
        ) {
            TrialStart(
                id: try $0.value(0), worker: try $0.value(1), isAlone: try $0.value(2), trap: try $0.value(3))
        }
    }

    func removeStart(_ start: TrialStart, ofTrial index: Int, of experimentID: String) async throws {
        try await database.write {
            try $0.execute(
                "DELETE FROM trial_starts WHERE experiment_id = ? AND trial = ? AND id = ?", experimentID, index,
                start.id)
        }
    }

    @discardableResult
    func delete(_ id: String) async throws -> Bool {
        let removed = try await database.remove { connection in
            for table in ["trials", "trial_starts", "events", "cancellations"] {
                try connection.execute("DELETE FROM \(table) WHERE experiment_id = ?", id)
            }
            return try connection.execute("DELETE FROM experiments WHERE id = ?", id)
        }
        return removed > 0
    }

    func put(_ events: [EventRecord], of experimentID: String) async throws {
        let encoded = try events.map { ($0.sequence, try RecordCodec.encode($0)) }
        // An event tells of a record, which is flushed itself.
        try await database.write(durability: .process) { connection in
            for (sequence, bytes) in encoded {
                let written = try connection.execute(
                    "INSERT INTO events (experiment_id, sequence, record) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    experimentID, sequence, bytes)
                if written > 0 { continue }
                let standing = try connection.first(
                    "SELECT record FROM events WHERE experiment_id = ? AND sequence = ?", experimentID, sequence
                ) { try $0.value(0, as: [UInt8].self) }
                guard standing == bytes else { throw SQLiteExperimentStore.replaced(experimentID) }
            }
        }
    }

    func events(of experimentID: String, after sequence: Int, limit: Int) async throws -> [EventRecord] {
        try await database.read {
            try $0.query(
                """
                SELECT record FROM events WHERE experiment_id = ? AND sequence > ? ORDER BY sequence LIMIT ?
                """, experimentID, sequence, max(0, limit)
            ) { try $0.value(0, as: [UInt8].self) }
        }.map { try RecordCodec.decode($0) }
    }

    func lastSequence(of experimentID: String) async throws -> Int {
        try await database.read {
            try $0.first("SELECT max(sequence) FROM events WHERE experiment_id = ?", experimentID) {
                try $0.value(0, as: Int?.self) ?? 0
            } ?? 0
        }
    }
}
