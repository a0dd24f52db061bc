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

    private func dispatch(_ count: Int) -> TrialDispatch {
        var dispatch = TrialDispatch(experimentID: "e", workforce: workforce, log: log)
        for index in 0..<count {
            dispatch.add(TrialSpec(index: index, learner: "linear", configuration: Configuration(), seed: Seed(1)))
        }
        return dispatch
    }

    /// One trial for the slot and one ahead, while more are left than slots.
    @Test func aBusyWorkerGetsOneTrialMoreWhileManyAreLeft() async throws {
        hear("a", partition: 0)
        var dispatch = dispatch(4)
        #expect(try await dispatch.send().isEmpty)
        #expect(dispatch.waitingCount == 2)
        dispatch.end(0)
        _ = try await dispatch.send()
        #expect(dispatch.waitingCount == 1)
        // The last one goes to whoever is free first.
        dispatch.end(1)
        _ = try await dispatch.send()
        #expect(dispatch.waitingCount == 1)
        dispatch.end(2)
        _ = try await dispatch.send()
        #expect(dispatch.waitingCount == 0)
    }

    /// A worker that has nothing to do gets what waits behind another's trial.
    @Test func nothingStaysBehindALongTrialWhileAnotherWorkerIsIdle() async throws {
        hear("a", partition: 0)
        var dispatch = dispatch(3)
        _ = try await dispatch.send()
        hear("a", partition: 0, running: [0], waiting: [1])
        #expect(dispatch.waitingCount == 1)
        hear("b", partition: 1)
        _ = try await dispatch.send()
        #expect(dispatch.waitingCount == 0)
        dispatch.end(2)
        let trials = try await log.consumer(of: Topics.trials, group: "test")
        var seen: [Int] = []
        for _ in 0..<3 { seen.append(try await trials.next()?.decoded(TrialMessage.self)?.trial.index ?? -1) }
        #expect(Set(seen) == [0, 1, 2])
        _ = try await dispatch.send()
        #expect(try await trials.next()?.decoded(TrialMessage.self)?.trial.index == 1)
        // Once is enough.
        dispatch.takeBack(1, from: "b", bytes: nil)
        #expect(dispatch.waitingCount == 1)
    }
}
