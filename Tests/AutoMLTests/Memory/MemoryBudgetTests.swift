import Foundation
import Learners
import Synchronization
import Testing

@testable import AutoML

struct MemoryBudgetTests {
    private let context = TrainingContext()

    @Test func asManyPartsAreGrantedAsFit() throws {
        let budget = MemoryBudget(bytes: 1000)
        #expect(try budget.take(fixed: 100, part: 200, most: 8, context) == 4)
        #expect(budget.taken == 900)
        budget.giveBack(fixed: 100, part: 200, parts: 4)
        #expect(budget.taken == 0)
        #expect(try budget.take(fixed: 100, part: 200, most: 2, context) == 2)
        #expect(budget.taken == 500)
        // The rest is enough for one.
        #expect(try budget.take(fixed: 0, part: 300, most: 2, context) == 1)
    }

    @Test func whatNeverFitsIsRefusedAtOnce() throws {
        let budget = MemoryBudget(bytes: 1000)
        #expect(try budget.take(fixed: 0, part: 900, most: 1, context) == 1)
        #expect(try budget.take(fixed: 1, part: 1000, most: 1, context) == nil)
        #expect(try budget.take(fixed: .max, part: .max, most: 4, context) == nil)
        #expect(budget.taken == 900)
    }

    @Test func withoutALimitEverythingFits() throws {
        let budget = MemoryBudget()
        #expect(try budget.take(fixed: 1 << 40, part: 1 << 40, most: 8, context) == 8)
    }

    /// The first who waits is the first who gets, also where a later one could have gone at once.
    @Test func whoeverWaitsIsServedInOrder() throws {
        let budget = MemoryBudget(bytes: 100)
        #expect(try budget.take(fixed: 0, part: 60, most: 1, context) == 1)
        let order = Mutex<[Int]>([])
        let group = DispatchGroup()
        for (index, size) in [100, 10].enumerated() {
            group.enter()
            Thread.detachNewThread {
                if let parts = try? budget.take(fixed: 0, part: size, most: 1, TrainingContext()) {
                    order.withLock { $0.append(size) }
                    budget.giveBack(fixed: 0, part: size, parts: parts)
                }
                group.leave()
            }
            while budget.waitingCount <= index { sched_yield() }
        }
        budget.giveBack(fixed: 0, part: 60, parts: 1)
        group.wait()
        #expect(order.withLock { $0 } == [100, 10])
        #expect(budget.taken == 0)
    }

    @Test func waitingEndsWithTheTimeOrTheWish() throws {
        let budget = MemoryBudget(bytes: 100)
        #expect(try budget.take(fixed: 0, part: 60, most: 1, context) == 1)
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: TrainingError.cancelled) {
            try budget.take(fixed: 0, part: 50, most: 1, TrainingContext(cancellation: cancellation))
        }
        #expect(throws: TrainingError.deadlineExceeded) {
            try budget.take(fixed: 0, part: 50, most: 1, TrainingContext(deadline: .after(seconds: 0)))
        }
        // Nobody stands in the way any more.
        #expect(try budget.take(fixed: 0, part: 40, most: 1, context) == 1)
    }
}
