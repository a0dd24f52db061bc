internal import Foundation
internal import Network

/// What a control connection asks to know the cluster.
enum TopologyQueries {
    /// What was learnt.
    struct Topology: Sendable {
        var hosts: [ClusterHost]
        /// The identifier of the host that was asked.
        var asked: UUID
        /// Nothing where the ring is not one of Murmur3 tokens.
        var keyspaces: [String: ReplicationStrategy]?
    }

    /// Reads hosts and keyspaces over a connection.
    static func topology(over connection: HostConnection, timeout: Duration) async throws -> Topology {
        let rows = try await rows(
            "SELECT host_id, data_center, rack, release_version, tokens, partitioner FROM system.local", connection,
            timeout)
        guard let local = rows.first, let own = host(local, at: connection.endpoint) else {
            throw CQLError(.protocolViolation, "the server does not know itself", host: connection.name)
        }
        var hosts = [own]
        for row in try await peers(connection, timeout: timeout) {
            guard let endpoint = endpoint(row, defaultPort: connection.endpoint.port),
                let host = host(row, at: endpoint), !hosts.contains(where: { $0.id == host.id })
            else { continue }
            hosts.append(host)
        }
        var keyspaces: [String: ReplicationStrategy]?
        if try local["partitioner", as: String?.self]?.hasSuffix("Murmur3Partitioner") == true {
            keyspaces = try await replication(over: connection, timeout: timeout)
        }
        return Topology(hosts: hosts, asked: own.id, keyspaces: keyspaces)
    }

    /// How each keyspace is spread.
    static func replication(
        over connection: HostConnection, timeout: Duration
    ) async throws -> [String: ReplicationStrategy] {
        var keyspaces: [String: ReplicationStrategy] = [:]
        let text = "SELECT keyspace_name, replication FROM system_schema.keyspaces"
        for row in try await rows(text, connection, timeout) {
            keyspaces[try row[0, as: String.self]] = ReplicationStrategy(try row[1, as: [String: String].self])
        }
        return keyspaces
    }

    /// The versions of the schema that the asked host and those of `hosts` have; others may be down and behind.
    static func schemaVersions(
        over connection: HostConnection, among hosts: Set<UUID>, timeout: Duration
    ) async throws -> Set<UUID> {
        var versions: Set<UUID> = []
        for row in try await rows("SELECT schema_version FROM system.local", connection, timeout) {
            if let version = try row[0, as: UUID?.self] { versions.insert(version) }
        }
        for row in try await peers(connection, timeout: timeout) {
            guard let id = try row["host_id", as: UUID?.self], hosts.contains(id) else { continue }
            if let version = try row["schema_version", as: UUID?.self] { versions.insert(version) }
        }
        return versions
    }

    /// Other hosts; `peers_v2` came with Cassandra 4.
    private static func peers(_ connection: HostConnection, timeout: Duration) async throws -> ResultSet {
        do {
            return try await rows("SELECT * FROM system.peers_v2", connection, timeout)
        } catch let error as CQLError where error.code == .invalid {
            return try await rows("SELECT * FROM system.peers", connection, timeout)
        }
    }

    private static func rows(
        _ text: String, _ connection: HostConnection, _ timeout: Duration
    ) async throws -> ResultSet {
        let request = Request.query(text, QueryParameters(consistency: .one))
        let envelope = try await connection.perform(request, deadline: MonotonicClock.deadline(after: timeout))
        guard case .rows(let rows) = try Response(envelope, version: connection.version) else {
            throw CQLError(.protocolViolation, "a query was answered without rows", host: connection.name)
        }
        return rows
    }

    /// Where a peer is reached; nil for one that has not told yet.
    private static func endpoint(_ row: Row, defaultPort: Int) -> Endpoint? {
        func address(_ name: String) -> CQLInet? { (try? row[name, as: CQLInet?.self]) ?? nil }
        guard var chosen = address("native_address") ?? address("rpc_address") else { return nil }
        // A server that listens everywhere says so instead of its address.
        if chosen.bytes.allSatisfy({ $0 == 0 }) {
            guard let peer = address("peer") else { return nil }
            chosen = peer
        }
        let port = (try? row["native_port", as: Int?.self]) ?? nil
        return Endpoint(host: chosen.description, port: port ?? defaultPort)
    }

    private static func host(_ row: Row, at endpoint: Endpoint) -> ClusterHost? {
        guard let id = try? row["host_id", as: UUID?.self],
            let datacenter = try? row["data_center", as: String?.self]
        else { return nil }
        let tokens = (try? row["tokens", as: Set<String>.self]) ?? []
        return ClusterHost(
            id: id, endpoint: endpoint, datacenter: datacenter,
            rack: ((try? row["rack", as: String?.self]) ?? nil) ?? "",
            releaseVersion: ((try? row["release_version", as: String?.self]) ?? nil) ?? "",
            tokens: tokens.compactMap { Int64($0) })
    }
}
