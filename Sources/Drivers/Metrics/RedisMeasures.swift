internal import Redis
internal import Telemetry

/// What the Redis client counts, told at every scrape.
enum RedisMeasures {
    static func register(in registry: MetricRegistry, _ metrics: @escaping @Sendable () -> RedisMetrics) {
        typealias All = DriverMetrics
        registry.collect([
            All.redisCommands, All.redisErrors, All.redisReconnections, All.redisSent, All.redisReceived,
        ]) { collection in
            let now = metrics()
            collection.add(All.redisCommands, now.requests)
            collection.add(All.redisErrors, now.errors)
            collection.add(All.redisReconnections, now.reconnections)
            collection.add(All.redisSent, now.bytesSent)
            collection.add(All.redisReceived, now.bytesReceived)
        }
    }
}
