internal import Synchronization

/// Wakes those who wait for news of a key. A poke between two waits is kept, so no news is missed.
final class Pokes: Sendable {
    private let listeners = Mutex<[String: [Int: AsyncStream<Void>.Continuation]]>([:])
    private let lastIdentity = Atomic<Int>(0)

    /// Pokes for `key` from now on; several in a row may come as one. It ends with `finish`.
    func stream(for key: String) -> AsyncStream<Void> {
        let identity = lastIdentity.wrappingAdd(1, ordering: .relaxed).newValue
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listeners.withLock { $0[key, default: [:]][identity] = continuation }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { listeners in
                listeners[key]?[identity] = nil
                if listeners[key]?.isEmpty == true { listeners[key] = nil }
            }
        }
        return stream
    }

    /// Wakes the listeners of `key`.
    func poke(_ key: String) {
        let continuations = listeners.withLock { $0[key].map { Array($0.values) } ?? [] }
        for continuation in continuations { continuation.yield() }
    }

    /// Wakes all listeners.
    func pokeAll() {
        let continuations = listeners.withLock { $0.values.flatMap(\.values) }
        for continuation in continuations { continuation.yield() }
    }

    /// Ends all streams.
    func finish() {
        let continuations = listeners.withLock { $0.values.flatMap(\.values) }
        for continuation in continuations { continuation.finish() }
    }
}
