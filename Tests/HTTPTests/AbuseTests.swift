import HTTP
import HTTPTestClient
import Testing

@Suite(.timeLimit(.minutes(2)))
struct AbuseTests {
    /// Where a client leaves, in turn.
    private static let requests = [
        "", "GET /sl", "GET /slow HTTP/1.1\r\nHost: x\r\nX: ", "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc",
        "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc",
        "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n", "GET /events HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /now HTTP/1.1\r\nHost: x\r\n\r\nGET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n",
    ]

    @Test func clientsThatLeaveAnywhereLeaveNothingBehind() async throws {
        let started = Counter()
        let ended = Counter()
        @Sendable func counting<Value>(_ body: () async throws -> Value) async throws -> Value {
            started.add(1)
            defer { ended.add(1) }
            return try await body()
        }
        var router = Router()
        router.onImmediate(.get, "/now") { _ in .text("now") }
        router.onImmediate(.post, "/ignore") { _ in .text("ignored") }
        router.on(.get, "/slow") { _ in
            try await counting { try await Task.sleep(for: .seconds(3600)) }
            return .text("late")
        }
        router.on(.post, "/count") { request in
            try await counting { .text("\(try await request.body.reduce(0) { $0 + $1.count })") }
        }
        router.on(.get, "/endless") { _ in
            Response(
                body: .stream(
                    .init { writer in
                        try await counting { while true { try await writer.write([UInt8](repeating: 1, count: 5000)) } }
                    }))
        }
        router.on(.get, "/events") { _ in
            .events { writer in
                try await counting {
                    try await writer.write(ServerSentEvent(data: "first"))
                    try await Task.sleep(for: .seconds(3600))
                }
            }
        }
        var configuration = HTTPServerConfiguration()
        configuration.threads = 4
        let server = try HTTPServer(configuration: configuration, router: router)
        let port = try server.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let client = try TestConnection(port: port)
                    try await client.send(AbuseTests.requests[number % AbuseTests.requests.count])
                    // Some leave at once, some after the server has begun with them; some politely, some not.
                    if number % 3 == 0 { _ = try await TestConnection(port: port).request("GET", "/now") }
                    if number % 2 == 0 { client.endAbruptly() }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await TestConnection(port: port).request("GET", "/now").text == "now")
        await server.shutdown(grace: .zero)
        #expect(server.activeRequests == 0)
        // Cancelled handlers end in their own time.
        while ended.value < started.value { await Task.yield() }
    }
}
