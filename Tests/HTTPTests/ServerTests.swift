import HTTP
import HTTPTestClient
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HTTPServerTests {
    @Test func answersOverOneConnection() async throws {
        try await withServer {
            $0.onImmediate(.get, "/now") { _ in .text("now") }
            $0.on(.get, "/hello/{name}") { .text("hello \($0.parameters["name"] ?? "")") }
            $0.on(.post, "/echo") { request in
                Response(body: .bytes(try await request.body.collect(upTo: 1000)))
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            let now = try await client.request("GET", "/now")
            #expect(now.status == 200 && now.text == "now")
            #expect(now.headers["content-type"] == "text/plain; charset=utf-8")
            let name = try await client.request("GET", "/hello/J%C3%B6rg%2Fx?a=1")
            #expect(name.text == "hello Jörg/x")
            let echo = try await client.request("POST", "/echo", body: Array("what".utf8))
            #expect(echo.text == "what")
            let empty = try await client.request("POST", "/echo")
            #expect(empty.status == 200 && empty.body.isEmpty)
            let head = try await client.request("HEAD", "/now")
            #expect(head.status == 200 && head.headers["content-length"] == "3")
            #expect(try await client.request("GET", "/now").text == "now")
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withServer {
            $0.on(.get, "/{number}") { .text($0.parameters["number"] ?? "") }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send((1...20).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
            for number in 1...20 { #expect(try await client.response().text == "\(number)") }
        }
    }

    @Test func refusesWhatIsNotRouted() async throws {
        try await withServer {
            $0.on(.get, "/thing") { _ in .text("") }
            $0.on(.delete, "/thing") { _ in .text("") }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            #expect(try await client.request("GET", "/other").status == 404)
            let wrong = try await client.request("POST", "/thing")
            #expect(wrong.status == 405)
            #expect(wrong.headers["allow"] == "DELETE, GET, HEAD")
            #expect(try await client.request("GET", "/a%ZZ").status == 400)
            #expect(try await client.request("GET", "/thing?a=%ff").status == 400)
        }
    }

    @Test(arguments: [
        "GET /thing HTTP/1.1\r\n\r\n",
        "POST /thing HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /thing HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /thing HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabcd",
        "POST /thing HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\nabcd",
        "POST /thing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabcd",
        "nonsense\r\n\r\n",
    ])
    func refusesBadFraming(_ request: String) async throws {
        try await withServer {
            $0.on(.post, "/thing") { .text("\(try await $0.body.collect(upTo: 100).count)") }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send(request)
            // Either a 4xx, or a closed connection; never a request understood in one of two ways.
            if let response = try? await client.response() { #expect((400..<500).contains(response.status)) }
            let after = try await TestConnection(port: port).request("POST", "/thing", body: [1, 2])
            #expect(after.text == "2")
        }
    }

    @Test func longHeadersGet431() async throws {
        try await withServer({ $0.headerLimit = 4096 }) {
            $0.onImmediate(.get, "/") { _ in .text("fine") }
        } body: { port, _ in
            let fine = try await TestConnection(port: port).request(
                "GET", "/", headers: ["X-Long": String(repeating: "x", count: 3000)])
            #expect(fine.status == 200)
            for length in [5000, 100_000] {
                let long = try await TestConnection(port: port).request(
                    "GET", "/", headers: ["X-Long": String(repeating: "x", count: length)])
                #expect(long.status == 431)
            }
        }
    }

    @Test func errorsOfHandlersBecomeResponses() async throws {
        struct Odd: Error {}
        try await withServer {
            $0.on(.get, "/conflict") { _ in
                throw HTTPError(status: .conflict, message: "twice", headers: ["X-A": "b"])
            }
            $0.on(.get, "/odd") { _ in throw Odd() }
            $0.onImmediate(.get, "/now") { _ in throw HTTPError(status: .gone, message: "gone") }
            $0.on(.get, "/file") { _ in Response(body: .file(path: "/nowhere/at/all")) }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            let conflict = try await client.request("GET", "/conflict")
            #expect(conflict.status == 409 && conflict.text == "twice\n" && conflict.headers["x-a"] == "b")
            let odd = try await client.request("GET", "/odd")
            #expect(odd.status == 500 && odd.text == "internal error\n")
            #expect(try await client.request("GET", "/now").status == 410)
            #expect(try await client.request("GET", "/file").status == 500)
        }
    }

    @Test func manyConnectionsAtOnce() async throws {
        try await withServer {
            $0.on(.get, "/{number}") { request in
                await Task.yield()
                return .text(request.parameters["number"] ?? "")
            }
        } body: { port, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in 0..<16 {
                    group.addTask {
                        let client = try TestConnection(port: port)
                        for number in start * 50..<(start + 1) * 50 {
                            #expect(try await client.request("GET", "/\(number)").text == "\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func middlewareInterceptsFinishesAndHears() async throws {
        final class Hook: Middleware {
            let heard = Mutex<[String]>([])
            let over = Signal()
            func intercept(_ request: Request) throws -> Response? {
                if request.headers["Authorization"] == nil { throw HTTPError(status: .unauthorized, message: "who?") }
                return request.path == "/short" ? .text("short") : nil
            }
            func finish(_ request: Request, _ response: inout Response) { response.headers["X-Safe"] = "yes" }
            func completed(_ exchange: CompletedExchange) {
                let count = heard.withLock { heard in
                    let status = exchange.status?.rawValue ?? 0
                    heard.append("\(exchange.request.route ?? "-") \(status) \(exchange.isComplete)")
                    return heard.count
                }
                if count == 4 { over.fire() }
            }
        }
        let hook = Hook()
        try await withServer(middleware: [hook]) {
            $0.on(.get, "/a/{b}") { _ in .text("") }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            let refused = try await client.request("GET", "/a/1")
            #expect(refused.status == 401 && refused.headers["x-safe"] == "yes")
            #expect(try await client.request("GET", "/short", headers: ["Authorization": "me"]).text == "short")
            #expect(try await client.request("GET", "/a/1", headers: ["Authorization": "me"]).status == 200)
            let missing = try await client.request("GET", "/none", headers: ["Authorization": "me"])
            #expect(missing.status == 404 && missing.headers["x-safe"] == "yes")
            await hook.over.wait()
            #expect(hook.heard.withLock { $0 } == ["/a/{b} 401 true", "- 200 true", "/a/{b} 200 true", "- 404 true"])
        }
    }

    @Test func aPortInUseIsAnError() async throws {
        try await withServer {
            $0.onImmediate(.get, "/") { _ in .text("") }
        } body: { port, _ in
            var configuration = HTTPServerConfiguration()
            configuration.port = port
            let second = try HTTPServer(configuration: configuration, router: Router())
            #expect {
                _ = try second.start()
            } throws: { error in
                (error as? HTTPError)?.code == .addressInUse && "\(error)".contains("Address already in use")
            }
        }
    }
}
