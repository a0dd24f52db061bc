import Foundation
import Synchronization
import Testing

@testable import Learners

@Suite struct ThreadPoolTests {
    private final class Counters: Sendable {
        let sum = Atomic<Int>(0)
        let calls = Atomic<Int>(0)
    }

    @Test(arguments: [1, 2, 3, 8])
    func everyIndexOnce(_ threads: Int) {
        let pool = ThreadPool(threadCount: threads)
        for count in [0, 1, 2, 7, 1000] {
            let counters = Counters()
            pool.forEach(count) { index in
                counters.sum.wrappingAdd(index, ordering: .relaxed)
                counters.calls.wrappingAdd(1, ordering: .relaxed)
            }
            #expect(counters.calls.load(ordering: .relaxed) == count)
            #expect(counters.sum.load(ordering: .relaxed) == count * (count - 1) / 2)
        }
    }

    @Test func manyShortLoopsAndLoopsWithinLoops() {
        let pool = ThreadPool(threadCount: 3)
        let counters = Counters()
        for _ in 0..<2000 { pool.forEach(3) { _ in counters.calls.wrappingAdd(1, ordering: .relaxed) } }
        pool.forEach(10) { _ in pool.forEach(10) { _ in counters.calls.wrappingAdd(1, ordering: .relaxed) } }
        #expect(counters.calls.load(ordering: .relaxed) == 6100)
    }

    @Test func severalCallersAtOnce() {
        let pool = ThreadPool(threadCount: 2)
        let counters = Counters()
        let group = DispatchGroup()
        for _ in 0..<4 {
            group.enter()
            Thread.detachNewThread {
                for _ in 0..<200 { pool.forEach(5) { _ in counters.calls.wrappingAdd(1, ordering: .relaxed) } }
                group.leave()
            }
        }
        group.wait()
        #expect(counters.calls.load(ordering: .relaxed) == 4000)
    }

    @Test func loopsRunAfterTheStop() {
        let pool = ThreadPool(threadCount: 4)
        pool.stop()
        let counters = Counters()
        pool.forEach(9) { _ in counters.calls.wrappingAdd(1, ordering: .relaxed) }
        #expect(counters.calls.load(ordering: .relaxed) == 9)
    }

    @Test func blocksCoverTheRange() {
        let counters = Counters()
        ThreadPool(threadCount: 2).forEachBlock(of: 1001, size: 10) { block, range in
            #expect(range.lowerBound == block * 10)
            counters.calls.wrappingAdd(range.count, ordering: .relaxed)
        }
        #expect(counters.calls.load(ordering: .relaxed) == 1001)
    }
}
