import Platform
import Testing

struct BlobCacheTests {
    @Test func theLeastRecentlyUsedIsForgotten() async {
        let cache = MemoryBlobCache(capacity: 10)
        await cache.set([1, 1, 1, 1], for: "a")
        await cache.set([2, 2, 2, 2], for: "b")
        #expect(await cache.value("a") == [1, 1, 1, 1])
        await cache.set([3, 3, 3, 3], for: "c")
        #expect(await cache.value("b") == nil)
        #expect(await cache.value("a") != nil)
        #expect(await cache.value("c") != nil)
        await cache.set([UInt8](repeating: 0, count: 11), for: "a")
        #expect(await cache.value("a") == nil)
        await cache.remove("c")
        let statistics = cache.statistics()
        #expect(statistics.bytes == 0)
        #expect(statistics.hits == 3)
        #expect(statistics.misses == 2)
    }
}
