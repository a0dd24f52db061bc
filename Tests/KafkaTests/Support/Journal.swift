import Synchronization

/// Values that were noted, and tasks that wait until enough are there.
final class Journal<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiters: [(isDone: @Sendable ([Value]) -> Bool, continuation: CheckedContinuation<[Value], Never>)] = []
    }
    private let state = Mutex(State())

    var values: [Value] { state.withLock { $0.values } }

    func note(_ value: Value) {
        let woken = state.withLock { state in
            state.values.append(value)
            let (done, rest) = (
                state.waiters.filter { $0.isDone(state.values) }, state.waiters.filter { !$0.isDone(state.values) }
            )
            state.waiters = rest
            return (done, state.values)
        }
        for waiter in woken.0 { waiter.continuation.resume(returning: woken.1) }
    }

    /// What was noted, as soon as `isDone` holds for it.
    @discardableResult
    func wait(until isDone: @escaping @Sendable ([Value]) -> Bool) async -> [Value] {
        await withCheckedContinuation { continuation in
            let values = state.withLock { state -> [Value]? in
                if isDone(state.values) { return state.values }
                state.waiters.append((isDone, continuation))
                return nil
            }
            if let values { continuation.resume(returning: values) }
        }
    }
}
