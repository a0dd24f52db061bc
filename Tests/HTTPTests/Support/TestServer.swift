import HTTP
import Synchronization
import Testing

/// Runs a server on a free port for the time of `body`.
func withServer(
    _ configure: (inout HTTPServerConfiguration) -> Void = { _ in }, middleware: [any Middleware] = [],
    routes: (inout Router) -> Void, body: (_ port: Int, _ server: HTTPServer) async throws -> Void
) async throws {
    var configuration = HTTPServerConfiguration()
    configure(&configuration)
    var router = Router()
    routes(&router)
    let server = try HTTPServer(configuration: configuration, router: router, middleware: middleware)
    let port = try server.start()
    do {
        try await body(port, server)
    } catch {
        await server.shutdown(grace: .zero)
        throw error
    }
    await server.shutdown(grace: .zero)
}

/// Something that happens once and can be waited for, from any thread.
final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

    func fire() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}

/// A number that grows, readable from any thread.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    func add(_ number: Int) { count.add(number, ordering: .relaxed) }

    var value: Int { count.load(ordering: .relaxed) }
}
