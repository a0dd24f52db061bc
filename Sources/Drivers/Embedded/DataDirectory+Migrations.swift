internal import SQLite

extension DataDirectory {
    /// The schema, step by step; released steps never change.
    static let migrations = Migrations([
        Migration(
            "datasets",
            [
                """
                CREATE TABLE datasets (
                    id TEXT PRIMARY KEY, begun_at INTEGER NOT NULL, record BLOB, profile BLOB
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE dataset_chunks (
                    dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE, chunk INTEGER NOT NULL,
                    bytes BLOB NOT NULL, UNIQUE (dataset_id, chunk)
                ) STRICT
                """,
            ]),
        Migration(
            "experiments",
            [
                """
                CREATE TABLE experiments (
                    id TEXT PRIMARY KEY, is_final INTEGER NOT NULL, record BLOB NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX experiments_unfinished ON experiments (id) WHERE is_final = 0",
                "CREATE TABLE cancellations (experiment_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
                """
                CREATE TABLE trials (
                    experiment_id TEXT NOT NULL, trial INTEGER NOT NULL, record BLOB NOT NULL,
                    PRIMARY KEY (experiment_id, trial)
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE events (
                    experiment_id TEXT NOT NULL, sequence INTEGER NOT NULL, record BLOB NOT NULL,
                    PRIMARY KEY (experiment_id, sequence)
                ) STRICT, WITHOUT ROWID
                """,
            ]),
        Migration(
            "models",
            [
                """
                CREATE TABLE models (
                    experiment_id TEXT NOT NULL, id TEXT NOT NULL UNIQUE, record BLOB NOT NULL,
                    PRIMARY KEY (experiment_id, id)
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE model_blobs (
                    experiment_id TEXT NOT NULL, name TEXT NOT NULL, piece INTEGER NOT NULL, bytes BLOB NOT NULL,
                    UNIQUE (experiment_id, name, piece)
                ) STRICT
                """,
            ]),
        Migration(
            "messages",
            [
                """
                CREATE TABLE topics (
                    name TEXT PRIMARY KEY, partitions INTEGER NOT NULL, retention TEXT NOT NULL
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE topic_offsets (
                    topic TEXT NOT NULL, part INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, part)
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE topic_groups (
                    topic TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (topic, name)
                ) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE messages (
                    position INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, part INTEGER NOT NULL,
                    place INTEGER NOT NULL, key TEXT NOT NULL, payload BLOB NOT NULL, UNIQUE (topic, part, place)
                ) STRICT
                """,
                """
                CREATE TABLE message_commits (
                    topic TEXT NOT NULL, part INTEGER NOT NULL, place INTEGER NOT NULL, group_name TEXT NOT NULL,
                    PRIMARY KEY (topic, part, place, group_name)
                ) STRICT, WITHOUT ROWID
                """,
            ]),
        Migration(
            "terms and starts",
            [
                "ALTER TABLE experiments ADD COLUMN term INTEGER NOT NULL DEFAULT 0",
                """
                CREATE TABLE trial_starts (
                    experiment_id TEXT NOT NULL, trial INTEGER NOT NULL, id TEXT NOT NULL, worker TEXT NOT NULL,
                    PRIMARY KEY (experiment_id, trial, id)
                ) STRICT, WITHOUT ROWID
                """,
            ]),
        // A row's key is compared with all that stands in the row where there are no row numbers: large values have tables
        // of their own.
        Migration(
            "documents and sizes",
            [
                """
                CREATE TABLE dataset_documents (
                    dataset_id TEXT NOT NULL UNIQUE REFERENCES datasets (id) ON DELETE CASCADE, record BLOB NOT NULL,
                    profile BLOB NOT NULL
                ) STRICT
                """,
                """
                INSERT INTO dataset_documents (dataset_id, record, profile)
                SELECT id, record, coalesce(profile, x'') FROM datasets WHERE record IS NOT NULL
                """,
                "ALTER TABLE datasets DROP COLUMN profile",
                "ALTER TABLE datasets DROP COLUMN record",
                """
                CREATE TABLE model_blob_heads (
                    experiment_id TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, bytes INTEGER NOT NULL,
                    PRIMARY KEY (experiment_id, name)
                ) STRICT, WITHOUT ROWID
                """,
                """
                INSERT INTO model_blob_heads (experiment_id, name, version, bytes)
                SELECT experiment_id, name, '', sum(length(bytes)) FROM model_blobs GROUP BY experiment_id, name
                """,
            ]),
        Migration(
            "deaths",
            [
                "ALTER TABLE trial_starts ADD COLUMN alone INTEGER NOT NULL DEFAULT 0",
                "ALTER TABLE trial_starts ADD COLUMN trap TEXT",
            ]),
    ])
}
