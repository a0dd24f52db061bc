/// How many replicas have to answer.
public enum Consistency: UInt16, Sendable, Hashable, CaseIterable {
    /// Any node, also one that only keeps a hint; writes only.
    case any = 0x0000
    /// One replica.
    case one = 0x0001
    /// Two replicas.
    case two = 0x0002
    /// Three replicas.
    case three = 0x0003
    /// A majority of all replicas.
    case quorum = 0x0004
    /// All replicas.
    case all = 0x0005
    /// A majority of the replicas of the coordinator's datacenter.
    case localQuorum = 0x0006
    /// A majority of the replicas of every datacenter; writes only.
    case eachQuorum = 0x0007
    /// Linearizable reads across datacenters.
    case serial = 0x0008
    /// Linearizable reads within the coordinator's datacenter.
    case localSerial = 0x0009
    /// One replica of the coordinator's datacenter.
    case localOne = 0x000A
}

/// Which agreement a conditional write uses.
public enum SerialConsistency: UInt16, Sendable, Hashable {
    /// Across datacenters; what the server takes when nothing is said.
    case serial = 0x0008
    /// Within the coordinator's datacenter.
    case localSerial = 0x0009
}
