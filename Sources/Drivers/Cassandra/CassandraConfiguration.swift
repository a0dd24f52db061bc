internal import CQL
internal import Network

/// Where a Cassandra cluster is, and how Martlet uses it.
public struct CassandraConfiguration: Sendable, Hashable {
    /// How many replicas of the local datacenter have to agree.
    public enum Consistency: String, Sendable, Hashable, CaseIterable {
        /// A majority: what is written is read, and one of three nodes may be away.
        case localQuorum = "local_quorum"
        /// One: faster, and a node that comes back may show what was there before.
        case localOne = "local_one"
        /// A majority in every datacenter.
        case eachQuorum = "each_quorum"
        /// A majority of all replicas.
        case quorum
    }

    /// Hosts to begin with, as `host:port,…`; the port is 9042 where there is none.
    public var contactPoints: String
    /// The keyspace that holds Martlet's tables.
    public var keyspace = "martlet"
    /// The datacenter whose nodes are used; that of the first contact point that answers where there is none.
    public var datacenter: String?
    /// The role to log in as; nil where the cluster lets everyone in.
    public var username: String?
    /// Its password.
    public var password: String?
    /// A PEM file with the authority of the nodes' certificates; naming it turns TLS on.
    public var tlsAuthority: String?
    /// How many replicas have to agree.
    public var consistency = Consistency.localQuorum
    /// Copies that a keyspace made by `migrate` keeps of everything.
    public var replication = 1

    /// The cluster with these hosts.
    public init(contactPoints: String) { self.contactPoints = contactPoints }

    func session(keyspace: String?) throws(CQLError) -> SessionConfiguration {
        var session = try SessionConfiguration(contactPoints: contactPoints)
        session.keyspace = keyspace
        session.localDatacenter = datacenter
        if let username { session.credentials = Credentials(username: username, password: password ?? "") }
        if let tlsAuthority { session.tls = TLSOptions(authorityFile: tlsAuthority) }
        session.consistency =
            switch consistency {
            case .localQuorum: .localQuorum
            case .localOne: .localOne
            case .eachQuorum: .eachQuorum
            case .quorum: .quorum
            }
        session.serialConsistency = consistency == .quorum || consistency == .eachQuorum ? .serial : .localSerial
        // A node that comes back is used soon: trials wait for it.
        session.maximumReconnectionDelay = .seconds(2)
        return session
    }
}
