import Foundation
import Network
import Testing

@testable import CQL

struct TokenRingTests {
    private func host(_ number: Int, _ tokens: [Int64], datacenter: String = "a", rack: String = "r") -> ClusterHost {
        ClusterHost(
            id: UUID(), endpoint: Endpoint(host: "10.0.0.\(number)", port: 9042), datacenter: datacenter, rack: rack,
            releaseVersion: "5.0", tokens: tokens)
    }

    @Test func aTokenBelongsToTheNextOneOfTheRing() {
        let ring = TokenRing([host(1, [0]), host(2, [100]), host(3, [-100])])
        let owners = ring.replicas(.simple(1))
        #expect(owners[ring.range(of: -100)] == [2])
        #expect(owners[ring.range(of: -99)] == [0])
        #expect(owners[ring.range(of: 0)] == [0])
        #expect(owners[ring.range(of: 1)] == [1])
        #expect(owners[ring.range(of: 101)] == [2])
        #expect(owners[ring.range(of: .min)] == [2])
    }

    @Test func simpleStrategyGoesOnAlongTheRing() {
        let ring = TokenRing([host(1, [0, 10]), host(2, [5]), host(3, [20])])
        #expect(ring.replicas(.simple(2))[0] == [0, 1])
        #expect(ring.replicas(.simple(2))[1] == [1, 0])
        #expect(ring.replicas(.simple(2))[2] == [0, 2])
        #expect(ring.replicas(.simple(5))[0] == [0, 1, 2])
        #expect(ring.replicas(.other).isEmpty)
    }

    @Test func topologyStrategySpreadsOverRacks() {
        let ring = TokenRing([
            host(1, [0], rack: "r1"), host(2, [10], rack: "r1"), host(3, [20], rack: "r2"),
            host(4, [5], datacenter: "b"), host(5, [15], datacenter: "b"),
        ])
        // Positions of the ring: 0 → host 0, 5 → host 3, 10 → host 1, 15 → host 4, 20 → host 2.
        #expect(ring.replicas(.networkTopology(["a": 2, "b": 1]))[0] == [0, 3, 2])
        #expect(Set(ring.replicas(.networkTopology(["a": 3]))[0]) == [0, 1, 2])
        #expect(ring.replicas(.networkTopology(["b": 3]))[4] == [3, 4])
        #expect(ring.replicas(.networkTopology(["nowhere": 1]))[0].isEmpty)
    }

    @Test func strategiesAsTheServerNamesThem() {
        #expect(
            ReplicationStrategy(["class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": "3"])
                == .simple(3))
        #expect(
            ReplicationStrategy([
                "class": "org.apache.cassandra.locator.NetworkTopologyStrategy", "dc1": "3/1", "dc2": "2",
            ])
                == .networkTopology(["dc1": 3, "dc2": 2]))
        #expect(ReplicationStrategy(["class": "org.apache.cassandra.locator.LocalStrategy"]) == .other)
    }
}
