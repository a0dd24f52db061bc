internal import Network
internal import Synchronization

/// Where a stream's bytes go: framed, onto the connection, no faster than the client takes them.
final class ResponseSink: Sendable {
    private let connection: Connection
    private let isChunked: Bool
    /// Bytes that may still come; nil where the length is not known.
    private let left: Mutex<Int?>

    init(_ connection: Connection, _ framing: ResponseHead.Framing) {
        self.connection = connection
        if case .chunked = framing { isChunked = true } else { isChunked = false }
        if case .length(let length) = framing { left = Mutex(length) } else { left = Mutex(nil) }
    }

    /// Queues bytes, waiting while too many are unsent. Throws `disconnected` when the client has gone.
    func write(_ bytes: [UInt8]) async throws {
        let isTooLong = left.withLock { left in
            guard let before = left else { return false }
            left = before - bytes.count
            return bytes.count > before
        }
        guard !isTooLong else {
            throw HTTPError(
                .refused, status: .internalServerError, message: "a stream is longer than the length it declared")
        }
        do {
            try await connection.sendWaiting(isChunked ? ResponseSink.chunk(bytes) : bytes)
        } catch is NetworkError { throw HTTPError.disconnected }
    }

    /// Ends the body; false where bytes are missing.
    func end() -> Bool {
        if isChunked { connection.send(Array("0\r\n\r\n".utf8)) }
        return left.withLock { $0 ?? 0 } == 0
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        var chunk: [UInt8] = []
        chunk.reserveCapacity(bytes.count + 20)
        chunk += String(bytes.count, radix: 16).utf8
        chunk += [Grammar.carriageReturn, Grammar.newline]
        chunk += bytes
        chunk += [Grammar.carriageReturn, Grammar.newline]
        return chunk
    }
}
