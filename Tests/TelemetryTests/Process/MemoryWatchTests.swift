import Testing

@testable import Telemetry

@Suite struct MemoryWatchTests {
    private let none = ProcessLimits(root: "/nowhere", addressSpace: nil, data: nil)

    private func limits(_ bytes: Int) -> ProcessLimits {
        ProcessLimits(root: "/nowhere", addressSpace: bytes, data: nil)
    }

    @Test func whatIsLeftHasThreeLevels() {
        let limits = limits(300 << 20)
        #expect(MemoryWatch.margin(limits) == 25 << 20)
        #expect(MemoryWatch.level(headroom: 100 << 20, limits) == .enough)
        #expect(MemoryWatch.level(headroom: 13 << 20, limits) == .enough)
        #expect(MemoryWatch.level(headroom: 12 << 20, limits) == .low)
        #expect(MemoryWatch.level(headroom: 5 << 20, limits) == .out)
        #expect(MemoryWatch.level(headroom: 0, limits) == .out)
    }

    @Test func nobodyLooksWhereNothingConfines() {
        #expect(MemoryWatch(none) { _ in } == nil)
    }

    /// The made-up process uses nothing, and its limit is less than what has to stay free.
    @Test func theEndIsTold() async {
        let (stream, told) = AsyncStream.makeStream(of: Int.self)
        let watch = MemoryWatch(limits(1 << 20)) { told.yield($0) }
        var iterator = stream.makeAsyncIterator()
        #expect(await iterator.next() == 0)
        watch?.stop()
    }

    @Test func heapsFitIntoTheAddresses() {
        #expect(Allocator.heaps(none) == 2)
        #expect(Allocator.heaps(limits(300 << 20)) == 1)
        #expect(Allocator.heaps(limits(1 << 40)) == 2)
    }

    @Test func whatIsFreeGoesBack() throws {
        var blocks: [[UInt8]] = []
        // Blocks of 64 kB lie in the heap; one at the end holds the others there.
        for _ in 0..<2000 { blocks.append([UInt8](repeating: 1, count: 65_000)) }
        let last = [UInt8](repeating: 1, count: 65_000)
        let full = try #require(ResidentMemory.bytes)
        blocks = []
        Allocator.giveBack()
        let left = try #require(ResidentMemory.bytes)
        #expect(full - left > 60 << 20)
        #expect(last.count == 65_000)
    }
}
