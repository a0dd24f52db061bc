import Glibc
import Synchronization
import Testing

@testable import Platform

@Suite(.timeLimit(.minutes(2)))
struct LongWorkTests {
    private final class Flag: Sendable {
        private let value = Atomic<Bool>(false)
        var isSet: Bool { value.load(ordering: .acquiring) }
        func set() { value.store(true, ordering: .releasing) }
    }

    private func limits(computing: Int, begun: Int, waiting: Int) -> LongWork.Limits {
        var limits = LongWork.Limits()
        limits.computing = computing
        limits.begun = begun
        limits.waiting = waiting
        return limits
    }

    private func until(_ isSo: () -> Bool) async { while !isSo() { await Task.yield() } }

    @Test func whatComesLaterHasItsTurnBeforeWhatTakesLongIsDone() async throws {
        let work = LongWork(limits(computing: 1, begun: 2, waiting: 0))
        let flag = Flag()
        async let long: Int = work.run { turn in
            var slices = 0
            // It ends only when the other piece has run, though one computes at a time.
            while !flag.isSet {
                try turn.checkpoint()
                slices += 1
            }
            return slices
        }
        await until { work.statistics.begun == 1 }
        try await work.run { _ in flag.set() }
        #expect(try await long > 0)
        #expect(work.statistics.slices > 0)
        await until { work.statistics.begun == 0 }
    }

    @Test func whatIsNotWantedAnyMoreStopsAtItsNextCheckpoint() async throws {
        let work = LongWork(limits(computing: 1, begun: 1, waiting: 1))
        let task = Task { try await work.run { turn in while true { try turn.checkpoint() } } }
        await until { work.statistics.begun == 1 }
        // What waits is not begun.
        let begun = Flag()
        let other = Task { try await work.run { _ in begun.set() } }
        await until { work.statistics.waiting == 1 }
        other.cancel()
        await #expect(throws: CancellationError.self) { try await other.value }
        #expect(work.statistics.waiting == 0)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(work.statistics.cancelled == 2 && !begun.isSet)
        #expect(try await work.run { _ in 7 } == 7)
    }

    @Test func tooMuchIsRefused() async throws {
        let work = LongWork(limits(computing: 1, begun: 1, waiting: 1))
        let flag = Flag()
        async let first: Void = work.run { _ in while !flag.isSet { sched_yield() } }
        await until { work.statistics.begun == 1 }
        async let second: Int = work.run { _ in 2 }
        await until { work.statistics.waiting == 1 }
        let error = await #expect(throws: PlatformError.self) { try await work.run { _ in } }
        #expect(error?.code == .overloaded)
        #expect(work.statistics.refused == 1)
        flag.set()
        try await first
        #expect(try await second == 2)
        work.stop()
        let stopped = await #expect(throws: PlatformError.self) { try await work.run { _ in } }
        #expect(stopped?.code == .unavailable)
    }

    @Test func itsThreadsGiveWayToOthers() async throws {
        let which = __priority_which_t(PRIO_PROCESS.rawValue)
        let thread = WorkThread(name: "test")
        defer { thread.stop() }
        let own = getpriority(which, 0)
        #expect(try await LongWork().run { _ in getpriority(which, 0) } == min(19, own + 10))
        #expect(try await thread.run { getpriority(which, 0) } == min(19, own + 10))
        #expect(getpriority(which, 0) == own)
    }
}
