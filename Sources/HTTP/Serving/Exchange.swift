/// One request and its answer. It belongs to the loop's thread of its connection, which lets go of it when both are over: nothing
/// of a request outlives it.
final class Exchange {
    let request: Request
    let isVersion10: Bool
    let started = ContinuousClock.now
    /// Nil for a request without a body.
    let body: IncomingBody?
    let bodyLimit: Int
    /// The body's length where the client says it.
    let declaredLength: Int?
    /// The handler, while it works.
    var task: Task<Void, Never>?

    /// Whether the last byte of the request has been read.
    var isWhole = false
    /// Whether the client waits to be told to send the body.
    var awaitsContinue: Bool
    /// Bytes of the body that nobody wanted.
    var discarded = 0

    /// What was answered.
    var status: Status?
    /// Whether the last byte of the answer is queued.
    var isAnswered = false
    /// Whether a stream is being sent that ends on shutdown.
    var endsOnShutdown = false
    /// Whether the connection is closed after the answer.
    var isLast: Bool

    init(
        request: Request, head: RequestHead, body: IncomingBody?, bodyLimit: Int, isLast: Bool
    ) {
        self.request = request
        self.body = body
        self.bodyLimit = bodyLimit
        self.isLast = isLast
        isVersion10 = head.isVersion10
        if case .length(let length) = head.framing { declaredLength = length } else { declaredLength = nil }
        awaitsContinue = head.expectsContinue
    }
}
