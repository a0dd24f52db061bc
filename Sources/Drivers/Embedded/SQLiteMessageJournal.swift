internal import Platform
internal import SQLite

/// The journal of a message log in a SQLite database.
struct SQLiteMessageJournal: MessageJournal {
    private let database: EmbeddedDatabase

    init(_ database: EmbeddedDatabase) { self.database = database }

    func load() async throws -> JournalState {
        try await database.read { connection in
            let topics = try connection.query("SELECT name, partitions, retention FROM topics ORDER BY name") { row in
                let name: String = try row.value(0)
                let partitions = min(max(1, try row.value(1, as: Int.self)), 1 << 16)
                var offsets = [Int64](repeating: 0, count: partitions)
                try connection.forEach("SELECT part, next FROM topic_offsets WHERE topic = ?", name) { row in
                    let part: Int = try row.value(0)
                    if offsets.indices.contains(part) { offsets[part] = try row.value(1) }
                }
                let groups = try connection.query("SELECT name FROM topic_groups WHERE topic = ? ORDER BY name", name) {
                    try $0.value(0, as: String.self)
                }
                return JournalState.Topic(
                    name: name, partitions: partitions, retention: Retention(rawValue: try row.value(2)) ?? .live,
                    nextOffsets: offsets, groups: groups)
            }
            let messages = try connection.query(
                "SELECT topic, part, place, key, payload FROM messages ORDER BY position"
            ) { row in
                let message = Message(
                    topic: try row.value(0), partition: try row.value(1), offset: try row.value(2),
                    key: try row.value(3), payload: try row.value(4))
                let groups = try connection.query(
                    "SELECT group_name FROM message_commits WHERE topic = ? AND part = ? AND place = ?", message.topic,
                    message.partition, message.offset
                ) { try $0.value(0, as: String.self) }
                return (message: message, committedBy: Set(groups))
            }
            return JournalState(topics: topics, messages: messages)
        }
    }

    func record(topic: String, partitions: Int, retention: Retention) async throws {
        try await database.write {
            try $0.execute(
                "INSERT INTO topics (name, partitions, retention) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", topic,
                partitions, retention.rawValue)
        }
    }

    func record(group: String, of topic: String) async throws {
        try await database.write {
            try $0.execute("INSERT INTO topic_groups (topic, name) VALUES (?, ?) ON CONFLICT DO NOTHING", topic, group)
        }
    }

    func record(_ message: Message) async throws {
        try await database.write { connection in
            try connection.execute(
                "INSERT INTO messages (topic, part, place, key, payload) VALUES (?, ?, ?, ?, ?)", message.topic,
                message.partition, message.offset, message.key, message.payload)
            try connection.execute(
                """
                INSERT INTO topic_offsets (topic, part, next) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET next = max(next, excluded.next)
                """, message.topic, message.partition, message.offset + 1)
        }
    }

    func recordCommit(of message: Message, by group: String, isLast: Bool) async throws {
        // A commit that is lost brings the message again, which consumers must bear anyway.
        try await database.write(durability: .process) { connection in
            guard isLast else {
                try connection.execute(
                    """
                    INSERT INTO message_commits (topic, part, place, group_name) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """, message.topic, message.partition, message.offset, group)
                return
            }
            for table in ["messages", "message_commits"] {
                try connection.execute(
                    "DELETE FROM \(table) WHERE topic = ? AND part = ? AND place = ?", message.topic,
                    message.partition, message.offset)
            }
        }
    }
}
