import HTTP
import HTTPTestClient
import Testing

@Suite("Limits of connections", .timeLimit(.minutes(2)))
struct ConnectionLimitTests {
    private static let limit = 4

    /// Counts the exchanges that are over for the server.
    private final class Exchanges: Middleware {
        let over = Counter()

        func completed(_ exchange: CompletedExchange) { over.add(1) }
    }

    /// Connections in a row, each of which has been served.
    private func served(_ count: Int, _ port: Int) async throws -> [TestConnection] {
        var clients: [TestConnection] = []
        for _ in 0..<count {
            let client = try TestConnection(port: port)
            #expect(try await client.request("GET", "/now").text == "now")
            clients.append(client)
        }
        return clients
    }

    @Test("where all wait, the one that has waited longest makes room", arguments: ["", "GET /now HTTP/1.1\r\nHost:"])
    func waiting(_ half: String) async throws {
        let exchanges = Exchanges()
        try await withServer(
            { $0.connectionLimit = Self.limit }, middleware: [exchanges], routes: RawServer.routes
        ) { port, server in
            let first = try await served(1, port)[0]
            // The answer can be read before the server's thread has noted that the connection waits again.
            while exchanges.over.value < 1 { await Task.yield() }
            try await first.send(half)
            try await letTimePass()
            let others = try await served(Self.limit - 1, port)
            let newcomer = try await served(1, port)[0]
            #expect(try await first.isClosedByServer())
            #expect(server.statistics.evicted == 1)
            for client in others + [newcomer] { #expect(try await client.request("GET", "/now").text == "now") }
            #expect(server.statistics.evicted == 1)
        }
    }

    @Test("very many connections that ask for nothing shut nobody out")
    func flood() async throws {
        try await withServer({ $0.connectionLimit = Self.limit }, routes: RawServer.routes) { port, server in
            var idle: [TestConnection] = []
            for number in 0..<200 {
                let client = try TestConnection(port: port)
                if number % 2 == 0 { try await client.send("GET /n") }
                idle.append(client)
                if number % 20 == 0 { _ = try await served(1, port) }
            }
            #expect(server.statistics.connections <= Self.limit)
            #expect(server.statistics.evicted >= 100)
            idle = []
        }
    }

    @Test("where all are busy, newcomers are told so, and vital paths are answered")
    func busy() async throws {
        let mayAnswer = Signal()
        let begun = AsyncStream<Void>.makeStream()
        try await withServer({
            $0.connectionLimit = Self.limit
            $0.vitalPaths = ["/canary"]
        }) { router in
            RawServer.routes(&router)
            router.on(.get, "/slow") { _ in
                begun.continuation.yield()
                await mayAnswer.wait()
                return .text("late")
            }
        } body: { port, server in
            var clients: [TestConnection] = []
            var beginnings = begun.stream.makeAsyncIterator()
            for _ in 0..<Self.limit {
                let client = try TestConnection(port: port)
                try await client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
                await beginnings.next()
                clients.append(client)
            }
            for _ in 0..<30 {
                let refused = try TestConnection(port: port)
                try await refused.send("GET /now HTTP/1.1\r\nHost: x\r\n\r\n")
                let answers = try StrictResponse.all(in: try await refused.bytesUntilEnd())
                #expect(answers.map(\.status) == [503])
                #expect(answers.first?["retry-after"] == "1")
                let vital = try TestConnection(port: port)
                try await vital.send("GET /canary HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try StrictResponse.all(in: try await vital.bytesUntilEnd()).map(\.text) == ["canary"])
            }
            // Those who wait on the places for vital paths make room too.
            var idle: [TestConnection] = []
            for _ in 0..<40 { idle.append(try TestConnection(port: port)) }
            #expect(try await TestConnection(port: port).request("GET", "/canary").text == "canary")
            mayAnswer.fire()
            for client in clients {
                #expect(try await client.response().text == "late")
                #expect(try await client.request("GET", "/now").text == "now")
            }
            #expect(server.statistics.connections <= Self.limit + 16)
            idle = []
        }
    }

    @Test("an address has so many connections and no more")
    func perAddress() async throws {
        try await withServer({ $0.connectionsPerAddress = 2 }, routes: RawServer.routes) { port, server in
            var clients = try await served(2, port)
            #expect(try await TestConnection(port: port).isClosedByServer())
            #expect(server.statistics.refused == 1)
            clients.removeLast()
            // The server sees in its own time that one has gone.
            while server.statistics.connections > 1 { await Task.yield() }
            clients += try await served(1, port)
            for client in clients { #expect(try await client.request("GET", "/now").text == "now") }
        }
    }

    /// Returns when the clock that waiting connections are compared by has moved.
    private func letTimePass() async throws {
        try await withServer({ $0.idleTimeout = .milliseconds(50) }, routes: RawServer.routes) { port, _ in
            let client = try TestConnection(port: port)
            #expect(try await client.isClosedByServer())
        }
    }
}
