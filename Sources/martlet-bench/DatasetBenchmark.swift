import Dispatch
import Drivers
import Foundation
import Platform

/// Reads the chunks of one dataset from Cassandra, from Redis, and from this process's memory, in turn, as workers do: four
/// requests at a time. Addresses come from the environment, as Martlet's own.
enum DatasetBenchmark {
    private static let chunkCount = 256
    private static let chunkBytes = 512 << 10
    private static let chunksAtATime = 4
    private static let rounds = 5

    static func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let points = environment["MARTLET_CASSANDRA_CONTACT_POINTS"],
            let brokers = environment["MARTLET_KAFKA_BOOTSTRAP_SERVERS"], let redis = environment["MARTLET_REDIS_URL"]
        else {
            throw BenchmarkError(
                description: """
                    MARTLET_CASSANDRA_CONTACT_POINTS, MARTLET_KAFKA_BOOTSTRAP_SERVERS and MARTLET_REDIS_URL say where
                    """)
        }
        var cassandra = CassandraConfiguration(contactPoints: points)
        cassandra.keyspace = "martlet_bench"
        try await CassandraSchema.migrate(cassandra)
        let stores = try await ClusterConfiguration(
            cassandra: cassandra, kafka: KafkaLogConfiguration(bootstrapServers: brokers),
            redis: RedisCacheConfiguration(url: redis)
        ).stores()
        guard let cache = stores.cache else { return }

        let id = Identifier.make()
        var random = SystemRandomNumberGenerator()
        let chunk = (0..<chunkBytes / 8).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
        try await stores.datasets.begin(id)
        for index in 0..<chunkCount {
            try await stores.datasets.put([DatasetChunk(index: index, bytes: chunk)], of: id)
            await cache.set(chunk, for: key(id, index))
        }
        try await stores.datasets.complete(
            DatasetRecord(
                id: id, name: "bench", rows: 0, bytes: 0, columns: [], chunks: chunkCount, layoutChunks: 0,
                createdAt: .now()), profile: [])

        let memory = (0..<chunkCount).map { _ in chunk }
        var times: [String: [Double]] = [:]
        for _ in 0..<rounds {
            times["Cassandra", default: []].append(
                try await seconds { try await stores.datasets.chunk($0, of: id)?.count ?? 0 })
            times["Redis", default: []].append(
                try await seconds { await cache.value(key(id, $0))?.count ?? 0 })
            times["memory", default: []].append(try await seconds { memory[$0].count })
        }
        try await stores.datasets.delete(id)
        for index in 0..<chunkCount { await cache.remove(key(id, index)) }
        await stores.close()
        print("| from | seconds | MB/s |\n|---|---|---|")
        for source in ["Cassandra", "Redis", "memory"] {
            let sorted = (times[source] ?? []).sorted()
            let median = sorted[sorted.count / 2]
            let rate = Double(chunkCount * chunkBytes) / median / 1e6
            print("| \(source) | \(String(format: "%.4f", median)) | \(String(format: "%.0f", rate)) |")
        }
    }

    private static func key(_ id: String, _ index: Int) -> String { "martlet:bench:\(id):\(index)" }

    /// What reading every chunk takes, as the mean over two seconds: servers go on for a while with what others asked them for.
    private static func seconds(_ read: @escaping @Sendable (Int) async throws -> Int) async throws -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        var readings = 0
        while true {
            try await readAll(read)
            readings += 1
            let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
            if elapsed >= 2 { return elapsed / Double(readings) }
        }
    }

    /// Reads every chunk, several at a time; throws where one is not there.
    private static func readAll(_ read: @escaping @Sendable (Int) async throws -> Int) async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<chunkCount {
                if index >= chunksAtATime, let size = try await group.next(), size != chunkBytes {
                    throw BenchmarkError(description: "a chunk is missing")
                }
                group.addTask { try await read(index) }
            }
            for try await size in group where size != chunkBytes {
                throw BenchmarkError(description: "a chunk is missing")
            }
        }
    }
}
