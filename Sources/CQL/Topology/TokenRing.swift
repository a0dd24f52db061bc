/// Which host each range of tokens belongs to.
struct TokenRing: Sendable {
    /// Ends of the ranges, ascending.
    private let tokens: [Int64]
    /// Positions of the owners in the list of hosts.
    private let owners: [Int]
    private let hosts: [ClusterHost]

    init(_ hosts: [ClusterHost]) {
        self.hosts = hosts
        let entries = hosts.enumerated().flatMap { index, host in host.tokens.map { ($0, index) } }.sorted { $0 < $1 }
        tokens = entries.map(\.0)
        owners = entries.map(\.1)
    }

    var isEmpty: Bool { tokens.isEmpty }

    /// The range in which the token lies.
    func range(of token: Int64) -> Int {
        var low = 0
        var high = tokens.count
        while low < high {
            let middle = (low + high) / 2
            if tokens[middle] < token { low = middle + 1 } else { high = middle }
        }
        return low == tokens.count ? 0 : low
    }

    /// The replicas of each range, as positions in the list of hosts; none where the strategy is not known.
    func replicas(_ strategy: ReplicationStrategy) -> [[Int]] {
        switch strategy {
        case .simple(let factor): tokens.indices.map { simpleReplicas(from: $0, factor) }
        case .networkTopology(let factors): tokens.indices.map { topologyReplicas(from: $0, factors) }
        case .other: []
        }
    }

    private func walk(from range: Int) -> some Sequence<Int> {
        (range..<(range + owners.count)).lazy.map { owners[$0 % owners.count] }
    }

    private func simpleReplicas(from range: Int, _ factor: Int) -> [Int] {
        var replicas: [Int] = []
        for owner in walk(from: range) where !replicas.contains(owner) {
            guard replicas.count < factor else { break }
            replicas.append(owner)
        }
        return replicas
    }

    /// A rack is used a second time only when every rack of the datacenter has been used once.
    private func topologyReplicas(from range: Int, _ factors: [String: Int]) -> [Int] {
        struct Datacenter {
            var wanted: Int
            var racks: Set<String>
            var usedRacks: Set<String> = []
            var chosen: [Int] = []
            var passedOver: [Int] = []
        }
        var datacenters: [String: Datacenter] = [:]
        for (name, factor) in factors {
            let members = hosts.filter { $0.datacenter == name && !$0.tokens.isEmpty }
            datacenters[name] = Datacenter(wanted: min(factor, members.count), racks: Set(members.map(\.rack)))
        }
        let wanted = datacenters.values.reduce(0) { $0 + $1.wanted }
        var replicas: [Int] = []
        for owner in walk(from: range) {
            guard replicas.count < wanted else { break }
            let host = hosts[owner]
            guard var datacenter = datacenters[host.datacenter], datacenter.chosen.count < datacenter.wanted,
                !datacenter.chosen.contains(owner), !datacenter.passedOver.contains(owner)
            else { continue }
            if datacenter.usedRacks.contains(host.rack), datacenter.usedRacks.count < datacenter.racks.count {
                datacenter.passedOver.append(owner)
            } else {
                datacenter.usedRacks.insert(host.rack)
                datacenter.chosen.append(owner)
                replicas.append(owner)
                if datacenter.usedRacks.count == datacenter.racks.count {
                    while datacenter.chosen.count < datacenter.wanted, !datacenter.passedOver.isEmpty {
                        let next = datacenter.passedOver.removeFirst()
                        datacenter.chosen.append(next)
                        replicas.append(next)
                    }
                }
            }
            datacenters[host.datacenter] = datacenter
        }
        return replicas
    }
}
