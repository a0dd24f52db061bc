import AutoML
import Foundation
import Search
import Testing

@testable import Platform

@Suite struct DeadLetterTests {
    private let log = MemoryMessageLog()

    private func letter(_ index: Int, _ starts: [DeadLetterRecord.Start]? = nil) -> DeadLetter {
        DeadLetter(
            trial: TrialKey(experimentID: "e", index: index),
            spec: TrialSpec(index: index, learner: "linear", configuration: ["alpha": .double(0.5)], seed: Seed(1)),
            workers: ["a", "b"], reason: "3 workers ended with it or failed at it", at: .now(), starts: starts)
    }

    private func put(_ letter: DeadLetter) async throws {
        try await log.send(letter, key: "e", to: Topics.deadLetters, partition: Topics.deadLetterPartition)
    }

    @Test func theNewestComeFirstInParts() async throws {
        try await Topics.create(in: log)
        #expect(try await log.deadLetters(limit: 5, after: nil) == Page(items: []))
        for index in 0..<5 { try await put(letter(index)) }
        var trials: [Int] = []
        var cursor: Cursor?
        for count in [2, 2, 1] {
            let page = try await log.deadLetters(limit: 2, after: cursor)
            #expect(page.items.count == count)
            trials += page.items.map(\.trial)
            cursor = page.nextCursor
            // What comes meanwhile does not move the parts.
            try await put(letter(9))
        }
        #expect(trials == [4, 3, 2, 1, 0])
        #expect(cursor == nil)
    }

    @Test func aTrialThatTwoGaveUpIsToldOnce() async throws {
        try await Topics.create(in: log)
        for index in [1, 2, 1, 1] { try await put(letter(index)) }
        #expect(try await log.deadLetters(limit: 4, after: nil).items.map(\.trial) == [1, 2])
    }

    @Test(arguments: ["-1", "x", "99999999999999999999"]) func aCursorOfAnotherListIsRefused(_ position: String)
        async throws
    {
        try await Topics.create(in: log)
        let refused = await #expect(throws: PlatformError.self) {
            try await log.deadLetters(limit: 1, after: Cursor(position: position))
        }
        #expect(refused?.code == .invalid && refused?.field == "cursor")
    }

    /// What was written before letters told of starts, and what nobody can read.
    @Test func otherVersionsAreReadOrPassedOver() async throws {
        try await Topics.create(in: log)
        let old = """
            {"version": 1, "trial": {"experiment_id": "e", "index": 7}, "workers": ["b", "a"], "reason": "3 workers",
             "spec": \(String(decoding: try JSONEncoder().encode(letter(7).spec), as: UTF8.self)),
             "at": "2026-03-04T05:06:07.089Z", "colour": "red"}
            """
        for text in [old, "{}", "no JSON"] {
            try await log.append(Array(text.utf8), key: "e", to: Topics.deadLetters, partition: 0)
        }
        let page = try await log.deadLetters(limit: 10, after: nil)
        let record = try #require(page.items.first)
        #expect(page.items.count == 1 && record.trial == 7 && record.learner == "linear")
        #expect(record.at.description == "2026-03-04T05:06:07.089Z")
        #expect(record.starts.map(\.worker) == ["b", "a"])
        #expect(record.starts.allSatisfy { $0.beganAt == nil && $0.failure == nil })
    }

    @Test func whatWorkersSaidIsPutToTheirStarts() {
        let before = Timestamp.now()
        let starts = ["a", "b", "a", "c"].map { TrialStart(id: Identifier.make(), worker: $0) }
        let failures = [
            TrialFailure(worker: "a", reason: "first"), TrialFailure(worker: "c", reason: nil),
            TrialFailure(worker: "a", reason: "second"), TrialFailure(worker: "d", reason: "elsewhere"),
        ]
        let told = DeadLetterRecord.Start.all(of: starts.reversed(), failures)
        #expect(told.map(\.worker) == ["a", "b", "a", "c"])
        #expect(told.map(\.failure) == ["first", nil, "second", nil])
        let moments = told.compactMap(\.beganAt)
        #expect(moments.count == 4 && moments == moments.sorted() && moments[0] >= before)
    }
}
