import HTTP
import HTTPTestClient
import Testing

/// RFC 9112, section 9, and what RFC 9110 says of answers: many requests of one connection, and its end.
@Suite("Raw requests: conversation", .serialized, .timeLimit(.minutes(2)))
struct ConversationTests {
    private static func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n"
    }
    private static let head = "HEAD /now HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let echo = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
    private static let chunked = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    static let ends: [RawCase] = [
        .last("close", get("/now", "Connection: close\r\n"), 200),
        .last("close in capitals", get("/later", "Connection: CLOSE\r\n"), 200),
        .last("close in a list", get("/now", "Connection: x, close\r\n"), 200),
        .last("close in a second field", get("/now", "Connection: keep-alive\r\nConnection: close\r\n"), 200),
        .last("close outweighs keep-alive", get("/now", "Connection: keep-alive, close\r\n"), 200),
        .last("close after a body", echo + "Connection: close\r\n\r\nabc", 200, bodies: ["abc"]),
        .served("keep-alive", get("/now", "Connection: keep-alive\r\n"), 200),
        .served("an unknown option", get("/now", "Connection: closed\r\n"), 200),
        .served("an empty option", get("/now", "Connection: ,\r\n"), 200),
        .last("HTTP/1.0 ends", "GET /later HTTP/1.0\r\n\r\n", 200),
        .served("HTTP/1.0 that wants to go on", "GET /now HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 200),
        .last("HTTP/1.0 with close", "GET /now HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", 200),
        .last("a stream for HTTP/1.0", "GET /stream HTTP/1.0\r\n\r\n", 200, bodies: ["onetwo"]),
        .last(
            "a stream for HTTP/1.0 that wants to go on", "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200,
            bodies: ["onetwo"]),
        .served("an upgrade that is not made", get("/now", "Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200),
    ]

    static let answers: [RawCase] = [
        .served("HEAD", head, 200, bodies: [""], heads: [0]),
        .served("HEAD of a stream", "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n", 200, bodies: [""], heads: [0]),
        .served("HEAD of a stream with a length", "HEAD /sized HTTP/1.1\r\nHost: x\r\n\r\n", 200, heads: [0]),
        .served("HEAD of nothing", "HEAD /none HTTP/1.1\r\nHost: x\r\n\r\n", 404, bodies: [""], heads: [0]),
        .served("HEAD of 204", "HEAD /empty HTTP/1.1\r\nHost: x\r\n\r\n", 204, heads: [0]),
        .served("204 has no body", get("/empty"), 204),
        .served("304 has no body", get("/same"), 304, bodies: [""]),
        .served("a stream", get("/stream"), 200, bodies: ["onetwo"]),
        .served("a stream with a length", get("/sized"), 200, bodies: ["onetwo"]),
        .served("Expect with its body", echo + "Expect: 100-continue\r\n\r\nabc", 200, bodies: ["abc"]),
        .served("Expect in capitals", echo + "Expect: 100-Continue\r\n\r\nabc", 200, bodies: ["abc"]),
        .served("Expect without a body", get("/now", "Expect: 100-continue\r\n"), 200),
        .last(
            "Expect of HTTP/1.0", "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", 200,
            bodies: ["abc"]),
        .refused("another expectation", get("/now", "Expect: 200-ok\r\n"), 417),
        .refused("two expectations", get("/now", "Expect: 100-continue, x\r\n"), 417),
    ]

    static let pipelines: [RawCase] = [
        .served(
            "requests of all kinds",
            get("/now") + echo + "\r\nabc" + head + get("/later") + chunked
                + "3\r\nabc\r\n0\r\nX: y\r\n\r\n" + get("/none") + get("/empty"),
            200, 200, 200, 200, 200, 404, 204, bodies: ["now", "abc", "", "later", "abc"], heads: [2]),
        .last("a good and a bad one", get("/now") + "nonsense\r\n\r\n", 200, 400, bodies: ["now"]),
        .last("one that waits and a bad one", get("/later") + "nonsense\r\n\r\n", 200, 400, bodies: ["later"]),
        .last(
            "two before the last", get("/now") + get("/stream") + get("/later", "Connection: close\r\n"),
            200, 200, 200),
        .served("a body nobody reads", echo.replacing("/echo", with: "/ignore") + "\r\nabc", 200),
        .halfClosed("a half-closed client", get("/now"), 200, bodies: ["now"]),
        .halfClosed("a half-closed client of a task", get("/later"), 200, bodies: ["later"]),
        .halfClosed("a half-closed client of a stream", get("/stream"), 200, bodies: ["onetwo"]),
        .halfClosed("a half-closed client with a body", echo + "\r\nabc", 200, bodies: ["abc"]),
        .halfClosed("a half-closed client of several", get("/later") + get("/now") + get("/stream"), 200, 200, 200),
        .halfClosed(
            "a half-closed client of several and a half", get("/later") + get("/later") + "GET", 200, 200, 400),
        .halfClosed(
            "a half-closed client of several and half a body", get("/later") + get("/later") + echo + "\r\na",
            200, 200, 400),
    ]

    @Test(arguments: ends + answers + pipelines, Delivery.allCases)
    func isAnsweredOnce(_ test: RawCase, _ delivery: Delivery) async throws {
        try await RawServer.check(test, delivery)
    }

    @Test(
        "many requests in one write are answered in order, beyond what is held of them too",
        arguments: ["/now", "/later"])
    func longPipelines(_ path: String) async throws {
        try await withServer(routes: RawServer.routes) { port, _ in
            let client = try TestConnection(port: port)
            let count = 3000
            let bytes = Array(String(repeating: Self.get(path), count: count).utf8)
            try await client.send(bytes + Array(Self.get("/now", "Connection: close\r\n").utf8))
            let answers = try StrictResponse.all(in: try await client.bytesUntilEnd())
            #expect(answers.count == count + 1)
            #expect(answers.allSatisfy { $0.status == 200 })
        }
    }

    @Test("bodies longer than what is held come in full behind a request that takes its time")
    func longBodiesBehind() async throws {
        try await withServer(routes: RawServer.routes) { port, _ in
            let client = try TestConnection(port: port)
            let body = String(repeating: "b", count: 90_000)
            let post = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n\(body)"
            for path in ["/later", "/now"] {
                try await client.send(Self.get(path) + post + Self.get(path) + post + post)
                #expect(try await client.response().status == 200)
                #expect(try await client.response().text == body)
                #expect(try await client.response().status == 200)
                #expect(try await client.response().text == body)
                #expect(try await client.response().text == body)
            }
        }
    }

    @Test("the body is asked for when it is wanted, and only then")
    func expectation() async throws {
        try await withServer(middleware: [RawServer.Witness()], routes: RawServer.routes) { port, _ in
            let client = try TestConnection(port: port)
            try await client.send(Self.echo + "Expect: 100-continue\r\n\r\n")
            #expect(try await client.response().status == 100)
            try await client.send("abc")
            #expect(try await client.response().text == "abc")
            for (path, status) in [("/private", 401), ("/ignore", 200), ("/none", 404)] {
                let other = try TestConnection(port: port)
                try await other.send(Self.echo.replacing("/echo", with: path) + "Expect: 100-continue\r\n\r\n")
                let answers = try StrictResponse.all(in: try await other.bytesUntilEnd())
                #expect(answers.map(\.status) == [status])
                #expect(answers.first?["connection"] == "close")
            }
        }
    }
}
