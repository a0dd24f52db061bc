import HTTPTestClient
import Network
import Synchronization
import Testing

@testable import HTTP

/// Nothing of a request outlives it.
@Suite("Leaks", .serialized, .timeLimit(.minutes(5)))
struct LeakTests {
    /// Watches the objects of each exchange.
    private final class Watch: Middleware {
        struct Objects: @unchecked Sendable {
            // Sendable by hand: whether they are there may be asked on any thread.
            weak var exchange: Exchange?
            weak var body: IncomingBody?
        }

        private struct State {
            var connections: [HTTPConnection] = []
            var objects: [Objects] = []
            var begun = 0
            var completed = 0
        }

        private let state = Mutex(State())

        var begun: Int { state.withLock { $0.begun } }
        var completed: Int { state.withLock { $0.completed } }
        var seen: Int { state.withLock { $0.objects.count } }
        var alive: Int { state.withLock { $0.objects.count { $0.exchange != nil || $0.body != nil } } }

        func add(_ connection: HTTPConnection) { state.withLock { $0.connections = [connection] } }

        func intercept(_ request: Request) throws -> Response? {
            state.withLock { $0.begun += 1 }
            if request.path == "/private" { throw HTTPError(status: .unauthorized, message: "who?") }
            return nil
        }

        func completed(_ exchange: CompletedExchange) { state.withLock { $0.completed += 1 } }

        /// Notes what the present request is made of; on the loop's thread.
        func finish(_ request: Request, _ response: inout Response) { note() }

        func note() {
            state.withLock { state in
                for connection in state.connections {
                    guard let exchange = connection.exchange else { continue }
                    state.objects.append(Objects(exchange: exchange, body: exchange.body))
                }
            }
        }

        func forgetConnections() { state.withLock { $0.connections = [] } }
    }

    enum Fate: CaseIterable {
        case answered, answeredByStream, refused, brokenOff
    }

    @Test("2,000 requests with bodies leave nothing", arguments: Fate.allCases)
    func posts(_ fate: Fate) async throws {
        let count = 2000
        let watch = Watch()
        var router = Router()
        router.on(.post, "/answered") { .text("\(try await $0.body.collect(upTo: 10_000).count)") }
        router.on(.post, "/stream") { request in
            Response(body: .stream(.init { for try await chunk in request.body { try await $0.write(chunk) } }))
        }
        router.onImmediate(.post, "/private") { _ in .text("never") }
        let core = ServerCore(
            configuration: HTTPServerConfiguration(), router: router, middleware: [watch],
            errorResponse: HTTPServer.plainErrorResponse)
        let loop = try EventLoop(name: "test")
        let listener = try Listener(host: "127.0.0.1", port: 0, on: loop) { socket in
            let connection = HTTPConnection(server: core, loop: loop, peer: socket.peer, isReserved: false)
            watch.add(connection)
            Connection.open(socket, on: loop, handler: connection) { connection.opened($0) }
        } failed: { _ in
        }
        let body = [UInt8](repeating: 7, count: 2000)
        var client = try TestConnection(port: listener.port)
        for number in 0..<count {
            switch fate {
            case .answered: #expect(try await client.request("POST", "/answered", body: body).text == "2000")
            case .answeredByStream: #expect(try await client.request("POST", "/stream", body: body).body == body)
            case .refused: #expect(try await client.request("POST", "/private", body: body).status == 401)
            case .brokenOff:
                try await client.send("POST /answered HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\nabc")
                while watch.begun <= number { await Task.yield() }
                client.endAbruptly()
                client = try TestConnection(port: listener.port)
            }
        }
        client.close()
        while watch.completed < count { await Task.yield() }
        await listener.close()
        await loop.stop()
        watch.forgetConnections()
        // The tasks of handlers end in their own time.
        while watch.alive > 0 { await Task.yield() }
        #expect(watch.begun == count)
        if fate != .brokenOff { #expect(watch.seen == count) }
    }
}
