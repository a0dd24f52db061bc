import HTTP
import HTTPTestClient
import Testing

/// Time passes here as other connections run into their own deadlines: `letTimePass()`.
@Suite("Deadlines", .timeLimit(.minutes(2)))
struct DeadlineTests {
    private static let short = Duration.milliseconds(150)

    private static func allShort(_ configuration: inout HTTPServerConfiguration) {
        configuration.headerTimeout = short
        configuration.idleTimeout = short
        configuration.paceWindow = short
    }

    @Test("a header that does not come to its end gets 408", arguments: ["G", "GET /now HTTP/1.1\r\nHost: x\r\nX-A: "])
    func header(_ beginning: String) async throws {
        try await withServer(Self.allShort, routes: RawServer.routes) { port, server in
            let client = try TestConnection(port: port)
            try await client.send(beginning)
            let answers = try StrictResponse.all(in: try await client.bytesUntilEnd())
            #expect(answers.map(\.status) == [408])
            #expect(server.statistics.timeouts == 1)
        }
    }

    @Test("a second header has its own time, and no more")
    func secondHeader() async throws {
        try await withServer(Self.allShort, routes: RawServer.routes) { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("GET /now HTTP/1.1\r\nHost: x\r\n\r\nGET /now HTTP/1.1\r\nHost:")
            let answers = try StrictResponse.all(in: try await client.bytesUntilEnd())
            #expect(answers.map(\.status) == [200, 408])
        }
    }

    @Test("a connection that asks for nothing is closed without a word")
    func idle() async throws {
        try await withServer(Self.allShort, routes: RawServer.routes) { port, server in
            #expect(try await TestConnection(port: port).isClosedByServer())
            let client = try TestConnection(port: port)
            #expect(try await client.request("GET", "/now").text == "now")
            #expect(try await client.isClosedByServer())
            // Empty lines are no request.
            let silent = try TestConnection(port: port)
            try await silent.send("\r\n\r\n")
            #expect(try await silent.isClosedByServer())
            #expect(server.statistics.timeouts == 0)
        }
    }

    @Test(
        "a body that comes slower than the pace gets 408",
        arguments: [
            "Content-Length: 100000\r\n\r\nabc", "Content-Length: 1\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ])
    func body(_ rest: String) async throws {
        try await withServer(Self.allShort, routes: RawServer.routes) { port, server in
            let client = try TestConnection(port: port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: x\r\n" + rest)
            let answers = try StrictResponse.all(in: try await client.bytesUntilEnd())
            #expect(answers.map(\.status) == [408])
            #expect(server.statistics.timeouts == 1)
        }
    }

    @Test("a body that is answered without is not waited for", arguments: ["/ignore", "/private", "/none"])
    func unwantedBody(_ path: String) async throws {
        try await withServer(
            Self.allShort, middleware: [RawServer.Witness()], routes: RawServer.routes
        ) { port, server in
            let client = try TestConnection(port: port)
            try await client.send("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc")
            let answers = try StrictResponse.all(in: try await client.bytesUntilEnd())
            #expect(answers.count == 1)
            #expect(server.statistics.timeouts >= 1)
        }
    }

    @Test("a reader that takes nothing is broken off")
    func reader() async throws {
        let isOver = Signal()
        try await withServer(Self.allShort) {
            $0.on(.get, "/endless") { _ in
                Response(
                    body: .stream(
                        .init { writer in
                            defer { isOver.fire() }
                            while true { try await writer.write([UInt8](repeating: 1, count: 100_000)) }
                        }))
            }
        } body: { port, server in
            let client = try TestConnection(port: port)
            try await client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
            await isOver.wait()
            #expect(server.statistics.timeouts == 1)
            client.close()
        }
    }

    @Test("a stream that is read stays, however seldom something comes")
    func events() async throws {
        let (ticks, ticking) = AsyncStream<Int>.makeStream()
        try await withServer(Self.allShort) {
            $0.on(.get, "/events") { _ in
                .events { writer in for await tick in ticks { try await writer.write("data: \(tick)\n\n") } }
            }
        } body: { port, server in
            let client = try TestConnection(port: port)
            try await client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.responseHeader().status == 200)
            for tick in 0..<3 {
                for _ in 0..<2 { try await letTimePass() }
                ticking.yield(tick)
                #expect(try await client.chunk() == Array("data: \(tick)\n\n".utf8))
            }
            ticking.finish()
            #expect(try await client.chunk() == [])
            #expect(server.statistics.timeouts == 0)
        }
    }

    @Test("a handler may take as long as it likes")
    func handler() async throws {
        let mayAnswer = Signal()
        try await withServer(Self.allShort) {
            $0.on(.post, "/slow") { request in
                let body = try await request.body.collect(upTo: 10)
                await mayAnswer.wait()
                return .text("late \(body.count)")
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            for _ in 0..<3 { try await letTimePass() }
            mayAnswer.fire()
            #expect(try await client.response().text == "late 3")
        }
    }

    @Test("a body that the handler holds back is not slow")
    func heldBack() async throws {
        let mayRead = Signal()
        try await withServer({
            Self.allShort(&$0)
            $0.bodyBuffer = 1000
        }) {
            $0.on(.post, "/slow") { request in
                await mayRead.wait()
                return .text("\(try await request.body.collect(upTo: 100_000).count)")
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            let half = String(repeating: "a", count: 30_000)
            try await client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + half)
            for _ in 0..<3 { try await letTimePass() }
            // The other half is there before the handler can miss it.
            try await client.send(half)
            mayRead.fire()
            #expect(try await client.response().text == "60000")
        }
    }

    /// Returns when a deadline as long as those of these tests has passed.
    private func letTimePass() async throws {
        try await withServer(Self.allShort, routes: RawServer.routes) { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("GET ")
            #expect(try await client.response().status == 408)
        }
    }
}
