import Testing

/// RFC 9112, section 2: lines, robustness and versions.
@Suite("Raw requests: message format", .serialized, .timeLimit(.minutes(2)))
struct MessageFormatTests {
    static let lines: [RawCase] = [
        .served("a request", "GET /now HTTP/1.1\r\nHost: x\r\n\r\n", 200, bodies: ["now"]),
        .served("an empty line before a request", "\r\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        .served("empty lines before a request", "\r\n\r\n\r\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        .served(
            "an empty line between requests",
            "GET /now HTTP/1.1\r\nHost: x\r\n\r\n\r\nGET /later HTTP/1.1\r\nHost: x\r\n\r\n", 200, 200),
        .halfClosed("nothing", ""),
        .halfClosed("empty lines and nothing else", "\r\n\r\n"),
        .refused("a line feed before a request", "\nGET /now HTTP/1.1\r\nHost: x\r\n\r\n"),
        .refused("a carriage return before a request", "\rGET /now HTTP/1.1\r\nHost: x\r\n\r\n"),
        .refused("a space before a request", " GET /now HTTP/1.1\r\nHost: x\r\n\r\n"),
        .refused("a byte order mark before a request", "\u{EF}\u{BB}\u{BF}GET /now HTTP/1.1\r\nHost: x\r\n\r\n"),
        .refused("a line feed alone ends no request line", "GET /now HTTP/1.1\nHost: x\r\n\r\n"),
        .refused("a line feed alone ends no field", "GET /now HTTP/1.1\r\nHost: x\nX: y\r\n\r\n"),
        .refused("line feeds alone end no header", "GET /now HTTP/1.1\nHost: x\n\n"),
        .refused("a line feed alone is no empty line", "GET /now HTTP/1.1\r\nHost: x\r\n\nX: y\r\n\r\n"),
        .refused("a carriage return alone ends no line", "GET /now HTTP/1.1\rHost: x\r\n\r\n"),
        .refused("two carriage returns before a line feed", "GET /now HTTP/1.1\r\r\nHost: x\r\n\r\n"),
        .refused("a carriage return in a value", "GET /now HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n"),
        .refused("a carriage return before the end of a value", "GET /now HTTP/1.1\r\nHost: x\r\nX: a\r\r\n\r\n"),
        .refused("a carriage return in a name", "GET /now HTTP/1.1\r\nHost: x\r\nX\rY: a\r\n\r\n"),
        .refused("NUL in the target", "GET /no\0w HTTP/1.1\r\nHost: x\r\n\r\n"),
        .refused("NUL in the method", "G\0ET /now HTTP/1.1\r\nHost: x\r\n\r\n"),
        .refused("NUL in a name", "GET /now HTTP/1.1\r\nHost: x\r\nX\0: a\r\n\r\n"),
        .refused("NUL in a value", "GET /now HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"),
        .refused("NUL in a length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\0\r\n\r\nabc"),
        .refused("blanks between request line and fields", "GET /now HTTP/1.1\r\n Host: x\r\nX: y\r\n\r\n"),
        .refused("a line of blanks after the request line", "GET /now HTTP/1.1\r\n \r\nHost: x\r\n\r\n"),
        .refused("a TLS handshake", "\u{16}\u{03}\u{01}\u{02}\0\u{01}\0\u{01}\u{FC}\u{03}\u{03}\r\n\r\n"),
        .halfClosed("half a request line", "GET /no", 400),
        .halfClosed("half a header", "GET /now HTTP/1.1\r\nHost: x\r\nX: ", 400),
        .halfClosed("a header without its empty line", "GET /now HTTP/1.1\r\nHost: x\r\n", 400),
    ]

    static let versions: [RawCase] = [
        .served("a later minor version is taken for 1.1", "GET /now HTTP/1.2\r\nHost: x\r\n\r\n", 200),
        .served("the last minor version", "GET /now HTTP/1.9\r\nHost: x\r\n\r\n", 200),
        .last("HTTP/1.0", "GET /now HTTP/1.0\r\nHost: x\r\n\r\n", 200),
        .refused("HTTP/2.0", "GET /now HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        .refused("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        .refused("HTTP/0.9 with its name", "GET /now HTTP/0.9\r\nHost: x\r\n\r\n", 505),
        .refused("HTTP/0.9", "GET /now\r\n\r\n"),
        .refused("a name in lower case", "GET /now http/1.1\r\nHost: x\r\n\r\n"),
        .refused("no minor version", "GET /now HTTP/1\r\nHost: x\r\n\r\n"),
        .refused("a minor version of two digits", "GET /now HTTP/1.10\r\nHost: x\r\n\r\n"),
        .refused("a major version of two digits", "GET /now HTTP/01.1\r\nHost: x\r\n\r\n"),
        .refused("a comma", "GET /now HTTP/1,1\r\nHost: x\r\n\r\n"),
        .refused("a space within", "GET /now HTTP/ 1.1\r\nHost: x\r\n\r\n"),
        .refused("another protocol", "GET /now ICAP/1.1\r\nHost: x\r\n\r\n"),
        .refused("a letter for a digit", "GET /now HTTP/1.x\r\nHost: x\r\n\r\n"),
        .refused("a sign", "GET /now HTTP/-1.1\r\nHost: x\r\n\r\n"),
    ]

    @Test(arguments: lines + versions, Delivery.allCases)
    func isAnsweredOnce(_ test: RawCase, _ delivery: Delivery) async throws {
        try await RawServer.check(test, delivery)
    }
}
