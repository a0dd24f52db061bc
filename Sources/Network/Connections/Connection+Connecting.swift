internal import Synchronization

extension Connection {
    /// Resolves the host's name, tries its addresses in turn until one answers, and shakes hands where `tls` is given, all
    /// within `timeout`. Throws `NetworkError`, and `CancellationError` where the task is cancelled meanwhile.
    ///
    /// `handler` is held until it is told that the connection has closed; it is told nothing where this throws.
    public static func connect(
        to endpoint: Endpoint, tls: TLSOptions? = nil, on loop: EventLoop, timeout: Duration,
        options: ConnectionOptions = ConnectionOptions(), handler: any ConnectionHandler
    ) async throws -> Connection {
        try Task.checkCancellation()
        let attempt = ConnectionAttempt(
            endpoint: endpoint, tls: tls, loop: loop, timeout: timeout, options: options, handler: handler)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { attempt.start($0) }
        } onCancel: {
            attempt.cancel()
        }
    }
}
