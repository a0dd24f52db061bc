internal import Dispatch
internal import Glibc

/// Runs a process until it is told to end.
public enum Termination {
    /// Starts, waits for SIGTERM or SIGINT or for the task's cancellation, and stops. A second signal ends the process at
    /// once. Where `start` throws, `stop` is not called. SIGHUP calls `hangUp`, on a thread of Dispatch, and ends nothing.
    public static func run(
        start: () async throws -> Void, stop: () async -> Void, hangUp: @escaping @Sendable () -> Void = {}
    ) async throws {
        let signals = AsyncStream<Void>.makeStream()
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { signals.continuation.finish() }
            source.resume()
            return source
        }
        signal(SIGHUP, SIG_IGN)
        let hangUps = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        hangUps.setEventHandler(handler: hangUp)
        hangUps.resume()
        func stopListening() {
            for source in sources + [hangUps] { source.cancel() }
            for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, SIG_DFL) }
        }
        do {
            try await start()
        } catch {
            stopListening()
            throw error
        }
        for await _ in signals.stream {}
        stopListening()
        await stop()
    }
}
