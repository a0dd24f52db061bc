internal import Synchronization

/// Rebalances under way, in their order: each is told to the application's handler and finished when the handler has returned
/// or its time is over.
final class RebalanceQueue: Sendable {
    private struct Entry {
        let id: Int
        let event: RebalanceEvent
        let deadline: ContinuousClock.Instant
        var isAcknowledged: Bool
    }

    private struct State {
        var entries: [Entry] = []
        var lastID = 0
    }

    private let state = Mutex(State())
    private let timeout: Duration
    private let told: AsyncStream<(RebalanceEvent, @Sendable () -> Void)>.Continuation?

    init(timeout: Duration, handler: (@Sendable (RebalanceEvent) async -> Void)?) {
        self.timeout = timeout
        guard let handler else {
            told = nil
            return
        }
        let (events, continuation) = AsyncStream.makeStream(of: (RebalanceEvent, @Sendable () -> Void).self)
        told = continuation
        // One task, so that the handler sees one event at a time and in order.
        Task {
            for await (event, acknowledge) in events {
                await handler(event)
                acknowledge()
            }
        }
    }

    /// Tells the handler of `event`; `wake` is called when it has returned, where that is awaited.
    func add(_ event: RebalanceEvent, awaited: Bool, wake: @escaping @Sendable () -> Void) {
        let id = state.withLock { state in
            state.lastID += 1
            let isDone = !awaited || told == nil
            state.entries.append(
                Entry(id: state.lastID, event: event, deadline: .now + timeout, isAcknowledged: isDone))
            return state.lastID
        }
        told?.yield(
            (
                event,
                {
                    self.acknowledge(id)
                    wake()
                }
            ))
    }

    private func acknowledge(_ id: Int) {
        state.withLock { state in
            guard let place = state.entries.firstIndex(where: { $0.id == id }) else { return }
            state.entries[place].isAcknowledged = true
        }
    }

    /// The oldest rebalance, when its handler has returned or its time is over.
    func popFinished() -> RebalanceEvent? {
        state.withLock { state in
            guard let first = state.entries.first, first.isAcknowledged || first.deadline <= .now else { return nil }
            return state.entries.removeFirst().event
        }
    }

    /// No more events: the handler's task ends after those already told.
    func end() { told?.finish() }
}
