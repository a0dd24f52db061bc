import Foundation
import Testing

@testable import Platform

@Suite struct SuspicionTests {
    private func start(_ worker: String, alone: Bool = false, trap: String? = nil) -> TrialStart {
        TrialStart(id: Identifier.make(), worker: worker, isAlone: alone, trap: trap)
    }

    @Test func whatAProcessThatLivesBeganSaysNothing() {
        let own = Suspicion([start("me"), start("me", alone: true), start("me")], worker: "me")
        #expect(!own.isSuspect && own.verdict == nil)
    }

    @Test func endsBesideOthersMakeSuspectAndCountNobody() {
        let suspicion = Suspicion((0..<20).map { start("w\($0)") }, worker: "me")
        #expect(suspicion.isSuspect && suspicion.verdict == nil)
    }

    @Test func threeEndsAloneCount() {
        var starts = [start("w0"), start("w1", alone: true), start("w2", alone: true), start("me", alone: true)]
        #expect(Suspicion(starts, worker: "me").verdict == nil)
        starts.append(start("w3", alone: true))
        #expect(Suspicion(starts, worker: "me").verdict?.contains("3 times") == true)
    }

    @Test func threeTrapsCountAndOtherEndsAreNotAddedToThem() {
        var starts = [start("w0", trap: "SIGILL"), start("w1", alone: true, trap: "SIGSEGV")]
        starts += [start("w2", alone: true), start("w3", alone: true)]
        #expect(Suspicion(starts, worker: "me").verdict == nil)
        starts.append(start("w4", alone: true, trap: "SIGILL"))
        #expect(Suspicion(starts, worker: "me").verdict?.contains("SIGILL, SIGSEGV") == true)
    }
}

@Suite struct SolitudeTests {
    private final class Notes: Sendable {
        private let lines = Lock<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private final class Lock<Value: Sendable>: @unchecked Sendable {
        private let lock = NSLock()
        private var value: Value
        init(_ value: Value) { self.value = value }
        func withLock<Result>(_ body: (inout Value) -> Result) -> Result { lock.withLock { body(&value) } }
    }

    /// One that goes alone waits for those before it, those after it wait for it, and others run side by side.
    @Test func oneAloneHasNothingBesideIt() async {
        let solitude = Solitude()
        let notes = Notes()
        let (first, second) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
        await withTaskGroup(of: Void.self) { group in
            let began = AsyncStream<Void>.makeStream()
            for gate in [first, second] {
                group.addTask {
                    await solitude.run {
                        began.continuation.yield()
                        for await _ in gate.stream {}
                        notes.add("beside")
                    }
                }
            }
            // Both run before either ends.
            var beginnings = began.stream.makeAsyncIterator()
            for _ in 0..<2 { await beginnings.next() }
            for _ in 0..<3 {
                group.addTask {
                    await solitude.run(alone: true) {
                        notes.add("alone")
                        for _ in 0..<20 { await Task.yield() }
                        notes.add("over")
                    }
                }
            }
            first.continuation.finish()
            second.continuation.finish()
        }
        await solitude.run { notes.add("after") }
        let expected = ["beside", "beside"] + Array(repeating: ["alone", "over"], count: 3).flatMap { $0 } + ["after"]
        #expect(notes.all == expected)
    }
}
