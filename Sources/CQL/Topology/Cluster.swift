internal import Foundation
internal import Network

/// Keeps the connections to the cluster: learns which hosts there are, connects to them, and connects again when
/// connections are lost. What it finds is published as a routing table, so that requests do not wait for it.
actor Cluster {
    /// A host and its connections.
    struct Member {
        var host: ClusterHost
        var connections: [HostConnection] = []
        var failure: CQLError?
        var connecting: Task<Void, Never>?
        /// The wait before the next attempt to connect; cancelled to end it early.
        var pause: Task<Void, Never>?
    }

    let configuration: SessionConfiguration
    let loop: EventLoop
    let publish: @Sendable (RoutingTable) -> Void
    let record: @Sendable (ClusterEvent) -> Void

    var members: [UUID: Member] = [:]
    /// The hosts in the order of the routing table.
    var order: [UUID] = []
    var localDatacenter = ""
    var keyspaces: [String: ReplicationStrategy]?
    var replicas: RoutingTable.Replicas?
    var control: HostConnection?
    var isClosed = false
    private var tasks: [Task<Void, Never>] = []
    private let events: AsyncStream<ControlEvent>
    let post: AsyncStream<ControlEvent>.Continuation

    /// What the control task is told.
    enum ControlEvent: Sendable {
        case event(Event)
        case lost(HostConnection)
    }

    /// What the session counts.
    enum ClusterEvent: Sendable {
        case reconnected
        case closed(ConnectionCounters)
    }

    init(
        configuration: SessionConfiguration, loop: EventLoop, publish: @escaping @Sendable (RoutingTable) -> Void,
        record: @escaping @Sendable (ClusterEvent) -> Void
    ) {
        self.configuration = configuration
        self.loop = loop
        self.publish = publish
        self.record = record
        (events, post) = AsyncStream.makeStream(of: ControlEvent.self)
    }

    /// Returns when at least one host of the local datacenter is connected and every one has been tried.
    func start() async throws {
        guard !configuration.contactPoints.isEmpty else {
            throw CQLError(.configuration, "no contact point is named")
        }
        try await connectControl(to: configuration.contactPoints)
        await connectMembers()
        try Task.checkCancellation()
        if !members.values.contains(where: { !$0.connections.isEmpty }) {
            let failures = order.compactMap { members[$0] }.map { ($0.host.endpoint, $0.failure) }
            throw CQLError(noneOf: failures)
        }
        let events = events
        tasks.append(Task { [weak self] in await Self.follow(events, self) })
        tasks.append(Task { [weak self] in await Self.keepAlive(self) })
    }

    func close() async {
        isClosed = true
        post.finish()
        for task in tasks { task.cancel() }
        for member in members.values {
            member.connecting?.cancel()
        }
        let connections = members.values.flatMap(\.connections) + (control.map { [$0] } ?? [])
        members = [:]
        order = []
        control = nil
        publish(.empty)
        await withTaskGroup(of: Void.self) { group in
            for connection in connections { group.addTask { await connection.close() } }
        }
        for task in tasks { await task.value }
    }

    // MARK: - Control connection

    /// Tries the endpoints in turn; the first that answers tells of the others.
    func connectControl(to endpoints: [Endpoint]) async throws {
        var failures: [(Endpoint, CQLError?)] = []
        for endpoint in endpoints {
            do {
                let connection = try await HostConnection.connect(
                    to: endpoint, settings: configuration.handshake(events: Event.kinds), tls: configuration.tls,
                    on: loop, timeout: configuration.connectTimeout,
                    onEvent: { [post] event in post.yield(.event(event)) },
                    onClose: { [post, record] connection, _ in
                        record(.closed(connection.counters))
                        post.yield(.lost(connection))
                    })
                do {
                    try await learn(over: connection)
                } catch {
                    await connection.close()
                    throw error
                }
                if isClosed {
                    await connection.close()
                    throw CQLError(.closed, "the session was closed")
                }
                control = connection
                return
            } catch let error as CQLError {
                if error.code == .configuration { throw error }
                failures.append((endpoint, error))
            }
        }
        throw CQLError(noneOf: failures)
    }

    /// Reads hosts and keyspaces, and takes over what has changed.
    func learn(over connection: HostConnection) async throws {
        let topology = try await TopologyQueries.topology(over: connection, timeout: configuration.connectTimeout)
        if localDatacenter.isEmpty {
            let names = Set(topology.hosts.map(\.datacenter))
            if let wanted = configuration.localDatacenter, !names.contains(wanted) {
                throw CQLError(
                    .configuration,
                    "there is no datacenter '\(wanted)', the cluster has \(names.sorted().joined(separator: ", "))",
                    host: connection.name)
            }
            localDatacenter =
                configuration.localDatacenter ?? topology.hosts.first { $0.id == topology.asked }?.datacenter ?? ""
        }
        keyspaces = topology.keyspaces
        await adopt(topology)
    }

    private func adopt(_ topology: TopologyQueries.Topology) async {
        var gone: [HostConnection] = []
        var known: Set<UUID> = []
        order = []
        for var host in topology.hosts {
            known.insert(host.id)
            order.append(host.id)
            if host.id == topology.asked, let endpoint = members[host.id]?.host.endpoint {
                // A contact point's name and the address that others know are the same host.
                host = ClusterHost(
                    id: host.id, endpoint: endpoint, datacenter: host.datacenter, rack: host.rack,
                    releaseVersion: host.releaseVersion, tokens: host.tokens)
            }
            guard var member = members[host.id] else {
                members[host.id] = Member(host: host)
                continue
            }
            if member.host.endpoint != host.endpoint {
                if member.connections.isEmpty {
                    member.connecting?.cancel()
                    member.connecting = nil
                } else {
                    host = ClusterHost(
                        id: host.id, endpoint: member.host.endpoint, datacenter: host.datacenter, rack: host.rack,
                        releaseVersion: host.releaseVersion, tokens: host.tokens)
                }
            }
            member.host = host
            members[host.id] = member
        }
        for (id, member) in members where !known.contains(id) {
            member.connecting?.cancel()
            gone += member.connections
            members[id] = nil
        }
        spread()
        publishTable()
        for connection in gone { await connection.close() }
    }

    /// Computes the replicas of every keyspace anew.
    func spread() {
        guard let keyspaces else {
            replicas = nil
            return
        }
        let ring = TokenRing(order.compactMap { members[$0]?.host })
        var byStrategy: [ReplicationStrategy: [[Int]]] = [:]
        var ofKeyspaces: [String: [[Int]]] = [:]
        for (name, strategy) in keyspaces {
            let ranges = byStrategy[strategy] ?? ring.replicas(strategy)
            byStrategy[strategy] = ranges
            ofKeyspaces[name] = ranges
        }
        replicas = RoutingTable.Replicas(ring: ring, ofKeyspaces: ofKeyspaces)
    }

    func publishTable() {
        guard !isClosed else { return }
        let hosts = order.compactMap { members[$0] }
        let isLocal = hosts.map { $0.host.datacenter == localDatacenter }
        publish(
            RoutingTable(
                entries: hosts.map { .init(host: $0.host, connections: $0.connections, failure: $0.failure) },
                locals: hosts.indices.filter { isLocal[$0] },
                remotes: configuration.usesRemoteDatacenters ? hosts.indices.filter { !isLocal[$0] } : [],
                replicas: replicas))
    }
}

extension CQLError {
    /// That none of the hosts could be reached. Where the reason is the same kind for all, and one that the user has to put
    /// right, that kind is kept.
    init(noneOf failures: [(Endpoint, CQLError?)]) {
        let reasons = failures.map { endpoint, error in "\(endpoint): \(error?.message ?? "no connection")" }
        let codes = Set(failures.compactMap { $0.1?.code })
        var code = Code.noHostAvailable
        if codes == [.authentication] { code = .authentication }
        if codes == [.tls] { code = .tls }
        self.init(
            code, "no host can be reached: " + reasons.joined(separator: "; "),
            cause: failures.lazy.compactMap { $0.1?.cause }.first)
        isUnsent = true
    }
}
