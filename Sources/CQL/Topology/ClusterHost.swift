public import Foundation
public import Network

/// A server of the cluster.
public struct ClusterHost: Sendable, Hashable {
    /// Its identifier, for as long as it belongs to the cluster.
    public let id: UUID
    /// Where clients reach it.
    public let endpoint: Endpoint
    /// The datacenter it stands in.
    public let datacenter: String
    /// The rack it stands in.
    public let rack: String
    /// The version of its software.
    public let releaseVersion: String
    /// Where its ranges of the ring end.
    let tokens: [Int64]
}

/// How a keyspace's rows are spread over hosts.
enum ReplicationStrategy: Sendable, Hashable {
    /// So many hosts, one after another on the ring.
    case simple(Int)
    /// So many hosts of each datacenter, in different racks as far as there are any.
    case networkTopology([String: Int])
    /// Not spread, or in a way that is not known.
    case other

    /// The strategy as `system_schema.keyspaces` has it.
    init(_ options: [String: String]) {
        // A transient replica is written "3/1": three, of which one is transient.
        func factor(_ text: String) -> Int? { text.split(separator: "/").first.flatMap { Int($0) } }
        switch options["class"]?.split(separator: ".").last {
        case "SimpleStrategy": self = .simple(options["replication_factor"].flatMap(factor) ?? 1)
        case "NetworkTopologyStrategy":
            self = .networkTopology(options.filter { $0.key != "class" }.compactMapValues(factor))
        default: self = .other
        }
    }
}
