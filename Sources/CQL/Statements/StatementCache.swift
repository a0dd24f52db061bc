internal import Synchronization

/// Statements prepared by their text. Those who want the same text at the same time wait for one preparation.
final class StatementCache: Sendable {
    private enum Entry {
        case prepared(PreparedStatement)
        case preparing(Task<PreparedStatement, any Error>)
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Texts in the order of their preparation.
        var order: [String] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = max(1, limit) }

    /// The statement, if it is there.
    func statement(_ text: String) -> PreparedStatement? {
        state.withLock {
            if case .prepared(let statement) = $0.entries[text] { statement } else { nil }
        }
    }

    /// The statement, prepared by `prepare` where it is not there. A failure is not kept.
    func statement(
        _ text: String, prepare: @escaping @Sendable () async throws -> PreparedStatement
    ) async throws -> PreparedStatement {
        if let statement = statement(text) { return statement }
        let task = state.withLock { state -> Task<PreparedStatement, any Error> in
            switch state.entries[text] {
            case .preparing(let task): return task
            case .prepared(let statement): return Task { statement }
            case nil:
                let task = Task { [weak self] in
                    do {
                        let statement = try await prepare()
                        self?.keep(statement)
                        return statement
                    } catch {
                        self?.drop(text)
                        throw error
                    }
                }
                state.entries[text] = .preparing(task)
                return task
            }
        }
        return try await task.value
    }

    private func keep(_ statement: PreparedStatement) {
        state.withLock { state in
            state.entries[statement.text] = .prepared(statement)
            state.order.append(statement.text)
            if state.order.count > limit { state.entries[state.order.removeFirst()] = nil }
        }
    }

    private func drop(_ text: String) { state.withLock { $0.entries[text] = nil } }
}
