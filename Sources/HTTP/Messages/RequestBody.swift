internal import Synchronization

/// The body of a request as chunks of bytes, read from the connection only as fast as they are taken.
///
/// It can be gone through once, by one task. It throws `bodyTooLarge` beyond the route's limit, `disconnected` when the
/// client goes away, and `CancellationError` when the task is cancelled.
public struct RequestBody: AsyncSequence, Sendable {
    /// A chunk.
    public typealias Element = [UInt8]

    /// Takes chunks one after another.
    public struct Iterator: AsyncIteratorProtocol {
        let pull: @Sendable () async throws -> [UInt8]?

        /// The next chunk, never empty; nil at the end.
        public mutating func next() async throws -> [UInt8]? { try await pull() }
    }

    /// The length the client declared, in bytes; nil for a chunked body.
    public let declaredLength: Int?
    private let pull: @Sendable () async throws -> [UInt8]?

    /// A body whose chunks come from `pull`, nil at the end.
    public init(declaredLength: Int? = nil, pull: @escaping @Sendable () async throws -> [UInt8]?) {
        self.declaredLength = declaredLength
        self.pull = pull
    }

    /// A body that is already there.
    public init(_ bytes: [UInt8]) {
        let source = Once(bytes)
        self.init(declaredLength: bytes.count) { source.take() }
    }

    /// Chunks from here on.
    public func makeAsyncIterator() -> Iterator { Iterator(pull: pull) }

    /// What is left of the body as one array; throws `bodyTooLarge` when it is longer than `limit` bytes.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw HTTPError.bodyTooLarge(limit: limit) }
        guard var all = try await pull() else { return [] }
        while let chunk = try await pull() {
            if all.count + chunk.count > limit { throw HTTPError.bodyTooLarge(limit: limit) }
            all += chunk
        }
        if all.count > limit { throw HTTPError.bodyTooLarge(limit: limit) }
        return all
    }
}

/// Bytes that can be taken once.
private final class Once: Sendable {
    private let bytes: Mutex<[UInt8]?>

    init(_ bytes: [UInt8]) { self.bytes = Mutex(bytes.isEmpty ? nil : bytes) }

    func take() -> [UInt8]? {
        bytes.withLock { bytes in
            defer { bytes = nil }
            return bytes
        }
    }
}
