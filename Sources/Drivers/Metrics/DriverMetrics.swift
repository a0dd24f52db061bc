public import Telemetry

/// The metrics of the servers that stores stand on, all of them declared here.
public enum DriverMetrics {
    // MARK: Cassandra

    static let cassandraRequests = Measure.counter(
        "martlet_cassandra_requests_total", "Requests sent, retries and the client's upkeep included")
    static let cassandraSeconds = Measure.histogram(
        "martlet_cassandra_request_duration_seconds", "Time from sending a request to its answer",
        bounds: CassandraMetrics.bounds)
    static let cassandraErrors = Measure.counter(
        "martlet_cassandra_errors_total", "Attempts that failed, those that were repeated included", labels: ["code"])
    static let cassandraRetries = Measure.counter(
        "martlet_cassandra_retries_total", "Requests that were sent again after a failure")
    static let cassandraReconnections = Measure.counter(
        "martlet_cassandra_reconnections_total", "Connections made after one was lost")
    static let cassandraInFlight = Measure.gauge("martlet_cassandra_requests_in_flight", "Requests under way")
    static let cassandraConnections = Measure.gauge("martlet_cassandra_connections", "Connections that are open")
    static let cassandraSent = Measure.counter("martlet_cassandra_sent_bytes_total", "Bytes sent, before TLS")
    static let cassandraReceived = Measure.counter(
        "martlet_cassandra_received_bytes_total", "Bytes received, after TLS")

    // MARK: Redis

    static let redisCommands = Measure.counter("martlet_redis_commands_total", "Commands sent")
    static let redisSeconds = Measure.histogram(
        "martlet_redis_command_duration_seconds", "Time of a command as its caller sees it, failures included",
        bounds: [0.0001, 0.00025, 0.0005] + Measure.requestSeconds)
    static let redisErrors = Measure.counter(
        "martlet_redis_errors_total", "Commands that failed, those that could not be sent included")
    static let redisReconnections = Measure.counter(
        "martlet_redis_reconnections_total", "Connections made after one was lost")
    static let redisSent = Measure.counter("martlet_redis_sent_bytes_total", "Bytes sent, before TLS")
    static let redisReceived = Measure.counter("martlet_redis_received_bytes_total", "Bytes received, after TLS")

    // MARK: Kafka

    static let kafkaSent = Measure.counter(
        "martlet_kafka_messages_sent_total", "Messages that all in-sync replicas acknowledged")
    static let kafkaSentBytes = Measure.counter(
        "martlet_kafka_sent_bytes_total", "Their keys and values, before compression and TLS")
    static let kafkaReceived = Measure.counter("martlet_kafka_messages_received_total", "Messages taken from topics")
    static let kafkaReceivedBytes = Measure.counter("martlet_kafka_received_bytes_total", "Their keys and values")
    static let kafkaErrors = Measure.counter(
        "martlet_kafka_errors_total", "Calls that failed, by librdkafka's name of the reason", labels: ["code"])
    static let kafkaRetries = Measure.counter(
        "martlet_kafka_retries_total", "Requests of the producer that were sent again, as of its last statistics (10 s)"
    )
    static let kafkaSeconds = Measure.histogram(
        "martlet_kafka_delivery_duration_seconds", "Time from a message's call to its acknowledgement",
        bounds: Measure.requestSeconds)
    static let kafkaBrokerUp = Measure.gauge(
        "martlet_kafka_broker_up", "Whether the producer has a connection to a broker it has needed (1) or not (0)",
        labels: ["broker"])
    static let kafkaRoundTrip = Measure.gauge(
        "martlet_kafka_broker_round_trip_seconds",
        "Mean round trip of the producer's requests in its last statistics, where there were any",
        labels: ["broker"])
    static let kafkaTimeouts = Measure.counter(
        "martlet_kafka_request_timeouts_total", "Requests of the producer that got no answer in time",
        labels: ["broker"])
    static let rebalances = Measure.counter(
        "martlet_queue_rebalances_total", "Times that a consumer was given other partitions", labels: ["group"])

    /// What a process of a cluster has.
    public static let all = [
        cassandraRequests, cassandraSeconds, cassandraErrors, cassandraRetries, cassandraReconnections,
        cassandraInFlight, cassandraConnections, cassandraSent, cassandraReceived, redisCommands, redisSeconds,
        redisErrors, redisReconnections, redisSent, redisReceived, kafkaSent, kafkaSentBytes, kafkaReceived,
        kafkaReceivedBytes, kafkaErrors, kafkaRetries, kafkaSeconds, kafkaBrokerUp, kafkaRoundTrip, kafkaTimeouts,
        rebalances,
    ]
}
