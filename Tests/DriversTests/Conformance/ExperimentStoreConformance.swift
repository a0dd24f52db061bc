import AutoML
import Learners
import Platform
import Search
import Testing

@Suite struct ExperimentStoreConformance {
    private func record(_ id: String, _ state: ExperimentState = .queued) -> ExperimentRecord {
        let settings = ExperimentSettings(target: "y", task: .binary, budget: .trials(7), seed: .max, exclude: ["a b"])
        var record = ExperimentRecord(
            id: id, request: ExperimentRequest(datasetID: "d", name: "first", settings: settings),
            createdAt: Timestamp(milliseconds: 1_700_000_000_001))
        record.state = state
        record.progress = 0.1
        return record
    }

    private func trial(_ index: Int) -> TrialRecord {
        TrialRecord(
            experimentID: "e",
            spec: TrialSpec(
                index: index, learner: "linear", configuration: ["l2": .double(0.1), "n": .integer(3)],
                seed: Seed(.max)), proposedAt: Timestamp(milliseconds: 12))
    }

    @Test(arguments: StoreKind.present) func recordsComeBackAsWritten(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.experiments
            var record = record("e")
            try await store.create(record)
            #expect(try await store.experiment("e") == record)
            let term = try await store.claim("e")
            record.state = .completed
            record.bestScore = 0.1 + 0.2
            record.resolvedTask = .binary
            record.resolvedMetric = .rocAUC
            record.finishedAt = .now()
            try await store.update(record, term: term)
            #expect(try await store.experiment("e") == record)
            try await store.create(self.record("e"))
            #expect(try await store.experiment("e") == record)
            #expect(try await store.experiment("none") == nil)
        }
    }

    @Test(arguments: StoreKind.present) func whoClaimedEarlierIsRefused(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.experiments
            try await store.create(record("e"))
            let first = try await store.claim("e")
            try await store.update(record("e", .running), term: first)
            let second = try await store.claim("e")
            #expect(second > first)
            let refused = await #expect(throws: PlatformError.self) {
                try await store.update(record("e", .failed), term: first)
            }
            #expect(refused?.code == .conflict)
            #expect(try await store.experiment("e")?.state == .running)
            try await store.update(record("e", .completed), term: second)
            try await store.update(record("e", .completed), term: second)
            #expect(try await store.experiment("e")?.state == .completed)
            let missing = await #expect(throws: PlatformError.self) { _ = try await store.claim("none") }
            #expect(missing?.code == .notFound)
        }
    }

    @Test(arguments: StoreKind.present) func unfinishedComeTheOldestFirst(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.experiments
            let ids = (0..<5).map { _ in Identifier.make() }
            let states: [ExperimentState] = [.queued, .completed, .running, .failed, .queued]
            for (id, state) in zip(ids, states).reversed() {
                try await store.create(record(id))
                if state != .queued { try await store.update(record(id, state), term: try await store.claim(id)) }
            }
            #expect(try await store.unfinishedExperiments().map(\.id) == [ids[0], ids[2], ids[4]])
            let page = try await store.experiments(limit: 3, after: nil)
            #expect(page.items.map(\.id) == [ids[4], ids[3], ids[2]])
            let rest = try await store.experiments(limit: 3, after: page.nextCursor)
            #expect(rest.items.map(\.id) == [ids[1], ids[0]])
            #expect(rest.nextCursor == nil)
        }
    }

    @Test(arguments: StoreKind.present) func aWishToCancelIsKept(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.experiments
            try await store.create(record("e"))
            #expect(try await store.isCancellationRequested(of: "e") == false)
            try await store.requestCancellation(of: "e")
            try await store.requestCancellation(of: "e")
            try await store.update(record("e", .running), term: try await store.claim("e"))
            #expect(try await store.isCancellationRequested(of: "e"))
        }
    }

    @Test(arguments: StoreKind.present) func trialsAreUpsertsByIndex(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.experiments
            for index in [2, 0, 11, 1] { try await store.put(trial(index)) }
            var ended = trial(2)
            ended.result = TrialResult(ended.spec, status: .failed, reason: "no")
            #expect(try await store.put(ended) == ended)
            #expect(try await store.put(ended) == ended)
            // A result that is there stays, whoever writes.
            #expect(try await store.put(trial(2)) == ended)
            var other = ended
            other.result = TrialResult(ended.spec, status: .failed, reason: "otherwise")
            #expect(try await store.put(other) == ended)
            #expect(try await store.trials(of: "e").map(\.index) == [0, 1, 2, 11])
            #expect(try await store.trial(2, of: "e") == ended)
            #expect(try await store.trial(0, of: "e") == trial(0))
            #expect(try await store.trial(5, of: "e") == nil)
            #expect(try await store.trials(of: "f").isEmpty)
        }
    }

    @Test(arguments: StoreKind.present) func whatIsDeletedIsGone(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.experiments
            for id in ["e", "f"] {
                try await store.create(record(id))
                var trial = trial(3)
                trial.experimentID = id
                try await store.put(trial)
                _ = try await store.putStart(TrialStart(id: "s", worker: "w"), ofTrial: 3, of: id)
                try await store.put(
                    [EventRecord(sequence: 1, kind: .state, at: .now(), state: .queued, progress: 0)], of: id)
                try await store.requestCancellation(of: id)
            }
            #expect(try await store.delete("e"))
            #expect(try await store.delete("e") == false)
            #expect(try await store.experiment("e") == nil)
            #expect(try await store.trials(of: "e").isEmpty)
            #expect(try await store.lastSequence(of: "e") == 0)
            #expect(try await store.isCancellationRequested(of: "e") == false)
            #expect(try await store.unfinishedExperiments().map(\.id) == ["f"])
            #expect(try await store.experiments(limit: 9, after: nil).items.map(\.id) == ["f"])
            #expect(try await store.trials(of: "f").count == 1)
            #expect(try await store.lastSequence(of: "f") == 1)
            // The id may be used again, and nothing of old comes back.
            #expect(try await store.putStart(TrialStart(id: "t", worker: "w"), ofTrial: 3, of: "e").count == 1)
        }
    }

    @Test(arguments: StoreKind.present) func startsAreCounted(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.experiments
            let starts = (0..<3).map { TrialStart(id: Identifier.make(), worker: "w\($0 % 2)") }
            for (count, start) in starts.enumerated() {
                let noted = try await store.putStart(start, ofTrial: 4, of: "e")
                #expect(Set(noted) == Set(starts[...count]))
            }
            #expect(try await store.putStart(starts[1], ofTrial: 4, of: "e").count == 3)
            #expect(try await store.putStart(starts[0], ofTrial: 5, of: "e") == [starts[0]])
            try await store.removeStart(starts[0], ofTrial: 4, of: "e")
            try await store.removeStart(starts[0], ofTrial: 4, of: "e")
            #expect(Set(try await store.putStart(starts[1], ofTrial: 4, of: "e")) == Set(starts[1...]))
        }
    }

    @Test(arguments: StoreKind.present) func eventsAreReadFromAPlaceOn(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.experiments
            #expect(try await store.lastSequence(of: "e") == 0)
            let events = (1...5).map { sequence in
                EventRecord(
                    sequence: sequence, kind: .state, at: Timestamp(milliseconds: 3), state: .running, progress: 0.5,
                    trial: .init(trial(sequence)))
            }
            try await store.put([events[0]], of: "e")
            for _ in 0..<2 { try await store.put(Array(events[1...]), of: "e") }
            #expect(try await store.events(of: "e", after: 2, limit: 2).map(\.sequence) == [3, 4])
            #expect(try await store.events(of: "e", after: 0, limit: 100).map(\.sequence) == [1, 2, 3, 4, 5])
            #expect(try await store.events(of: "e", after: 5, limit: 100).isEmpty)
            #expect(try await store.lastSequence(of: "e") == 5)
            let again = try #require(try await store.events(of: "e", after: 4, limit: 1).first)
            try await store.put([again], of: "e")
            var other = again
            other.progress = 0.75
            var next = again
            next.sequence = 6
            // All or none.
            for events in [[other], [next, other], [other, next]] {
                let refused = await #expect(throws: PlatformError.self) { try await store.put(events, of: "e") }
                #expect(refused?.code == .conflict)
                #expect(try await store.events(of: "e", after: 4, limit: 9) == [again])
            }
            // Where Cassandra's next partition begins.
            let later = (8_190...8_193).map { sequence in
                var event = again
                event.sequence = sequence
                return event
            }
            try await store.put(later, of: "e")
            #expect(try await store.lastSequence(of: "e") == 8_193)
            #expect(try await store.events(of: "e", after: 8_000, limit: 9) == later)
        }
    }
}
