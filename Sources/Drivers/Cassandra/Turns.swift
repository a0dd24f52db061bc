internal import Synchronization

/// Lets the work on one key be done one after the other, in the order in which it came.
final class Turns: Sendable {
    /// Who waits for each key that is taken.
    private let taken = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

    /// Does the work when all that came before for `key` is done. It must not take a turn for the same key.
    func take<Value>(_ key: String, _ work: () async throws -> Value) async rethrows -> Value {
        await withCheckedContinuation { continuation in
            let isFree = taken.withLock { taken in
                guard taken[key] == nil else {
                    taken[key]?.append(continuation)
                    return false
                }
                taken[key] = []
                return true
            }
            if isFree { continuation.resume() }
        }
        defer { passOn(key) }
        return try await work()
    }

    private func passOn(_ key: String) {
        let next = taken.withLock { taken -> CheckedContinuation<Void, Never>? in
            guard taken[key]?.isEmpty == false else {
                taken[key] = nil
                return nil
            }
            return taken[key]?.removeFirst()
        }
        next?.resume()
    }
}
