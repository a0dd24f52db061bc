/// What a session has done since it began; the numbers only grow, unless said otherwise.
public struct SessionMetrics: Sendable, Hashable {
    /// Answers that have come, errors of the server among them, and those that belong to the session's own upkeep.
    public internal(set) var answers: UInt64 = 0
    /// Requests sent.
    public internal(set) var requests: UInt64 = 0
    /// Requests under way now.
    public internal(set) var inFlight = 0
    /// Connections open now.
    public internal(set) var connections = 0
    /// Bytes sent, without TLS.
    public internal(set) var bytesSent: UInt64 = 0
    /// Bytes received, without TLS.
    public internal(set) var bytesReceived: UInt64 = 0
    /// Times from sending to the answer.
    public internal(set) var latency = LatencyHistogram()
    /// Failed attempts by the kind of error, those that were tried again included.
    public internal(set) var errors: [CQLError.Code: UInt64] = [:]
    /// Requests that were sent again after a failure.
    public internal(set) var retries: UInt64 = 0
    /// Statements that a server had to be taught again.
    public internal(set) var repreparations: UInt64 = 0
    /// Connections made after one was lost.
    public internal(set) var reconnections: UInt64 = 0

    mutating func add(_ other: ConnectionCounters) {
        answers += other.answers
        requests += other.requests
        bytesSent += other.bytesSent
        bytesReceived += other.bytesReceived
        latency.add(other.latency)
    }
}

/// What one connection has done.
struct ConnectionCounters: Sendable {
    var answers: UInt64 = 0
    var requests: UInt64 = 0
    var bytesSent: UInt64 = 0
    var bytesReceived: UInt64 = 0
    var latency = LatencyHistogram()
}
