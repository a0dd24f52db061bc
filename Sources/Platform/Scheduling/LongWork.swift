internal import Foundation
internal import Learners
internal import Synchronization
internal import Telemetry

/// Shares the processors among work that takes long, on threads of its own that give way to all other threads.
///
/// As many pieces of work compute at a time as there are processors. Each calls `Turn.checkpoint` every few milliseconds, where
/// its turn goes to whoever has waited longest, so that a short piece is done soon however long the others are. More than a few
/// are not begun, and more than a few dozen do not wait: they are refused.
public final class LongWork: Sendable {
    /// How much is done at a time.
    public struct Limits: Sendable, Hashable {
        /// Pieces that compute at a time; at least 1.
        public var computing = ProcessLimits.current.processors
        /// Pieces that are begun and take turns, each with a thread; at least 1.
        public var begun = 16
        /// Pieces that wait to be begun.
        public var waiting = 128

        /// As many at a time as there are processors.
        public init() {}
    }

    /// What is under way, and what was so far.
    public struct Statistics: Sendable, Hashable {
        /// Pieces begun and not ended.
        public var begun = 0
        /// Pieces that wait to be begun.
        public var waiting = 0
        /// Pieces refused since the start because too many waited.
        public var refused = 0
        /// Pieces whose callers did not want them any more before they were done.
        public var cancelled = 0
        /// Times that a piece's turn was over.
        public var slices = 0
    }

    /// A piece of work: how it is done, and how its caller is told that it is not.
    struct Piece: Sendable {
        let turn: Turn
        let work: @Sendable () -> Void
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var pieces: [Piece] = []
        var threads = 0
        var freeTurns: Int
        /// Those that are begun and wait for their turn.
        var queue: [Turn] = []
        var isStopped = false
        var statistics = Statistics()
    }

    private let limits: Limits
    private let state: Mutex<State>

    /// Work within these limits; threads are begun with the work.
    public init(_ limits: Limits = Limits()) {
        self.limits = limits
        state = Mutex(State(freeTurns: max(1, limits.computing)))
    }

    /// What is under way, and what was so far.
    public var statistics: Statistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.waiting = state.pieces.count
            return statistics
        }
    }

    /// Runs `body` when its turn has come, and returns what it returns. When the task is cancelled, `body` is not begun, or
    /// its next checkpoint throws.
    /// - Throws: what `body` throws; `CancellationError` where the task was cancelled; `PlatformError.overloaded` where too
    ///   many wait; `.unavailable` after `stop`.
    public func run<Value: Sendable>(_ body: @escaping @Sendable (Turn) throws -> Value) async throws -> Value {
        let turn = Turn(of: self)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(
                    Piece(turn: turn) {
                        var result = Result { try body(turn) }
                        // Who is told to stop may fail in any way; its caller hears why.
                        if case .failure = result, turn.cancellation.isCancelled {
                            result = .failure(CancellationError())
                        }
                        Herald.shared.call { [result] in continuation.resume(with: result) }
                    } refuse: {
                        continuation.resume(throwing: $0)
                    })
            }
        } onCancel: {
            cancel(turn)
        }
    }

    /// Refuses new work and what waits; what is begun goes on.
    public func stop() {
        let pieces = state.withLock { state in
            state.isStopped = true
            defer { state.pieces = [] }
            return state.pieces
        }
        for piece in pieces { piece.refuse(LongWork.stopped) }
    }

    private static let stopped = PlatformError(.unavailable, "the service has been shut down")

    private func enqueue(_ piece: Piece) {
        let (refusal, startsThread) = state.withLock { state -> ((any Error)?, Bool) in
            if piece.turn.cancellation.isCancelled { return (CancellationError(), false) }
            if state.isStopped { return (LongWork.stopped, false) }
            let hasRoom = state.threads < max(1, limits.begun)
            guard hasRoom || state.pieces.count < limits.waiting else {
                state.statistics.refused += 1
                let message = "\(state.pieces.count) requests wait for work that takes long: try again later"
                return (PlatformError(.overloaded, message), false)
            }
            state.pieces.append(piece)
            if hasRoom { state.threads += 1 }
            return (nil, hasRoom)
        }
        if let refusal { return piece.refuse(refusal) }
        guard startsThread else { return }
        let thread = Thread {
            ThreadName.set("long-work")
            self.work()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    private func cancel(_ turn: Turn) {
        turn.cancellation.cancel()
        let piece = state.withLock { state -> Piece? in
            state.statistics.cancelled += 1
            guard let index = state.pieces.firstIndex(where: { $0.turn === turn }) else { return nil }
            return state.pieces.remove(at: index)
        }
        piece?.refuse(CancellationError())
    }

    /// What a thread does until nothing waits.
    private func work() {
        ThreadPriority.giveWay()
        while let piece = next() {
            take(piece.turn)
            piece.work()
            state.withLock { $0.statistics.begun -= 1 }
            give()
        }
    }

    private func next() -> Piece? {
        state.withLock { state in
            guard !state.pieces.isEmpty else {
                state.threads -= 1
                return nil
            }
            state.statistics.begun += 1
            return state.pieces.removeFirst()
        }
    }

    /// Waits for a turn.
    func take(_ turn: Turn) {
        let mustWait = state.withLock { state in
            if state.freeTurns > 0 {
                state.freeTurns -= 1
                return false
            }
            state.queue.append(turn)
            return true
        }
        turn.begin(waiting: mustWait)
    }

    /// Gives the turn to who has waited longest.
    func give() {
        let next = state.withLock { state -> Turn? in
            if !state.queue.isEmpty { return state.queue.removeFirst() }
            state.freeTurns += 1
            return nil
        }
        next?.wake()
    }

    /// Gives the turn to who has waited longest, if anyone waits, and waits for the next one.
    func pass(_ turn: Turn) {
        let next = state.withLock { state -> Turn? in
            state.statistics.slices += 1
            guard !state.queue.isEmpty else { return nil }
            state.queue.append(turn)
            return state.queue.removeFirst()
        }
        next?.wake()
        turn.begin(waiting: next != nil)
    }
}
