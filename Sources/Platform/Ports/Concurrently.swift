extension Sequence where Element: Sendable {
    /// Calls `body` for each element, several at a time, and gives what it makes in the elements' order; the first error ends
    /// it.
    @discardableResult
    public func concurrently<Value: Sendable>(
        limit: Int = 8, _ body: @escaping @Sendable (Element) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var made: [Int: Value] = [:]
            for (index, element) in enumerated() {
                if index >= limit, let (done, value) = try await group.next() { made[done] = value }
                group.addTask { (index, try await body(element)) }
            }
            for try await (done, value) in group { made[done] = value }
            return (0..<made.count).compactMap { made[$0] }
        }
    }
}
