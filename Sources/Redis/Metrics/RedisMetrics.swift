internal import Synchronization

/// What a client has done since it was made.
public struct RedisMetrics: Sendable, Hashable {
    /// Commands sent.
    public var requests = 0
    /// Commands that ended with an error, of the server or of the connection; those never sent are among them.
    public var errors = 0
    /// Connections made again after they were lost.
    public var reconnections = 0
    /// Bytes handed to connections, as they are before encryption.
    public var bytesSent = 0
    /// Bytes received, as they are after decryption.
    public var bytesReceived = 0
    /// Nanoseconds from the call to the reply, over all commands that had one.
    public var latencyNanoseconds = 0
    /// Commands that had a reply.
    public var replies = 0
}

/// The counters themselves.
final class Counters: Sendable {
    let requests = Atomic<Int>(0)
    let errors = Atomic<Int>(0)
    let reconnections = Atomic<Int>(0)
    let bytesSent = Atomic<Int>(0)
    let bytesReceived = Atomic<Int>(0)
    let latencyNanoseconds = Atomic<Int>(0)
    let replies = Atomic<Int>(0)

    var snapshot: RedisMetrics {
        RedisMetrics(
            requests: requests.load(ordering: .relaxed), errors: errors.load(ordering: .relaxed),
            reconnections: reconnections.load(ordering: .relaxed), bytesSent: bytesSent.load(ordering: .relaxed),
            bytesReceived: bytesReceived.load(ordering: .relaxed),
            latencyNanoseconds: latencyNanoseconds.load(ordering: .relaxed),
            replies: replies.load(ordering: .relaxed))
    }
}
