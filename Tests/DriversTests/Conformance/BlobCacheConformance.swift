import Platform
import Telemetry
import Testing

@testable import Drivers

@Suite struct BlobCacheConformance {
    @Test(arguments: CacheKind.present) func valuesComeBackAsSet(_ kind: CacheKind) async throws {
        try await kind.withCache { cache in
            let key = "test:" + TestServers.randomName()
            #expect(await cache.value(key) == nil)
            for size in [0, 1, 1 << 20] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 2) }
                await cache.set(bytes, for: key)
                #expect(await cache.value(key) == bytes)
            }
            await cache.remove(key)
            #expect(await cache.value(key) == nil)
            let statistics = cache.statistics()
            #expect(statistics.hits == 3)
            #expect(statistics.misses == 2)
        }
    }

    @Test func aSealTellsDamageAndMixUps() {
        let bytes: [UInt8] = [1, 2, 3, 4, 5]
        let sealed = BlobSeal.seal(bytes, key: "a")
        #expect(BlobSeal.open(sealed, key: "a") == bytes)
        #expect(BlobSeal.open(sealed, key: "b") == nil)
        #expect(BlobSeal.open(Array(sealed.dropLast()), key: "a") == nil)
        #expect(BlobSeal.open([], key: "a") == nil)
        for index in sealed.indices {
            var damaged = sealed
            damaged[index] ^= 0x10
            #expect(BlobSeal.open(damaged, key: "a") == nil)
        }
    }

    @Test func aCacheThatIsNotThereForgetsEverything() async throws {
        // Nothing listens on port 1.
        let cache = try await RedisBlobCache(
            RedisCacheConfiguration(url: "redis://127.0.0.1:1"), instruments: Instruments())
        await cache.set([1], for: "a")
        #expect(await cache.value("a") == nil)
        await cache.remove("a")
        await cache.close()
    }
}
