import Synchronization
import Testing

@testable import Drivers

struct TurnsTests {
    @Test func workOnOneKeyNeverOverlaps() async throws {
        let turns = Turns()
        let underWay = Mutex(0)
        let most = Mutex(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try? await turns.take("a") {
                        let now = underWay.withLock { count in
                            count += 1
                            return count
                        }
                        most.withLock { $0 = max($0, now) }
                        await Task.yield()
                        underWay.withLock { $0 -= 1 }
                        // Work that fails passes its turn on too.
                        if number % 2 == 0 { throw CancellationError() }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(most.withLock { $0 } == 1)
        #expect(underWay.withLock { $0 } == 0)
    }

    @Test func otherKeysDoNotWait() async {
        let turns = Turns()
        let value = await turns.take("a") { await turns.take("b") { 7 } }
        #expect(value == 7)
    }
}
