/// What happened to a consumer's share of its topics; each names only the partitions that changed hands.
public enum RebalanceEvent: Sendable, Hashable {
    /// These are this consumer's from now on; their messages come after the handler has returned.
    case assigned([TopicPartition])
    /// These go to another consumer when the handler has returned: until then their offsets can still be committed.
    case revoked([TopicPartition])
    /// These may be another consumer's already (this one was silent for too long); their offsets cannot be committed.
    case lost([TopicPartition])

    /// The partitions it is about.
    public var partitions: [TopicPartition] {
        switch self {
        case .assigned(let partitions), .revoked(let partitions), .lost(let partitions): partitions
        }
    }
}
