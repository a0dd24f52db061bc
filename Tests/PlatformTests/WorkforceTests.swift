import Synchronization
import Testing

@testable import Platform

@Suite struct WorkforceTests {
    /// A clock that tests move.
    private final class Clock: Sendable {
        private let now = Mutex<UInt64>(1_000_000_000)
        func advance(seconds: Double) { now.withLock { $0 += UInt64(seconds * 1e9) } }
        func read() -> UInt64 { now.withLock { $0 } }
    }

    private let clock = Clock()
    private let workforce: Workforce

    init() { workforce = Workforce(clock: { [clock] in clock.read() }) }

    private func hear(
        _ name: String, slots: Int = 1, memory: Int = 100, partitions: Set<Int> = [0], running: [TrialKey] = [],
        waiting: [TrialKey]? = nil, isLeaving: Bool = false
    ) {
        workforce.hear(
            WorkerMessage(
                name: name, startedAt: .now(), slots: slots, threads: 1, trialMemory: memory, partitions: partitions,
                running: running, waiting: waiting, trialsDone: 0, dataHits: 0, dataMisses: 0, cacheHits: 0,
                cacheMisses: 0,
                isLeaving: isLeaving))
    }

    private func key(_ index: Int) -> TrialKey { TrialKey(experimentID: "e", index: index) }

    @Test func trialsGoToTheWorkerWithTheMostFreeSlots() {
        hear("a", slots: 1, partitions: [1])
        hear("b", slots: 2, partitions: [2])
        #expect(workforce.place(key(0))?.worker == "b")
        #expect(workforce.place(key(1))?.worker == "a")
        #expect(workforce.place(key(2)) == .init(worker: "b", partition: 2))
        #expect(workforce.place(key(3)) == nil)
        workforce.release(key(1))
        #expect(workforce.place(key(3))?.worker == "a")
        #expect(workforce.slots.all == 3 && workforce.slots.free == 0)
    }

    /// A worker says that it trains nothing any more a little after its result is there.
    @Test func aReleasedTrialLoadsItsWorkerNoLonger() {
        hear("a")
        #expect(workforce.place(key(0)) != nil)
        hear("a", running: [key(0)])
        #expect(workforce.slots.free == 0)
        workforce.release(key(0))
        #expect(workforce.slots.free == 1)
        #expect(!workforce.isHeld(key(0)))
    }

    /// With trials enough for everyone, a worker has its next one at hand before it needs it.
    @Test func aWorkerMayHaveOneTrialAhead() {
        hear("a")
        hear("b", slots: 2)
        for index in 0..<3 { #expect(workforce.place(key(index)) != nil) }
        #expect(workforce.place(key(3)) == nil)
        let ahead = [3, 4].map { workforce.place(key($0), isAhead: true)?.worker }
        #expect(Set(ahead) == ["a", "b"])
        #expect(workforce.place(key(5), isAhead: true) == nil)
        #expect(workforce.slots.free == 0)
    }

    /// A slot that gets free goes to the trial that its worker has at hand.
    @Test func whatWaitsAtAWorkerComesNext() {
        hear("a")
        for index in 0..<2 { #expect(workforce.place(key(index), isAhead: true) != nil) }
        hear("a", running: [key(0)], waiting: [key(1)])
        #expect(workforce.isHeld(key(1)) && workforce.isWaiting(key(1)) && !workforce.isWaiting(key(0)))
        workforce.release(key(0))
        #expect(workforce.place(key(2)) == nil)
        #expect(workforce.place(key(2), isAhead: true)?.worker == "a")
    }

    @Test func silentWorkersGetNothing() {
        hear("a")
        clock.advance(seconds: Workforce.patience + 1)
        hear("b")
        #expect(workforce.dismissSilent())
        #expect(workforce.place(key(0))?.worker == "b")
        #expect(workforce.slots.all == 1)
        #expect(!workforce.dismissSilent())
    }

    /// What one failed at goes back to it only where nobody else will come.
    @Test func aLateWorkerIsWaitedForByWhatOthersFailedAt() {
        hear("a")
        hear("b")
        clock.advance(seconds: Workforce.patience + 1)
        hear("a")
        workforce.dismissSilent()
        #expect(workforce.place(key(0), avoiding: ["a"]) == nil)
        #expect(workforce.place(key(1))?.worker == "a")
        workforce.release(key(1))
        hear("b")
        #expect(workforce.place(key(0), avoiding: ["a"])?.worker == "b")
        // Whoever leaves in order is not waited for, nor one that never comes back.
        hear("b", isLeaving: true)
        workforce.release(key(0))
        #expect(workforce.place(key(0), avoiding: ["a"])?.worker == "a")
        workforce.release(key(0))
        hear("c")
        clock.advance(seconds: Workforce.patience + 1)
        hear("a")
        workforce.dismissSilent()
        #expect(workforce.place(key(0), avoiding: ["a"]) == nil)
        clock.advance(seconds: Workforce.memory)
        hear("a")
        workforce.dismissSilent()
        #expect(workforce.place(key(0), avoiding: ["a"])?.worker == "a")
    }

    @Test func onlyWorkersWithEnoughMemoryGetATrial() {
        hear("a", memory: 10)
        hear("b", memory: 50)
        #expect(workforce.place(key(0), bytes: 20)?.worker == "b")
        #expect(workforce.place(key(1), bytes: 20) == nil)
        #expect(workforce.largestTrialMemory == 50)
    }
}
