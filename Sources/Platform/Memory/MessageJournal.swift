/// What makes a `MemoryMessageLog` outlive its process: told of every change before it takes effect, asked once at the start.
public protocol MessageJournal: Sendable {
    /// Everything recorded.
    func load() async throws -> JournalState

    /// Records a topic.
    func record(topic: String, partitions: Int, retention: Retention) async throws

    /// Records a group of consumers.
    func record(group: String, of topic: String) async throws

    /// Records a message.
    func record(_ message: Message) async throws

    /// Records that `group` has dealt with a message; where `isLast`, no group needs it any more.
    func recordCommit(of message: Message, by group: String, isLast: Bool) async throws
}

/// What a journal holds.
public struct JournalState: Sendable {
    /// A topic as it was recorded.
    public struct Topic: Sendable {
        /// Its name.
        public var name: String
        /// How many partitions it has.
        public var partitions: Int
        /// How long it keeps messages.
        public var retention: Retention
        /// The offset each partition goes on with.
        public var nextOffsets: [Int64]
        /// The groups that consume it.
        public var groups: [String]

        /// A topic of these parts.
        public init(
            name: String, partitions: Int, retention: Retention, nextOffsets: [Int64], groups: [String]
        ) {
            self.name = name
            self.partitions = partitions
            self.retention = retention
            self.nextOffsets = nextOffsets
            self.groups = groups
        }
    }

    /// The topics.
    public var topics: [Topic]
    /// The messages some group still needs, in the order they were appended, each with the groups that are done with it.
    public var messages: [(message: Message, committedBy: Set<String>)]

    /// A state of these parts.
    public init(topics: [Topic] = [], messages: [(message: Message, committedBy: Set<String>)] = []) {
        self.topics = topics
        self.messages = messages
    }
}
