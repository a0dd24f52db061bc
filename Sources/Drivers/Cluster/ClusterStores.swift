internal import Foundation
internal import Kafka
internal import Network
public import Platform
public import Telemetry

/// The servers that the processes of a cluster share.
public struct ClusterConfiguration: Sendable, Hashable {
    /// Where datasets, experiments and models lie.
    public var cassandra: CassandraConfiguration
    /// What carries trials and results.
    public var kafka: KafkaLogConfiguration
    /// What keeps datasets near the workers; nil for none.
    public var redis: RedisCacheConfiguration?

    /// A cluster of these servers.
    public init(
        cassandra: CassandraConfiguration, kafka: KafkaLogConfiguration, redis: RedisCacheConfiguration? = nil
    ) {
        self.cassandra = cassandra
        self.kafka = kafka
        self.redis = redis
    }

    /// Connects to all of them; the log gets a line about each failure that heals by itself.
    /// - Throws: `PlatformError` naming the server and what is wrong with it.
    public func stores(instruments: Instruments = Instruments()) async throws -> Stores {
        let database = try await CassandraDatabase.connect(cassandra, keyspace: cassandra.keyspace)
        var messages: KafkaMessageLog?
        do {
            try await CassandraSchema.check(database, keyspace: cassandra.keyspace)
            let kafka = try await KafkaMessageLog(kafka, instruments: instruments)
            messages = kafka
            var cache: RedisBlobCache?
            if let redis { cache = try await RedisBlobCache(redis, instruments: instruments) }
            database.register(in: instruments.metrics)
            var probes = [
                StoreProbe("cassandra") { try await database.ask() }, StoreProbe("kafka") { try await kafka.ask() },
            ]
            if let cache { probes.append(StoreProbe("redis") { try await cache.ask() }) }
            return Stores(
                datasets: CassandraDatasetStore(database), experiments: CassandraExperimentStore(database),
                models: CassandraModelStore(database), log: kafka, cache: cache, probes: probes,
                isShared: true
            ) { [cache] in
                await cache?.close()
                await kafka.close()
                await database.close()
            }
        } catch {
            await messages?.close()
            await database.close()
            throw error
        }
    }
}
