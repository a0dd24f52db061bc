internal import Synchronization

extension Exchange {
    /// Bytes of the body from libmicrohttpd: kept for the handler, dropped if it has answered, or left where they are
    /// when enough of them wait.
    func take(_ bytes: UnsafeRawBufferPointer, _ left: inout Int, _ state: inout State) -> (Bool, Wake) {
        var wake = Wake()
        if state.answer != nil || state.inputError != nil {
            state.discarded += bytes.count
            left = 0
            return (state.discarded <= server.configuration.discardLimit, wake)
        }
        if state.received + bytes.count > state.bodyLimit {
            let error = HTTPError.bodyTooLarge(limit: state.bodyLimit)
            state.inputError = error
            state.input.removeAll()
            state.discarded = bytes.count
            left = 0
            if let waiter = state.inputWaiter {
                state.inputWaiter = nil
                wake.input = (waiter, .failure(error))
            }
            return (true, wake)
        }
        if state.input.count >= server.configuration.bodyBuffer {
            suspend(&state)
            return (true, wake)
        }
        state.received += bytes.count
        left = 0
        let chunk = [UInt8](bytes)
        if let waiter = state.inputWaiter {
            state.inputWaiter = nil
            wake.input = (waiter, .success(chunk))
        } else {
            state.input.append(chunk)
        }
        return (true, wake)
    }

    /// The handler's side of the body; see `RequestBody`.
    func nextChunk() async throws -> [UInt8]? {
        let immediate = state.withLock { nextWithoutWaiting(&$0) }
        if let immediate { return try immediate.get() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let immediate = state.withLock { state -> Result<[UInt8]?, any Error>? in
                    if let result = nextWithoutWaiting(&state) { return result }
                    precondition(state.inputWaiter == nil, "a request's body is read by one task")
                    state.inputWaiter = continuation
                    state.bodyWanted = true
                    if state.phase == .header { resume(&state) }
                    return nil
                }
                if let immediate { continuation.resume(with: immediate) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.inputError = state.inputError ?? CancellationError()
                defer { state.inputWaiter = nil }
                return state.inputWaiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func nextWithoutWaiting(_ state: inout State) -> Result<[UInt8]?, any Error>? {
        if let error = state.inputError { return .failure(error) }
        if let chunk = state.input.takeChunk() {
            // Reading goes on when half of what may wait has been taken, not for every chunk.
            if state.phase == .body, state.input.count <= server.configuration.bodyBuffer / 2 { resume(&state) }
            return .success(chunk)
        }
        return state.phase == .whole ? .success(nil) : nil
    }
}
