import CQL
import Foundation
import Kafka
import Network
import Platform
import Telemetry
import Testing

@testable import Drivers

/// The drivers of stores that pass one conformance suite.
enum StoreKind: String, CaseIterable, Sendable {
    case memory
    case embedded
    case cassandra

    /// Those whose servers are there.
    static let present = StoreKind.allCases.filter { $0 != .cassandra || TestServers.cassandra != nil }

    /// Runs `body` with fresh stores, and closes them.
    func withStores(_ body: (Stores) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(Stores.inMemory())
        case .embedded: try await withEmbeddedStores(body)
        case .cassandra:
            var configuration = try #require(TestServers.cassandra)
            configuration.keyspace = "test_" + TestServers.randomName()
            try await TestServers.migrations.run { [configuration] in try await CassandraSchema.migrate(configuration) }
            let database = try await CassandraDatabase.connect(configuration, keyspace: configuration.keyspace)
            var stores = Stores.inMemory()
            stores.datasets = CassandraDatasetStore(database)
            stores.experiments = CassandraExperimentStore(database)
            stores.models = CassandraModelStore(database)
            let outcome = await Result { try await body(stores) }
            try await TestServers.migrations.run { [configuration] in
                _ = try await database.execute("DROP KEYSPACE \(configuration.keyspace)")
            }
            await database.close()
            try outcome.get()
        }
    }
}

/// The drivers of the message log that pass one conformance suite.
enum LogKind: String, CaseIterable, Sendable {
    case memory
    case embedded
    case kafka

    /// Those whose servers are there.
    static let present = LogKind.allCases.filter { $0 != .kafka || TestServers.kafka != nil }

    /// Whether a commit counts by itself; else it counts once all messages before it in its partition are committed.
    var commitsAnyOrder: Bool { self != .kafka }

    /// Runs `body` with a fresh log, and closes it.
    func withLog(_ body: (any MessageLog) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(Stores.inMemory().log)
        case .embedded: try await withEmbeddedStores { try await body($0.log) }
        case .kafka:
            var configuration = try #require(TestServers.kafka)
            configuration.prefix = "test-\(TestServers.randomName())-"
            let log = try await KafkaMessageLog(configuration, instruments: Instruments())
            let outcome = await Result { try await body(log) }
            await log.close()
            let admin = try Admin(configuration.client { _ in })
            try await admin.deleteTopics(["t", "live"].map { configuration.prefix + $0 })
            await admin.close()
            try outcome.get()
        }
    }
}

/// The drivers of the cache that pass one conformance suite.
enum CacheKind: String, CaseIterable, Sendable {
    case memory
    case redis

    /// Those whose servers are there.
    static let present = CacheKind.allCases.filter { $0 != .redis || TestServers.redis != nil }

    /// Runs `body` with a cache, and closes it.
    func withCache(_ body: (any BlobCache) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemoryBlobCache(capacity: 64 << 20))
        case .redis:
            let cache = try await RedisBlobCache(try #require(TestServers.redis), instruments: Instruments())
            let outcome = await Result { try await body(cache) }
            await cache.close()
            try outcome.get()
        }
    }
}

private func withEmbeddedStores(_ body: (Stores) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    let stores = try await DataDirectory(path: folder.path).stores()
    let outcome = await Result { try await body(stores) }
    await stores.close()
    try outcome.get()
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

/// The servers that the environment names; tests of drivers whose server is not named say so.
enum TestServers {
    private static let environment = ProcessInfo.processInfo.environment

    static let cassandra: CassandraConfiguration? = environment["MARTLET_CASSANDRA_CONTACT_POINTS"].map {
        var configuration = CassandraConfiguration(contactPoints: $0)
        configuration.datacenter = environment["MARTLET_CASSANDRA_DATACENTER"]
        configuration.username = environment["MARTLET_CASSANDRA_USERNAME"]
        configuration.password = environment["MARTLET_CASSANDRA_PASSWORD"]
        configuration.tlsAuthority = environment["MARTLET_CASSANDRA_TLS_CA"]
        return configuration
    }

    static let kafka: KafkaLogConfiguration? = environment["MARTLET_KAFKA_BOOTSTRAP_SERVERS"].map {
        var configuration = KafkaLogConfiguration(bootstrapServers: $0)
        configuration.username = environment["MARTLET_KAFKA_USERNAME"]
        configuration.password = environment["MARTLET_KAFKA_PASSWORD"]
        configuration.tlsAuthority = environment["MARTLET_KAFKA_TLS_CA"]
        return configuration
    }

    static let redis: RedisCacheConfiguration? = environment["MARTLET_REDIS_URL"].map {
        var configuration = RedisCacheConfiguration(url: $0)
        configuration.tlsAuthority = environment["MARTLET_REDIS_TLS_CA"]
        return configuration
    }

    static func randomName() -> String {
        String((0..<10).map { _ in "abcdefghjkmnpqrstvwxyz".randomElement() ?? "a" })
    }

    /// Changes of a schema go one by one.
    static let migrations = OneByOne()
}

/// Runs one thing at a time, in the order they came.
actor OneByOne {
    private var last: Task<Void, Never>?

    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let before = last
        let task = Task {
            await before?.value
            return try await body()
        }
        last = Task { _ = try? await task.value }
        return try await task.value
    }
}

/// Says which servers the environment does not name, so that nobody takes their tests for passed.
@Suite struct ServersNamed {
    @Test(
        .enabled(
            if: TestServers.cassandra != nil,
            "MARTLET_CASSANDRA_CONTACT_POINTS is not set: Cassandra's driver is not tested"))
    func cassandra() { #expect(StoreKind.present.contains(.cassandra)) }

    @Test(
        .enabled(
            if: TestServers.kafka != nil, "MARTLET_KAFKA_BOOTSTRAP_SERVERS is not set: Kafka's driver is not tested"))
    func kafka() { #expect(LogKind.present.contains(.kafka)) }

    @Test(.enabled(if: TestServers.redis != nil, "MARTLET_REDIS_URL is not set: Redis's driver is not tested"))
    func redis() { #expect(CacheKind.present.contains(.redis)) }
}
