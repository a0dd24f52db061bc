/// A hook around every request. Calls are made on the server's own threads and in its tasks: they must not wait.
public protocol Middleware: Sendable {
    /// Looks at a request before its handler does; throwing or returning a response answers it there and then.
    /// The request's `route` is nil where nothing is routed. Its body must not be read.
    func intercept(_ request: Request) throws -> Response?
    /// Changes a response before it is sent, be it of a handler, a hook or an error.
    func finish(_ request: Request, _ response: inout Response)
    /// Hears that an exchange is over.
    func completed(_ exchange: CompletedExchange)
}

extension Middleware {
    /// Lets every request pass.
    public func intercept(_ request: Request) throws -> Response? { nil }
    /// Leaves the response as it is.
    public func finish(_ request: Request, _ response: inout Response) {}
    /// Does nothing.
    public func completed(_ exchange: CompletedExchange) {}
}

/// What became of a request.
public struct CompletedExchange: Sendable {
    /// The request.
    public let request: Request
    /// The status that was sent; nil when the client went away before.
    public let status: Status?
    /// From the end of the request's header to the end of the response.
    public let duration: Duration
    /// Whether the response was sent in full.
    public let isComplete: Bool
}
