internal import Synchronization

/// A request's body on its way from the loop's thread to the handler's task.
final class IncomingBody: Sendable {
    private struct State {
        var chunks: [[UInt8]] = []
        /// Chunks before this place have been taken.
        var first = 0
        var count = 0
        var received = 0
        var isWhole = false
        var isWanted = false
        /// Whether the loop was told to read no more.
        var isHeldBack = false
        var error: (any Error)?
        var waiter: CheckedContinuation<[UInt8]?, any Error>?

        mutating func takeWaiter() -> CheckedContinuation<[UInt8]?, any Error>? {
            defer { waiter = nil }
            return waiter
        }
    }

    /// Chunks up to so many bytes are made of what comes in smaller pieces: an array for each byte would take fifty times its
    /// memory.
    private static let smallChunk = 4 << 10

    private let state = Mutex(State())
    private let buffer: Int
    private let wanted: @Sendable () -> Void
    private let readOn: @Sendable () -> Void

    /// A body of which about `buffer` bytes are held. `wanted` is called when the handler first asks for it, `readOn` when
    /// there is room again after `take` said that there is none; both on the handler's threads.
    init(buffer: Int, wanted: @escaping @Sendable () -> Void, readOn: @escaping @Sendable () -> Void) {
        self.buffer = buffer
        self.wanted = wanted
        self.readOn = readOn
    }

    /// What became of bytes that were handed over.
    enum Taking {
        case taken
        /// Taken, but no more should be read for now.
        case full
        /// Beyond the limit; the handler is told.
        case tooLong
        /// Nobody wants them any more.
        case dropped
    }

    /// Hands bytes to the handler, `limit` in all at most.
    func take(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Taking {
        let (taking, waiter, result) = state.withLock {
            state -> (Taking, CheckedContinuation<[UInt8]?, any Error>?, Result<[UInt8]?, any Error>) in
            if state.error != nil || state.isWhole { return (.dropped, nil, .success(nil)) }
            guard bytes.count <= limit - state.received else {
                let error = HTTPError.bodyTooLarge(limit: limit)
                state.error = error
                state.chunks = []
                state.first = 0
                state.count = 0
                state.isHeldBack = false
                return (.tooLong, state.takeWaiter(), .failure(error))
            }
            state.received += bytes.count
            if let waiter = state.takeWaiter() { return (.taken, waiter, .success([UInt8](bytes))) }
            let last = state.chunks.count - 1
            if last >= state.first, state.chunks[last].count + bytes.count <= IncomingBody.smallChunk {
                state.chunks[last].append(contentsOf: bytes)
            } else {
                state.chunks.append([UInt8](bytes))
            }
            state.count += bytes.count
            state.isHeldBack = state.count >= buffer
            return (state.isHeldBack ? .full : .taken, nil, .success(nil))
        }
        waiter?.resume(with: result)
        return taking
    }

    /// The last byte has been handed over.
    func finish() {
        let waiter = state.withLock { state in
            state.isWhole = true
            return state.takeWaiter()
        }
        waiter?.resume(returning: nil)
    }

    /// No more will come, and what has come counts for nothing.
    func fail(_ error: any Error) {
        let waiter = state.withLock { state -> CheckedContinuation<[UInt8]?, any Error>? in
            if state.error == nil { state.error = error }
            state.chunks = []
            state.first = 0
            state.count = 0
            state.isHeldBack = false
            return state.takeWaiter()
        }
        waiter?.resume(throwing: error)
    }

    /// Bytes received so far, and whether the handler holds the client back.
    var progress: (received: Int, isHeldBack: Bool) { state.withLock { ($0.received, $0.isHeldBack) } }

    /// The next chunk, nil at the end; see `RequestBody`.
    func next() async throws -> [UInt8]? {
        if let immediate = nextWithoutWaiting() { return try immediate.get() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if let immediate = nextWithoutWaiting(or: continuation) { continuation.resume(with: immediate) }
            }
        } onCancel: {
            fail(CancellationError())
        }
    }

    private func nextWithoutWaiting(
        or continuation: CheckedContinuation<[UInt8]?, any Error>? = nil
    ) -> Result<[UInt8]?, any Error>? {
        var isFirst = false
        var hasRoom = false
        let result = state.withLock { state -> Result<[UInt8]?, any Error>? in
            isFirst = !state.isWanted
            state.isWanted = true
            if let error = state.error { return .failure(error) }
            if state.first < state.chunks.count {
                let chunk = state.chunks[state.first]
                state.chunks[state.first] = []
                state.first += 1
                state.count -= chunk.count
                if state.first == state.chunks.count {
                    state.chunks.removeAll(keepingCapacity: true)
                    state.first = 0
                }
                // Reading goes on when half of what may wait has been taken, not for every chunk.
                if state.isHeldBack, state.count <= buffer / 2 {
                    state.isHeldBack = false
                    hasRoom = true
                }
                return .success(chunk)
            }
            if state.isWhole { return .success(nil) }
            if let continuation {
                precondition(state.waiter == nil, "a request's body is read by one task")
                state.waiter = continuation
            }
            return nil
        }
        if isFirst { wanted() }
        if hasRoom { readOn() }
        return result
    }
}
