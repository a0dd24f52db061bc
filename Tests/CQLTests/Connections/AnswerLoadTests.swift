import Testing

@testable import CQL

struct AnswerLoadTests {
    @Test func expectsAnswersLikeThoseThatCame() {
        var load = AnswerLoad()
        #expect(load.expected(of: 1_000) == 0)
        // A long answer comes in pieces.
        for _ in 0..<64 {
            load.received(40_000, answers: 0)
            load.received(25_000, answers: 1)
        }
        #expect((64_000...65_000).contains(load.expected(of: 1)))
        #expect(load.expected(of: 3) == 3 * load.expected(of: 1))
        // Many short ones at a time count as much as they are.
        load.received(64 * 100, answers: 64)
        #expect(load.expected(of: 1) == 100)
    }

    @Test func connectionsAreUsedOneAfterAnother() {
        let enough = AnswerLoad.enough
        func choice(_ expected: [Int]) -> Int { AnswerLoad.choice(among: expected.count) { expected[$0] } }
        #expect(choice([0]) == 0)
        #expect(choice([enough * 2]) == 0)
        #expect(choice([enough - 1, 0]) == 0)
        #expect(choice([enough, 0, 0]) == 1)
        #expect(choice([enough, enough + 1, enough - 1]) == 2)
        #expect(choice([enough + 2, enough + 1, enough + 1]) == 1)
    }
}
