import HTTP
import HTTPTestClient
import Synchronization
import Testing

/// Bytes that a client sends, and what has to become of them.
struct RawCase: Sendable, CustomTestStringConvertible {
    /// What follows the answers.
    enum End: Sendable {
        /// A request that comes right behind is answered too.
        case serves
        /// The connection is closed, and nothing behind is taken for a request.
        case closes
        /// The client stops sending, gets its answers and an end.
        case halfClosed
    }

    let rule: String
    let bytes: [UInt8]
    let statuses: [Int]
    let end: End
    let bodies: [String]?
    let heads: Set<Int>

    var testDescription: String { rule }

    private init(
        _ rule: String, _ text: String, _ statuses: [Int], _ end: End, _ bodies: [String]?, _ heads: Set<Int> = []
    ) {
        self.rule = rule
        // A scalar is a byte, so that every byte can be written.
        bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        self.statuses = statuses
        self.end = end
        self.bodies = bodies
        self.heads = heads
    }

    /// Answered, all of them, and what comes behind too; `heads` are the places of HEAD.
    static func served(
        _ rule: String, _ text: String, _ statuses: Int..., bodies: [String]? = nil, heads: Set<Int> = []
    ) -> RawCase { RawCase(rule, text, statuses, .serves, bodies, heads) }

    /// Answered, and the last of the connection.
    static func last(_ rule: String, _ text: String, _ statuses: Int..., bodies: [String]? = nil) -> RawCase {
        RawCase(rule, text, statuses, .closes, bodies)
    }

    /// Refused with one answer, and the last of the connection.
    static func refused(_ rule: String, _ text: String, _ status: Int = 400) -> RawCase {
        RawCase(rule, text, [status], .closes, nil)
    }

    /// The client says that it sends no more.
    static func halfClosed(_ rule: String, _ text: String, _ statuses: Int..., bodies: [String]? = nil) -> RawCase {
        RawCase(rule, text, statuses, .halfClosed, bodies)
    }
}

/// How a case's bytes leave the client.
enum Delivery: CaseIterable, Sendable {
    case atOnce
    case byteByByte
}

/// The server that raw requests go to.
enum RawServer {
    static let headerLimit = 4096

    /// Notes what the server took for a request.
    final class Witness: Middleware {
        private let seen = Mutex<[String]>([])

        var paths: [String] { seen.withLock { $0 } }

        func intercept(_ request: Request) throws -> Response? {
            seen.withLock { $0.append(request.path) }
            if request.path == "/private" { throw HTTPError(status: .unauthorized, message: "who?") }
            return nil
        }
    }

    static func routes(_ router: inout Router) {
        router.onImmediate(.get, "/now") { _ in .text("now") }
        router.onImmediate(.get, "/host") { .text($0.headers["Host"] ?? "none") }
        router.onImmediate(.get, "/query") { .text("\(Array($0.query).count) \($0.query["a"] ?? "")") }
        router.onImmediate(.get, "/field") { .text($0.headers.values("X").joined(separator: "|")) }
        router.onImmediate(.get, "/empty") { _ in Response(status: .noContent) }
        router.onImmediate(.get, "/same") { _ in
            Response(status: .notModified, headers: ["ETag": "\"1\""], body: .bytes([1, 2, 3]))
        }
        router.onImmediate(.post, "/ignore") { _ in .text("ignored") }
        router.onImmediate(.post, "/private") { _ in .text("never") }
        router.onImmediate(.get, "/smuggled") { _ in .text("smuggled") }
        router.onImmediate(.get, "/canary") { _ in .text("canary") }
        router.on(.get, "/later") { _ in
            await Task.yield()
            return .text("later")
        }
        router.on(.get, "/items/{name}") { .text($0.parameters["name"] ?? "") }
        router.on(.get, "/stream") { _ in
            Response(body: .stream(.init { for part in ["one", "two"] { try await $0.write(part) } }))
        }
        router.on(.get, "/sized") { _ in Response(body: .stream(.init(length: 6) { try await $0.write("onetwo") })) }
        router.on(.post, "/echo") { Response(body: .bytes(try await $0.body.collect(upTo: 100_000))) }
    }

    /// Sends a case's bytes with a request behind them and compares all that comes back.
    static func check(_ test: RawCase, _ delivery: Delivery) async throws {
        let witness = Witness()
        try await withServer(
            {
                $0.headerLimit = headerLimit
                $0.threads = 1
            }, middleware: [witness], routes: routes
        ) { port, _ in
            let client = try TestConnection(port: port)
            var bytes = test.bytes
            switch test.end {
            case .serves: bytes += Array("GET /canary HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8)
            case .closes: bytes += Array("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
            case .halfClosed: break
            }
            switch delivery {
            case .atOnce: try await client.send(bytes)
            // The server may have refused what has come and closed before the last byte.
            case .byteByByte: try? await client.sendByteByByte(bytes)
            }
            if test.end == .halfClosed { client.shutdownSending() }
            let answers = try StrictResponse.all(in: try await client.bytesUntilEnd(), heads: test.heads)
                .filter { $0.status >= 200 }
            #expect(answers.map(\.status) == test.statuses + (test.end == .serves ? [200] : []))
            if let bodies = test.bodies { #expect(answers.prefix(bodies.count).map(\.text) == bodies) }
            if test.end == .serves { #expect(answers.last?.text == "canary") }
            if test.end != .halfClosed {
                let closing = answers.map { $0["connection"] == "close" }
                #expect(closing == answers.indices.map { $0 == answers.count - 1 })
            }
            #expect(!witness.paths.contains("/smuggled"))
            // Another connection is served as ever.
            #expect(try await TestConnection(port: port).request("GET", "/canary").text == "canary")
        }
    }
}
