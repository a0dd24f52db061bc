import HTTPTestClient
import Testing

/// RFC 9112, section 7: chunks, their extensions and what trails them.
@Suite("Raw requests: chunks", .serialized, .timeLimit(.minutes(2)))
struct ChunkedCodingTests {
    private static func post(_ body: String, to path: String = "/echo") -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
    }
    private static let long = String(repeating: "a", count: 2 * RawServer.headerLimit)

    static let chunks: [RawCase] = [
        .served("no chunk", post("0\r\n\r\n"), 200, bodies: [""]),
        .served("chunks", post("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), 200, bodies: ["abc"]),
        .served("sizes in both cases", post("a\r\n0123456789\r\nB\r\n0123456789A\r\n0\r\n\r\n"), 200),
        .served("zeros before a size", post("0003\r\nabc\r\n0\r\n\r\n"), 200, bodies: ["abc"]),
        .served("zeros for the last chunk", post("3\r\nabc\r\n000\r\n\r\n"), 200, bodies: ["abc"]),
        .served("line ends in a chunk", post("4\r\n\r\n\r\n\r\n0\r\n\r\n"), 200, bodies: ["\r\n\r\n"]),
        .refused("a size of no digits", post("zz\r\nabc\r\n0\r\n\r\n")),
        .refused("no size", post("\r\nabc\r\n0\r\n\r\n")),
        .refused("a negative size", post("-3\r\nabc\r\n0\r\n\r\n")),
        .refused("a sign", post("+3\r\nabc\r\n0\r\n\r\n")),
        .refused("a prefix", post("0x3\r\nabc\r\n0\r\n\r\n")),
        .refused("a blank before a size", post(" 3\r\nabc\r\n0\r\n\r\n")),
        .refused("a blank after a size", post("3 \r\nabc\r\n0\r\n\r\n")),
        .refused("a tab after a size", post("3\t;a\r\nabc\r\n0\r\n\r\n")),
        .refused("an underscore", post("0_3\r\nabc\r\n0\r\n\r\n")),
        .refused("NUL after a size", post("3\0\r\nabc\r\n0\r\n\r\n")),
        .refused("a size that wraps to 3", post("10000000000000003\r\nabc\r\n0\r\n\r\n")),
        .refused("a size beyond the sign", post("8000000000000003\r\nabc\r\n0\r\n\r\n")),
        .refused("the largest size", post("ffffffffffffffff\r\nabc\r\n0\r\n\r\n")),
        .refused("very many zeros", post(String(repeating: "0", count: 40) + "3\r\nabc\r\n0\r\n\r\n")),
        .refused("a line feed alone after a size", post("3\nabc\r\n0\r\n\r\n")),
        .refused("a carriage return alone after a size", post("3\rabc\r\n0\r\n\r\n")),
        .refused("a line feed alone after a chunk", post("3\r\nabc\n0\r\n\r\n")),
        .refused("a carriage return alone after a chunk", post("3\r\nabc\r0\r\n\r\n")),
        .refused("a chunk that is longer than it says", post("3\r\nabcd\r\n0\r\n\r\n")),
        .refused("a chunk that is shorter than it says", post("5\r\nabc\r\n0\r\n\r\n")),
        .refused("a chunk without its end", post("3\r\nabc0\r\n\r\n")),
        .refused("a line feed alone at the end", post("3\r\nabc\r\n0\r\n\n")),
        .refused("a last chunk with data", post("0\r\nabc\r\n0\r\n\r\n")),
        .halfClosed("no last chunk", post("3\r\nabc\r\n"), 400),
        .halfClosed("no empty line", post("3\r\nabc\r\n0\r\n"), 400),
        .halfClosed("half a chunk", post("5\r\nab"), 400),
        .halfClosed("half a size", post("5"), 400),
        .halfClosed("a chunk longer than anything", post("fffffffffffffff\r\nabc"), 400),
    ]

    static let extensions: [RawCase] = [
        .served("an extension", post("3;a\r\nabc\r\n0\r\n\r\n"), 200, bodies: ["abc"]),
        .served("an extension with a value", post("3;a=b;c=d\r\nabc\r\n0;e\r\n\r\n"), 200, bodies: ["abc"]),
        .served("a quoted value", post("3;a=\"b;c\"\r\nabc\r\n0\r\n\r\n"), 200, bodies: ["abc"]),
        .refused("a line feed in an extension", post("3;a\nabc\r\n0\r\n\r\n")),
        .refused("a carriage return in an extension", post("3;a\rb\r\nabc\r\n0\r\n\r\n")),
        .refused("a quoted line end", post("3;a=\"\r\n\"\r\nabc\r\n0\r\n\r\n")),
        .refused("NUL in an extension", post("3;a\0\r\nabc\r\n0\r\n\r\n")),
        .refused("an extension that is too long", post("3;\(long)\r\nabc\r\n0\r\n\r\n"), 431),
    ]

    static let trailers: [RawCase] = [
        .served("a trailer", post("3\r\nabc\r\n0\r\nX: a\r\nY: b\r\n\r\n"), 200, bodies: ["abc"]),
        .served("framing in a trailer is nothing", post("0\r\nContent-Length: 3\r\n\r\n"), 200, bodies: [""]),
        .served("a coding in a trailer is nothing", post("0\r\nTransfer-Encoding: gzip\r\n\r\n"), 200),
        .refused("a trailer without a colon", post("0\r\nX\r\n\r\n")),
        .refused("a blank before a trailer's colon", post("0\r\nX : a\r\n\r\n")),
        .refused("a folded trailer", post("0\r\nX: a\r\n b\r\n\r\n")),
        .refused("a trailer without a name", post("0\r\n: a\r\n\r\n")),
        .refused("NUL in a trailer", post("0\r\nX: a\0\r\n\r\n")),
        .refused("a line feed in a trailer", post("0\r\nX: a\nY: b\r\n\r\n")),
        .refused("a carriage return in a trailer", post("0\r\nX: a\rb\r\n\r\n")),
        .refused("a trailer that is too long", post("0\r\nX: \(long)\r\n\r\n"), 431),
        .refused(
            "trailers that are too many", post("0\r\n" + String(repeating: "X: a\r\n", count: 1000) + "\r\n"), 431),
    ]

    @Test(arguments: chunks + extensions + trailers, Delivery.allCases)
    func isAnsweredOnce(_ test: RawCase, _ delivery: Delivery) async throws {
        try await RawServer.check(test, delivery)
    }

    @Test("who was refused before the body keeps the answer where the body is nonsense")
    func nonsenseBehindAnAnswer() async throws {
        try await withServer(middleware: [RawServer.Witness()], routes: RawServer.routes) { port, _ in
            for path in ["/private", "/ignore", "/none"] {
                let client = try TestConnection(port: port)
                try await client.send(Self.post("zz\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n", to: path))
                let answers = try StrictResponse.all(in: try await client.bytesUntilEnd())
                #expect(answers.map(\.status) == [["/private": 401, "/ignore": 200, "/none": 404][path]])
            }
        }
    }
}
