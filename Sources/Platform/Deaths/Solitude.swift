internal import Synchronization

/// Lets heavy work of the process run side by side, or one piece alone, in the order in which it came.
final class Solitude: Sendable {
    private struct Waiter {
        let isAlone: Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var running = 0
        var isAlone = false
        var waiting: [Waiter] = []

        func admits(alone: Bool) -> Bool { !isAlone && (running == 0 || !alone) }

        mutating func admit(alone: Bool) {
            running += 1
            isAlone = alone
        }

        mutating func next() -> [CheckedContinuation<Void, Never>] {
            var next: [CheckedContinuation<Void, Never>] = []
            while let waiter = waiting.first, admits(alone: waiter.isAlone) {
                waiting.removeFirst()
                admit(alone: waiter.isAlone)
                next.append(waiter.continuation)
            }
            return next
        }
    }

    private let state = Mutex(State())

    /// Runs `body` as soon as what came before lets it: beside other work, or with none beside it. Calls do not nest.
    func run<Value>(alone: Bool = false, _ body: () async throws -> Value) async rethrows -> Value {
        await enter(alone: alone)
        defer { leave() }
        return try await body()
    }

    private func enter(alone: Bool) async {
        await withCheckedContinuation { continuation in
            let isAdmitted = state.withLock { state in
                guard state.waiting.isEmpty, state.admits(alone: alone) else {
                    state.waiting.append(Waiter(isAlone: alone, continuation: continuation))
                    return false
                }
                state.admit(alone: alone)
                return true
            }
            if isAdmitted { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state in
            state.running -= 1
            state.isAlone = false
            return state.next()
        }
        for continuation in next { continuation.resume() }
    }
}
