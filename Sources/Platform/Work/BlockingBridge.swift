internal import Dispatch
internal import Synchronization

/// A task's result for a thread that blocks until it is there.
private final class Awaited<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let semaphore = DispatchSemaphore(value: 0)

    func fulfil(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
        semaphore.signal()
    }

    func wait() throws -> Value {
        semaphore.wait()
        guard let value = result.withLock({ $0 }) else { throw CancellationError() }
        return try value.get()
    }
}

/// Runs `body` as a task and blocks the calling thread until it ends; for threads outside the cooperative pool alone.
func waitForTask<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let awaited = Awaited<Value>()
    Herald.shared.call {
        _Concurrency.Task {
            do {
                awaited.fulfil(.success(try await body()))
            } catch {
                awaited.fulfil(.failure(error))
            }
        }
    }
    return try awaited.wait()
}
