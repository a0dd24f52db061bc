internal import CQL
internal import Telemetry

/// What the Cassandra client counts, told at every scrape.
enum CassandraMetrics {
    /// The client's own buckets.
    static let bounds = LatencyHistogram.bounds

    static func register(in registry: MetricRegistry, _ metrics: @escaping @Sendable () -> SessionMetrics) {
        typealias All = DriverMetrics
        registry.collect([
            All.cassandraRequests, All.cassandraSeconds, All.cassandraErrors, All.cassandraRetries,
            All.cassandraReconnections, All.cassandraInFlight, All.cassandraConnections, All.cassandraSent,
            All.cassandraReceived,
        ]) { collection in
            let now = metrics()
            collection.add(All.cassandraRequests, now.requests)
            collection.add(
                All.cassandraSeconds,
                MetricSample(value: .histogram(counts: now.latency.counts, sum: now.latency.sum)))
            for (code, count) in now.errors.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                collection.add(All.cassandraErrors, [code.rawValue], count)
            }
            collection.add(All.cassandraRetries, now.retries)
            collection.add(All.cassandraReconnections, now.reconnections)
            collection.add(All.cassandraInFlight, now.inFlight)
            collection.add(All.cassandraConnections, now.connections)
            collection.add(All.cassandraSent, now.bytesSent)
            collection.add(All.cassandraReceived, now.bytesReceived)
        }
    }
}
