import Testing

@testable import CQL

struct StreamTableTests {
    @Test func streamsAreUsedAgainWhenTheirAnswersHaveCome() throws {
        var table = StreamTable<String>(capacity: 2)
        #expect(table.insert("a") == 0)
        #expect(table.insert("b") == 1)
        #expect(table.insert("c") == nil)
        #expect(try table.finish(0) == "a")
        #expect(table.insert("c") == 0)
        #expect(table.waitingCount == 2)
    }

    @Test func abandonedStreamsStayTakenUntilAnswered() throws {
        var table = StreamTable<String>(capacity: 1)
        #expect(table.insert("a") == 0)
        #expect(table.abandon { $0 == "a" } == ["a"])
        #expect(table.abandonedCount == 1 && table.waitingCount == 0 && table.takenCount == 1)
        #expect(table.insert("b") == nil)
        #expect(try table.finish(0) == nil)
        #expect(table.abandonedCount == 0)
        #expect(table.insert("b") == 0)
    }

    @Test func answersThatNobodyAskedForAreRefused() throws {
        var table = StreamTable<String>()
        #expect(throws: CQLError.self) { try table.finish(0) }
        #expect(throws: CQLError.self) { try table.finish(-7) }
        #expect(table.insert("a") == 0)
        #expect(try table.finish(0) == "a")
        #expect(throws: CQLError.self) { try table.finish(0) }
        #expect(throws: CQLError.self) { try table.finish(32_767) }
    }

    @Test func thereAreNoMoreThanTheProtocolHas() {
        var table = StreamTable<Int>()
        for number in 0..<32_768 { #expect(table.insert(number) == Int16(number)) }
        #expect(table.insert(0) == nil)
    }
}
