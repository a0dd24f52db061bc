/// Where requests can go at one moment: never changed, replaced as a whole.
final class RoutingTable: Sendable {
    struct Entry: Sendable {
        let host: ClusterHost
        let connections: [HostConnection]
        /// Why there is no connection.
        let failure: CQLError?
    }

    /// Keyspaces with their replicas for each range of the ring.
    struct Replicas: Sendable {
        var ring: TokenRing
        var ofKeyspaces: [String: [[Int]]]
    }

    /// The hosts in the order of the ring's positions.
    let entries: [Entry]
    /// Hosts of the local datacenter, as positions.
    private let locals: [Int]
    /// Hosts elsewhere that may be used, as positions.
    private let remotes: [Int]
    private let replicas: Replicas?

    static let empty = RoutingTable(entries: [], locals: [], remotes: [], replicas: nil)

    init(entries: [Entry], locals: [Int], remotes: [Int], replicas: Replicas?) {
        self.entries = entries
        self.locals = locals
        self.remotes = remotes
        self.replicas = replicas
    }

    /// Whether it pays to compute a statement's token.
    var hasChoice: Bool { locals.count > 1 && replicas != nil }

    /// The local replicas of a token in a keyspace, as positions; none where they are not known.
    func localReplicas(of token: Int64, keyspace: String) -> [Int] {
        guard let replicas, let ranges = replicas.ofKeyspaces[keyspace] else { return [] }
        let range = replicas.ring.range(of: token)
        guard range < ranges.count else { return [] }
        return ranges[range].filter { locals.contains($0) }
    }

    /// The connections to try in turn: those of the replicas, of the other local hosts, of remote ones; `turn` shifts the
    /// start, so that load spreads.
    func plan(replicas: [Int] = [], turn: UInt64) -> Plan {
        var order: [Int]
        let shift = Int(turn % 65_536)
        func rotated(_ positions: [Int]) -> [Int] {
            guard positions.count > 1 else { return positions }
            let start = shift % positions.count
            return Array(positions[start...] + positions[..<start])
        }
        if replicas.isEmpty {
            order = rotated(locals)
        } else {
            order = rotated(replicas)
            order += rotated(locals.filter { !replicas.contains($0) })
        }
        if !remotes.isEmpty { order += remotes }
        return Plan(table: self, order: order)
    }

    /// Connections to try in turn.
    struct Plan {
        private let table: RoutingTable
        private let order: [Int]
        private var position = 0
        private var triedOfHost = 0
        /// The connection of the host that is tried first.
        private var first = 0

        fileprivate init(table: RoutingTable, order: [Int]) {
            self.table = table
            self.order = order
        }

        /// The next connection, of the same host first unless that is to be left alone; of a host the one that is waited for
        /// least, see `AnswerLoad`.
        mutating func next(leavingHost: Bool) -> HostConnection? {
            if leavingHost, triedOfHost > 0 {
                position += 1
                triedOfHost = 0
            }
            while position < order.count {
                let connections = table.entries[order[position]].connections
                if triedOfHost < connections.count {
                    if triedOfHost == 0 {
                        first = AnswerLoad.choice(among: connections.count) { connections[$0].expectedBytes }
                    }
                    defer { triedOfHost += 1 }
                    return connections[(first + triedOfHost) % connections.count]
                }
                position += 1
                triedOfHost = 0
            }
            return nil
        }
    }
}
