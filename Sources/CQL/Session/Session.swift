internal import Foundation
internal import Network
internal import Synchronization

/// Talks with a cluster: sends statements to the hosts that hold the data, and gives their answers. One session serves any
/// number of tasks, and is to be closed when it is no longer needed.
public final class Session: Sendable {
    struct Shared {
        var table = RoutingTable.empty
        var isClosed = false
    }

    /// How the session was made.
    public let configuration: SessionConfiguration
    let cluster: Cluster
    let statements: StatementCache
    let turns = Atomic<UInt64>(0)
    private let shared: Box
    private let ownLoop: EventLoop?

    /// What outlives the session where a connection still closes.
    final class Box: Sendable {
        let state = Mutex(Shared())
        let past = Mutex(SessionMetrics())
    }

    /// Connects to a contact point, learns of the other hosts and connects to them. Throws `CQLError` where no host can be
    /// reached (`noHostAvailable`, with each host's reason), the password is wrong (`authentication`), the authority is not
    /// known (`tls`) or the datacenter does not exist (`configuration`).
    public init(configuration: SessionConfiguration) async throws {
        self.configuration = configuration
        let box = Box()
        shared = box
        statements = StatementCache(limit: configuration.preparedStatementLimit)
        let loop: EventLoop
        if let given = configuration.eventLoop {
            loop = given
            ownLoop = nil
        } else {
            loop = try EventLoop(name: "cql")
            ownLoop = loop
        }
        cluster = Cluster(
            configuration: configuration, loop: loop,
            publish: { table in box.state.withLock { $0.table = table } },
            record: { event in
                box.past.withLock { metrics in
                    switch event {
                    case .reconnected: metrics.reconnections += 1
                    case .closed(let counters): metrics.add(counters)
                    }
                }
            })
        do {
            try await cluster.start()
        } catch {
            await cluster.close()
            await ownLoop?.stop()
            throw error
        }
    }

    /// Closes the connections; requests under way fail.
    public func close() async {
        let wasOpen = shared.state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard wasOpen else { return }
        await cluster.close()
        await ownLoop?.stop()
    }

    /// The hosts that are known now, those that cannot be reached included.
    public var hosts: [ClusterHost] { table.entries.map(\.host) }

    /// What the session has done so far.
    public var metrics: SessionMetrics {
        var metrics = shared.past.withLock { $0 }
        for entry in table.entries {
            for connection in entry.connections { connection.report(to: &metrics) }
        }
        return metrics
    }

    var table: RoutingTable { shared.state.withLock { $0.table } }

    var isClosed: Bool { shared.state.withLock { $0.isClosed } }

    func count(_ body: (inout SessionMetrics) -> Void) { shared.past.withLock { body(&$0) } }
}
