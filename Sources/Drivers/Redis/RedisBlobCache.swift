internal import Dispatch
internal import Network
internal import Platform
internal import Redis
internal import Synchronization
internal import Telemetry

/// Where a Redis server is.
public struct RedisCacheConfiguration: Sendable, Hashable {
    /// `redis://…` or, with TLS, `rediss://user:password@host:port/database`.
    public var url: String
    /// A PEM file with the authority of the server's certificate; the system's where there is none.
    public var tlsAuthority: String?

    /// The server at `url`.
    public init(url: String) { self.url = url }
}

/// A cache in Redis, which forgets what was used least recently (`maxmemory-policy allkeys-lru`). Each value carries its
/// checksum; what is damaged, slow or away counts as forgotten.
final class RedisBlobCache: BlobCache {
    /// Nothing outlives this: what belongs to a removed dataset goes even where its removal was missed.
    private static let lifetime = Duration.seconds(24 * 3600)
    /// After a failure the server is left alone for so long.
    private static let pause: UInt64 = 1_000_000_000

    private struct State {
        var statistics = CacheStatistics()
        var restsUntil: UInt64 = 0
    }

    private let client: RedisClient
    private let loop: EventLoop
    private let log: Logger
    private let seconds: Histogram
    private let state = Mutex(State())

    /// Connects. A server that cannot be reached is no error, a wrong password, address or authority is.
    init(_ configuration: RedisCacheConfiguration, instruments: Instruments) async throws {
        log = instruments.log
        seconds = instruments.metrics.histogram(DriverMetrics.redisSeconds)
        do {
            var redis = try RedisConfiguration(url: configuration.url, authorityFile: configuration.tlsAuthority)
            redis.requestTimeout = .seconds(2)
            redis.longestRetry = .seconds(2)
            loop = try EventLoop(name: "martlet-redis")
            do {
                client = try await RedisClient.connect(redis, on: loop)
            } catch let error as RedisError where RedisBlobCache.isAway(error) {
                log.warning("the cache at \(redis.endpoint) cannot be reached, so data comes from the store: \(error)")
                client = RedisClient(redis, on: loop)
            }
        } catch let error as RedisError {
            throw PlatformError(.unavailable, "Redis: \(error)")
        } catch let error as NetworkError {
            throw PlatformError(.unavailable, "Redis: \(error)")
        }
        RedisMeasures.register(in: instruments.metrics) { [client] in client.metrics }
    }

    /// Whether the server could not be reached, as opposed to not letting us in.
    private static func isAway(_ error: RedisError) -> Bool {
        let away: Set<NetworkError.Code> = [
            .unresolvable, .refused, .unreachable, .timedOut, .connectionLost, .closed,
        ]
        if error.code == .timedOut || error.code == .connectionLost { return true }
        return (error.cause as? NetworkError).map { away.contains($0.code) } ?? false
    }

    func close() async {
        await client.close()
        await loop.stop()
    }

    func value(_ key: String) async -> [UInt8]? {
        var bytes: [UInt8]?
        if let sealed = await attempt({ try await self.client.get(key) }) ?? nil {
            bytes = BlobSeal.open(consume sealed, key: key)
            if bytes == nil { await remove(key) }
        }
        let isHit = bytes != nil
        state.withLock { state in
            if isHit { state.statistics.hits += 1 } else { state.statistics.misses += 1 }
        }
        return bytes
    }

    func set(_ bytes: [UInt8], for key: String) async {
        let sealed = BlobSeal.seal(bytes, key: key)
        _ = await attempt {
            try await self.client.set(key, to: sealed, expiringAfter: RedisBlobCache.lifetime)
        }
    }

    func remove(_ key: String) async {
        _ = await attempt { _ = try await self.client.delete([key]) }
    }

    func statistics() -> CacheStatistics { state.withLock { $0.statistics } }

    /// Asks the server how much memory it uses and what it has given up.
    func ask() async throws {
        let text = try await client.command(["INFO"]).text ?? ""
        var fields: [Substring: Int] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let pair = line.split(separator: ":", maxSplits: 1)
            if pair.count == 2, let number = Int(pair[1]) { fields[pair[0]] = number }
        }
        state.withLock { [fields] state in
            state.statistics.bytes = fields["used_memory"] ?? 0
            state.statistics.evictions = fields["evicted_keys"] ?? 0
        }
    }

    /// The answer, or nil where the server fails or has failed a moment ago: who asks has another way to the data.
    private func attempt<Value>(_ body: () async throws -> Value) async -> Value? {
        let now = DispatchTime.now().uptimeNanoseconds
        guard state.withLock({ $0.restsUntil <= now }) else { return nil }
        let start = ContinuousClock.now
        defer { seconds.observe(ContinuousClock.now - start) }
        do {
            return try await body()
        } catch {
            let isFirst = state.withLock { state in
                let isFirst = state.restsUntil <= now
                state.restsUntil = DispatchTime.now().uptimeNanoseconds + RedisBlobCache.pause
                return isFirst
            }
            if isFirst, !(error is CancellationError) { log.warning("the cache fails: \(error)") }
            return nil
        }
    }
}
