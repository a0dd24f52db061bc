import Synchronization
import Testing

@testable import Drivers

struct TurnsTests {
    /// How much work is under way, and was at most.
    private final class Load: Sendable {
        private let state = Mutex((now: 0, most: 0))

        var most: Int { state.withLock { $0.most } }

        func begin() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
        }

        func end() { state.withLock { $0.now -= 1 } }
    }

    @Test func workOnOneKeyNeverOverlaps() async {
        let turns = Turns()
        let load = Load()
        let done = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do {
                        return try await turns.take("a") {
                            load.begin()
                            await Task.yield()
                            load.end()
                            // Work that fails passes its turn on too.
                            if number % 2 == 0 { throw CancellationError() }
                            return true
                        }
                    } catch { return false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(load.most == 1)
        #expect(done == 25)
    }

    @Test func otherKeysDoNotWait() async {
        let turns = Turns()
        let value = await turns.take("a") { await turns.take("b") { 7 } }
        #expect(value == 7)
    }
}
