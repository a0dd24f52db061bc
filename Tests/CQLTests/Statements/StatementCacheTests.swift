import Synchronization
import Testing

@testable import CQL

struct StatementCacheTests {
    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    private static func statement(_ text: String) -> PreparedStatement {
        PreparedStatement(text: text, state: .init(id: [1], markers: ColumnList([])))
    }

    @Test func manyWhoWantOneTextPrepareItOnce() async throws {
        let cache = StatementCache(limit: 10)
        let counter = Counter()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: PreparedStatement.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await cache.statement("Q") {
                        counter.value.add(1, ordering: .relaxed)
                        for await _ in gate {}
                        return Self.statement("Q")
                    }
                }
            }
            open.finish()
            var found: [PreparedStatement] = []
            for try await statement in group { found.append(statement) }
            #expect(found.count == 8 && found.allSatisfy { $0 === found[0] })
        }
        #expect(counter.value.load(ordering: .relaxed) == 1)
        #expect(cache.statement("Q") != nil)
    }

    @Test func failuresAreNotKept() async throws {
        let cache = StatementCache(limit: 10)
        await #expect(throws: CQLError.self) {
            try await cache.statement("Q") { throw CQLError(.invalid, "no such table") }
        }
        let later = try await cache.statement("Q") { Self.statement("Q") }
        #expect(later.text == "Q")
    }

    @Test func theOldestIsForgotten() async throws {
        let cache = StatementCache(limit: 2)
        for text in ["a", "b", "c"] { _ = try await cache.statement(text) { Self.statement(text) } }
        #expect(cache.statement("a") == nil)
        #expect(cache.statement("b") != nil && cache.statement("c") != nil)
    }
}
