internal import Platform
internal import SQLite

/// Experiments in a SQLite database.
struct SQLiteExperimentStore: ExperimentStore {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func put(_ record: ExperimentRecord) async throws {
        let bytes = try RecordCodec.encode(record)
        try await database.write {
            try $0.execute(
                """
                INSERT INTO experiments (id, is_final, record) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET is_final = excluded.is_final, record = excluded.record
                """, record.id, record.state.isFinal, bytes)
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
        try await database.write {
            try $0.execute("INSERT INTO cancellations (experiment_id) VALUES (?) ON CONFLICT DO NOTHING", id)
        }
    }

    func isCancellationRequested(of id: String) async throws -> Bool {
        try await database.read {
            try $0.first("SELECT 1 FROM cancellations WHERE experiment_id = ?", id, make: { _ in true }) ?? false
        }
    }

    func put(_ trial: TrialRecord) async throws {
        let bytes = try RecordCodec.encode(trial)
        try await database.write {
            try $0.execute(
                """
                INSERT INTO trials (experiment_id, trial, record) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET record = excluded.record
                """, trial.experimentID, trial.index, bytes)
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

    func put(_ event: EventRecord, of experimentID: String) async throws {
        let bytes = try RecordCodec.encode(event)
        // An event tells of a record, which is flushed itself.
        try await database.write(durability: .process) {
            try $0.execute(
                """
                INSERT INTO events (experiment_id, sequence, record) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET record = excluded.record
                """, experimentID, event.sequence, bytes)
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
