import Testing

@testable import Platform

@Suite(.timeLimit(.minutes(1)))
struct SingleFlightCacheTests {
    @Test func aMakingEndsWhenNobodyWaitsForItAnyMore() async throws {
        let cache = SingleFlightCache<Int>(capacity: 2)
        let (stream, entered) = AsyncStream.makeStream(of: Void.self)
        let callers = (0..<2).map { _ in
            Task {
                try await cache.value("a") {
                    entered.yield()
                    while true { try await Task.sleep(for: .seconds(60)) }
                }
            }
        }
        for await _ in stream { break }
        while cache.statistics.hits < 1 { await Task.yield() }
        // One that leaves does not end it for the other.
        callers[0].cancel()
        await #expect(throws: CancellationError.self) {
            callers[1].cancel()
            _ = try await callers[1].value
        }
        _ = await callers[0].result
        #expect(try await cache.value("a") { 5 } == 5)
    }
}
