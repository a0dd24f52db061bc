import Testing

/// RFC 9112, section 6: where a body ends.
@Suite("Raw requests: framing", .serialized, .timeLimit(.minutes(2)))
struct BodyFramingTests {
    private static func post(_ fields: String, _ body: String = "abc", to path: String = "/echo") -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\(body)"
    }
    private static func length(_ value: String) -> String { post("Content-Length:\(value)\r\n") }
    private static func coding(_ value: String) -> String {
        post("Transfer-Encoding:\(value)\r\n", "3\r\nabc\r\n0\r\n\r\n")
    }
    /// A request in the place of a body.
    private static let hidden = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let hiddenLength = "Content-Length: \(hidden.utf8.count)\r\n"

    static let lengths: [RawCase] = [
        .served("a length", length(" 3"), 200, bodies: ["abc"]),
        .served("a length of nothing", post("Content-Length: 0\r\n", ""), 200, bodies: [""]),
        .served("no length and no body", post("", ""), 200, bodies: [""]),
        .served("zeros before a length", length(" 0003"), 200, bodies: ["abc"]),
        .served("blanks around a length", length(" \t3\t "), 200, bodies: ["abc"]),
        .served("a length in another case", post("content-LENGTH: 3\r\n"), 200, bodies: ["abc"]),
        .served("a body of GET", "GET /now HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 200),
        .served("a request in a body", post(hiddenLength, hidden), 200, bodies: [hidden]),
        .served("a request in a body nobody reads", post(hiddenLength, hidden, to: "/ignore"), 200),
        .served("a request in the body of a refused one", post(hiddenLength, hidden, to: "/private"), 401),
        .served("a request in the body of one for nothing", post(hiddenLength, hidden, to: "/none"), 404),
        .served("a request in the body of a wrong method", post(hiddenLength, hidden, to: "/now"), 405),
        .served("a request in the body of a bad path", post(hiddenLength, hidden, to: "/%zz"), 400),
        .served(
            "a request in the body of GET",
            "GET /now HTTP/1.1\r\nHost: x\r\n\(hiddenLength)\r\n\(hidden)", 200),
        .last("more than the length", post("Content-Length: 3\r\n", "abc\u{01}def\r\n\r\n"), 200, 400),
        .refused("an empty length", length("")),
        .refused("a sign", length(" +3")),
        .refused("a negative length", length(" -3")),
        .refused("a hexadecimal length", length(" 0x3")),
        .refused("a fraction", length(" 3.0")),
        .refused("an exponent", length(" 3e0")),
        .refused("two numbers", length(" 3 3")),
        .refused("a list of the same", length(" 3, 3")),
        .refused("a list of two", length(" 3, 4")),
        .refused("a list with an empty member", length(" 3,")),
        .refused("a word", length(" three")),
        .refused("a quoted length", length(" \"3\"")),
        .refused("a length with a parameter", length(" 3;a=b")),
        .refused("a length of other digits", length(" \u{D9}\u{A3}")),
        .refused("a length with a vertical tab", length(" \u{0B}3")),
        .refused("the same length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n")),
        .refused("two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n")),
        .refused("two lengths in two spellings", post("Content-Length: 3\r\nCONTENT-LENGTH: 0\r\n")),
        .refused("a length that wraps to 3 in 64 bits", length(" 18446744073709551619"), 413),
        .refused("a length that wraps to 3 in 32 bits", length(" 4294967299"), 413),
        .refused("a length beyond the sign", length(" 9223372036854775808"), 413),
        .refused("the longest length", length(" 9223372036854775807"), 413),
        .refused("a length of 40 digits", length(" " + String(repeating: "9", count: 40)), 413),
        .halfClosed("less than the length", post("Content-Length: 10\r\n"), 400),
        .halfClosed("nothing of the length", post("Content-Length: 10\r\n", ""), 400),
        .halfClosed("half a body that is too long", post("Content-Length: 2000000\r\n"), 413),
        .halfClosed("half a body nobody reads", post("Content-Length: 10\r\n", to: "/ignore"), 200),
        .halfClosed("half a body of a refused request", post("Content-Length: 10\r\n", to: "/private"), 401),
    ]

    static let codings: [RawCase] = [
        .served("chunked", coding(" chunked"), 200, bodies: ["abc"]),
        .served("chunked in capitals", coding(" CHUNKED"), 200, bodies: ["abc"]),
        .served("blanks around chunked", coding(" \t chunked \t"), 200, bodies: ["abc"]),
        .served(
            "a request in a chunk nobody reads",
            post(
                "Transfer-Encoding: chunked\r\n",
                String(hidden.utf8.count, radix: 16) + "\r\n\(hidden)\r\n0\r\n\r\n", to: "/private"), 401),
        .refused("a coding and a length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n")),
        .refused("a length and a coding", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        .refused("a coding and a bad length", post("Content-Length: x\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        .refused("another coding and a length", post("Content-Length: 3\r\nTransfer-Encoding: gzip\r\n")),
        .refused("gzip", coding(" gzip")),
        .refused("gzip inside chunks", coding(" gzip, chunked"), 501),
        .refused("gzip and chunked in two fields", coding(" gzip\r\nTransfer-Encoding: chunked"), 501),
        .refused("gzip around chunks", coding(" chunked, gzip")),
        .refused("chunked and gzip in two fields", coding(" chunked\r\nTransfer-Encoding: gzip")),
        .refused("chunked twice", coding(" chunked, chunked")),
        .refused("chunked in two fields", coding(" chunked\r\nTransfer-Encoding: chunked")),
        .refused("identity", coding(" identity")),
        .refused("identity and chunked", coding(" identity, chunked"), 501),
        .refused("chunked and identity", coding(" chunked, identity")),
        .refused("an empty coding", coding("")),
        .refused("empty members of a list", coding(" ,")),
        .refused("an empty member before chunked", coding(" , chunked")),
        .refused("an empty member after chunked", coding(" chunked,")),
        .refused("a parameter", coding(" chunked;a=b")),
        .refused("a weight", coding(" chunked;q=0")),
        .refused("quotes", coding(" \"chunked\"")),
        .refused("a word that ends in chunked", coding(" xchunked")),
        .refused("a word that begins with chunked", coding(" chunkedx")),
        .refused("words without a comma", coding(" gzip chunked")),
        .refused("a semicolon for a comma", coding(" gzip;chunked")),
        .refused("a vertical tab", coding(" \u{0B}chunked")),
        .refused("NUL", coding(" chunked\0")),
        .refused("a byte beyond ASCII", coding(" chunked\u{A0}")),
        .refused(
            "chunked in HTTP/1.0", "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        .refused(
            "chunked in HTTP/1.0 that wants to go on",
            "POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        .served(
            "a field with an underscore is another field",
            post("Content_Length: 3\r\nTransfer_Encoding: chunked\r\n", ""), 200, bodies: [""]),
    ]

    @Test(arguments: lengths + codings, Delivery.allCases)
    func isAnsweredOnce(_ test: RawCase, _ delivery: Delivery) async throws {
        try await RawServer.check(test, delivery)
    }
}
