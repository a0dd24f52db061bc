import AutoML
import Learners
import Search
import Testing

@testable import Platform

@Suite struct TrialDispatchTests {
    private let workforce = Workforce()
    private let log = MemoryMessageLog()

    private func hear(_ name: String, partition: Int, running: [Int] = [], waiting: [Int] = []) {
        workforce.hear(
            WorkerMessage(
                name: name, startedAt: .now(), slots: 1, threads: 1, trialMemory: 100, partitions: [partition],
                running: running.map(key), waiting: waiting.map(key), trialsDone: 0, dataHits: 0, dataMisses: 0,
                cacheHits: 0, cacheMisses: 0, isLeaving: false))
    }

    private func key(_ index: Int) -> TrialKey { TrialKey(experimentID: "e", index: index) }

    private func dispatch(_ count: Int) async throws -> TrialDispatch {
        try await Topics.create(in: log)
        var dispatch = TrialDispatch(experimentID: "e", workforce: workforce, log: log)
        for index in 0..<count {
            dispatch.add(TrialSpec(index: index, learner: "linear", configuration: Configuration(), seed: Seed(1)))
        }
        return dispatch
    }

    /// One trial for the slot and one ahead, as long as more than three are left.
    @Test func aBusyWorkerGetsOneTrialMoreWhileManyAreLeft() async throws {
        hear("a", partition: 0)
        var dispatch = try await dispatch(6)
        #expect(try await dispatch.send(longestFirst: { $0 }).isEmpty)
        #expect(dispatch.waitingCount == 4)
        dispatch.end(0)
        _ = try await dispatch.send { $0 }
        #expect(dispatch.waitingCount == 3)
        // The last ones go to whoever is free first.
        dispatch.end(1)
        _ = try await dispatch.send { $0 }
        #expect(dispatch.waitingCount == 3)
        dispatch.end(2)
        _ = try await dispatch.send { $0 }
        #expect(dispatch.waitingCount == 2)
    }

    /// A worker that has nothing to do gets what waits behind another's trial.
    @Test func nothingStaysBehindALongTrialWhileAnotherWorkerIsIdle() async throws {
        hear("a", partition: 0)
        var dispatch = try await dispatch(5)
        _ = try await dispatch.send { $0 }
        hear("a", partition: 0, running: [0], waiting: [1])
        for index in 2..<5 { dispatch.end(index) }
        #expect(dispatch.waitingCount == 0)
        hear("b", partition: 1)
        _ = try await dispatch.send { $0 }
        #expect(dispatch.waitingCount == 0)
        let trials = try await log.consumer(of: Topics.trials, group: "test")
        var seen: [Int] = []
        for _ in 0..<3 { seen.append(try await trials.next()?.decoded(TrialMessage.self)?.trial.index ?? -1) }
        #expect(seen.sorted() == [0, 1, 1])
        // Once is enough.
        hear("b", partition: 1)
        hear("a", partition: 0, running: [0], waiting: [1])
        hear("c", partition: 2)
        _ = try await dispatch.send { $0 }
        dispatch.takeBack(1, from: "b", bytes: nil)
        #expect(dispatch.waitingCount == 1)
    }

    /// The slot that is free gets the longest; the shortest waits behind another's.
    @Test func theLongestGoesFirst() async throws {
        hear("a", partition: 0)
        hear("b", partition: 1)
        var dispatch = try await dispatch(9)
        let seconds = [1, 5, 2, 9, 3, 4, 8, 7, 6]
        _ = try await dispatch.send { $0.sorted { seconds[$0.index] > seconds[$1.index] } }
        let trials = try await log.consumer(of: Topics.trials, group: "test")
        var seen: [Int] = []
        for _ in 0..<3 { seen.append(try await trials.next()?.decoded(TrialMessage.self)?.trial.index ?? -1) }
        #expect(seen == [3, 6, 0])
        #expect(dispatch.waitingCount == 6)
    }
}
