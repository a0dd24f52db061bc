import Testing

/// RFC 9112, section 5: the fields of a header.
@Suite("Raw requests: fields", .serialized, .timeLimit(.minutes(2)))
struct FieldSyntaxTests {
    private static func get(_ fields: String) -> String { "GET /field HTTP/1.1\r\nHost: x\r\n\(fields)\r\n" }
    private static let long = String(repeating: "a", count: 2 * RawServer.headerLimit)
    private static func many(_ count: Int) -> String {
        get((1..<count).map { "N\($0): v\r\n" }.joined())
    }

    static let cases: [RawCase] = [
        .served("no blank after the colon", get("X:a\r\n"), 200, bodies: ["a"]),
        .served("blanks around a value", get("X: \t a b \t \r\n"), 200, bodies: ["a b"]),
        .served("a tab within a value", get("X: a\tb\r\n"), 200, bodies: ["a\tb"]),
        .served("an empty value", get("X:\r\n"), 200, bodies: [""]),
        .served("a value of blanks", get("X: \t \r\n"), 200, bodies: [""]),
        .served("colons in a value", get("X: a:b:\r\n"), 200, bodies: ["a:b:"]),
        .served("a name in another case", get("x: a\r\n"), 200, bodies: ["a"]),
        .served("a field that comes again", get("X: a\r\nY: b\r\nx: c\r\n"), 200, bodies: ["a|c"]),
        .served("UTF-8 in a value", get("X: \u{C3}\u{A9}\r\n"), 200, bodies: ["\u{E9}"]),
        .served("bytes beyond ASCII that are not UTF-8", get("X: \u{E9}\r\n"), 200),
        .served("a name of odd signs", get("!#$%&'*+-.^_`|~9: a\r\n"), 200),
        .refused("a space before the colon", get("X : a\r\n")),
        .refused("a tab before the colon", get("X\t: a\r\n")),
        .refused("a space before the colon of the length", get("Content-Length : 3\r\n")),
        .refused("a space before the colon of the coding", get("Transfer-Encoding : chunked\r\n")),
        .refused("a space before the first colon", "GET /now HTTP/1.1\r\nHost : x\r\n\r\n"),
        .refused("no colon", get("X\r\n")),
        .refused("no name", get(": a\r\n")),
        .refused("a space in a name", get("X Y: a\r\n")),
        .refused("a control character in a name", get("X\u{01}: a\r\n")),
        .refused("a byte beyond ASCII in a name", get("X\u{E9}: a\r\n")),
        .refused("a bracket in a name", get("X(: a\r\n")),
        .refused("a slash in a name", get("X/Y: a\r\n")),
        .refused("a quote in a name", get("\"X\": a\r\n")),
        .refused("a value that goes on after a space", get("X: a\r\n b\r\n")),
        .refused("a value that goes on after a tab", get("X: a\r\n\tb\r\n")),
        .refused("a value that begins in its second line", get("X:\r\n a\r\n")),
        .refused("a folded length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n 3\r\n\r\nabc"),
        .refused(
            "a folded coding", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        .refused("a folded Host", "GET /now HTTP/1.1\r\nHost: x\r\n y\r\n\r\n"),
        .refused("a line of one blank", get("X: a\r\n \r\n")),
        .refused("a control character in a value", get("X: a\u{01}b\r\n")),
        .refused("a vertical tab in a value", get("X: a\u{0B}b\r\n")),
        .refused("an escape character in a value", get("X: \u{1B}[0m\r\n")),
        .refused("DEL in a value", get("X: a\u{7F}\r\n")),
        .served("as many fields as there may be", many(100), 200),
        .refused("a field too many", many(101), 431),
        .refused("a value that is too long", get("X: \(long)\r\n"), 431),
        .refused("a name that is too long", get("\(long): a\r\n"), 431),
        .refused("a header without an end", "GET /now HTTP/1.1\r\nHost: x\r\nX: \(long)", 431),
    ]

    @Test(arguments: cases, Delivery.allCases)
    func isAnsweredOnce(_ test: RawCase, _ delivery: Delivery) async throws {
        try await RawServer.check(test, delivery)
    }
}
