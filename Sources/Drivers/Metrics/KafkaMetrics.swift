internal import Kafka
internal import Synchronization
internal import Telemetry

/// What the driver of Kafka counts, and what its producer says of the brokers.
final class KafkaMetrics: Sendable {
    private let sent: Counter
    private let sentBytes: Counter
    private let received: Counter
    private let receivedBytes: Counter
    private let errors: Family<Counter>
    private let rebalances: Family<Counter>
    private let seconds: Histogram

    init(_ registry: MetricRegistry) {
        sent = registry.counter(DriverMetrics.kafkaSent)
        sentBytes = registry.counter(DriverMetrics.kafkaSentBytes)
        received = registry.counter(DriverMetrics.kafkaReceived)
        receivedBytes = registry.counter(DriverMetrics.kafkaReceivedBytes)
        errors = registry.counters(DriverMetrics.kafkaErrors)
        rebalances = registry.counters(DriverMetrics.rebalances)
        seconds = registry.histogram(DriverMetrics.kafkaSeconds)
    }

    /// Has the brokers told of as the producer sees them.
    func register(in registry: MetricRegistry, _ statistics: @escaping @Sendable () -> Statistics?) {
        registry.collect([
            DriverMetrics.kafkaRetries, DriverMetrics.kafkaBrokerUp, DriverMetrics.kafkaRoundTrip,
            DriverMetrics.kafkaTimeouts,
        ]) { collection in
            guard let now = statistics() else { return }
            collection.add(DriverMetrics.kafkaRetries, now.brokers.reduce(0) { $0 + $1.retries })
            // One that was never needed is not connected to, which tells nothing of it.
            for broker in now.brokers where broker.state != "INIT" {
                collection.add(DriverMetrics.kafkaBrokerUp, [broker.name], broker.state == "UP" ? 1 : 0)
                if broker.meanRoundTrip > 0 {
                    collection.add(DriverMetrics.kafkaRoundTrip, [broker.name], broker.meanRoundTrip)
                }
                collection.add(DriverMetrics.kafkaTimeouts, [broker.name], broker.timeouts)
            }
        }
    }

    /// A message was acknowledged.
    func delivered(bytes: Int, after duration: Duration) {
        sent.increment()
        sentBytes.increment(by: bytes)
        seconds.observe(duration)
    }

    /// A message came.
    func took(_ message: Kafka.Message) {
        received.increment()
        receivedBytes.increment(by: (message.key?.count ?? 0) + (message.value?.count ?? 0))
    }

    /// A call failed.
    func failed(_ error: KafkaError) { errors(error.name).increment() }

    /// A member of the group was given other partitions.
    func rebalanced(_ group: String) { rebalances(group).increment() }
}
