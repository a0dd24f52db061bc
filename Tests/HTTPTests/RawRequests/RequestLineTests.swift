import Testing

/// RFC 9112, section 3: method, target and the host it is for.
@Suite("Raw requests: request line", .serialized, .timeLimit(.minutes(2)))
struct RequestLineTests {
    private static func get(_ target: String) -> String { "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n" }
    private static func line(_ line: String) -> String { "\(line)\r\nHost: x\r\n\r\n" }
    private static func host(_ fields: String) -> String { "GET /host HTTP/1.1\r\n\(fields)\r\n" }

    static let methods: [RawCase] = [
        .refused("no method", line("/now HTTP/1.1")),
        .refused("a method of no letters", line(" /now HTTP/1.1")),
        .refused("a method that is no token", line("GE(T /now HTTP/1.1")),
        .refused("a colon in the method", line("GET: /now HTTP/1.1")),
        .refused("a method beyond ASCII", line("G\u{C9}T /now HTTP/1.1")),
        .served("methods are told apart by case", line("get /now HTTP/1.1"), 405),
        .served("an unknown method of a known path", line("BREW /now HTTP/1.1"), 405),
        .served("an unknown method of an unknown path", line("BREW /none HTTP/1.1"), 404),
        .served("a method of odd signs", line("M-X!#$%&'*+.^_`|~9 /now HTTP/1.1"), 405),
        .served("TRACE", line("TRACE /now HTTP/1.1"), 405),
        .served("PUT with a body", "PUT /now HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 405),
        .served("OPTIONS of a path", line("OPTIONS /now HTTP/1.1"), 405),
        .served("OPTIONS of the server", line("OPTIONS * HTTP/1.1"), 204),
        .refused("CONNECT", line("CONNECT x:443 HTTP/1.1"), 501),
    ]

    static let targets: [RawCase] = [
        .refused("two spaces before the target", line("GET  /now HTTP/1.1")),
        .refused("two spaces after the target", line("GET /now  HTTP/1.1")),
        .refused("a space after the version", line("GET /now HTTP/1.1 ")),
        .refused("a tab for a space", line("GET\t/now HTTP/1.1")),
        .refused("a space in the target", line("GET /no w HTTP/1.1")),
        .refused("no target", line("GET HTTP/1.1")),
        .refused("an asterisk for GET", get("*")),
        .refused("more than an asterisk", line("OPTIONS ** HTTP/1.1")),
        .refused("a path without its slash", get("now")),
        .refused("an authority for GET", get("x:80")),
        .refused("a fragment", get("/now#there")),
        .refused("a control character", get("/now\u{01}")),
        .refused("DEL", get("/now\u{7F}")),
        .refused("a byte beyond ASCII", get("/now\u{E9}")),
        .refused("a vertical tab", get("/now\u{0B}")),
        .served("what browsers leave as it is", get("/items/a|b^c"), 200, bodies: ["a|b^c"]),
        .served("a percent-encoded space", get("/items/a%20b"), 200, bodies: ["a b"]),
        .served("a percent-encoded slash", get("/items/a%2Fb"), 200, bodies: ["a/b"]),
        .served("percent-encoded UTF-8", get("/items/%C3%a9"), 200, bodies: ["\u{E9}"]),
        .served("an escape of no digits", get("/items/%zz"), 400),
        .served("half an escape", get("/items/%a"), 400),
        .served("a percent sign at the end", get("/items/%"), 400),
        .served("an escaped NUL", get("/items/a%00"), 400),
        .served("escapes that are not UTF-8", get("/items/%ff"), 400),
        .served("two slashes", get("//now"), 404),
        .served("a path above the root", get("/../now"), 404),
        .served("a query", get("/query?b=2&a=1"), 200, bodies: ["2 1"]),
        .served("an empty query", get("/query?"), 200, bodies: ["0 "]),
        .served("question marks in a query", get("/query?a=1?2"), 200, bodies: ["1 1?2"]),
        .served("a query that cannot be decoded", get("/query?a=%f"), 400),
        .served("1,000 parameters", get("/query?" + String(repeating: "a&", count: 1000)), 200, bodies: ["1000 "]),
        .served("1,001 parameters", get("/query?" + String(repeating: "a&", count: 1001)), 414),
        .refused("too long a target", get("/" + String(repeating: "a", count: RawServer.headerLimit)), 414),
        .refused(
            "a request line without an end", "GET /" + String(repeating: "a", count: 2 * RawServer.headerLimit), 414),
    ]

    static let absolute: [RawCase] = [
        .served("an address", get("http://x/now"), 200, bodies: ["now"]),
        .served("an address in capitals", get("HTTP://X/now"), 200, bodies: ["now"]),
        .served("an address of HTTPS", get("https://x/now"), 200, bodies: ["now"]),
        .served("an address without a path", get("http://x"), 404),
        .served("an address with a query alone", get("http://x?a=1"), 404),
        .served("an address with a port and a query", get("http://x:80/query?a=7"), 200, bodies: ["1 7"]),
        .served("the address's host counts", get("http://other:8/host"), 200, bodies: ["other:8"]),
        .refused("an address without a host", get("http:///now")),
        .refused("an address without a host but with a port", get("http://:80/now")),
        .refused("an address of one slash", get("http:/now")),
        .refused("an address with a user", get("http://me@x/now")),
        .refused("an address with a bad port", get("http://x:y/now")),
        .refused("an address of another scheme", get("ftp://x/now")),
        .refused("an address needs Host too", "GET http://x/now HTTP/1.1\r\n\r\n"),
    ]

    static let hosts: [RawCase] = [
        .refused("no Host", host("")),
        .last("no Host in HTTP/1.0", "GET /host HTTP/1.0\r\n\r\n", 200, bodies: ["none"]),
        .refused("two Hosts", host("Host: x\r\nHost: y\r\n")),
        .refused("the same Host twice", host("Host: x\r\nHost: x\r\n")),
        .refused("two Hosts in two spellings", host("Host: x\r\nHOST: x\r\n")),
        .refused("two Hosts in HTTP/1.0", "GET /host HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n"),
        .served("an empty Host", host("Host:\r\n"), 200, bodies: [""]),
        .served("a name and a port", host("Host: x.example:8080\r\n"), 200, bodies: ["x.example:8080"]),
        .served("an address of IPv4", host("Host: 127.0.0.1:80\r\n"), 200),
        .served("an address of IPv6", host("Host: [::1]:80\r\n"), 200, bodies: ["[::1]:80"]),
        .served("an empty port", host("Host: x:\r\n"), 200),
        .refused("a port that is no number", host("Host: x:a\r\n")),
        .refused("two ports", host("Host: x:1:2\r\n")),
        .refused("a port and no name", host("Host: :80\r\n")),
        .refused("brackets that do not close", host("Host: [::1\r\n")),
        .refused("text behind brackets", host("Host: [::1]x\r\n")),
        .refused("brackets in a name", host("Host: x[1]\r\n")),
        .refused("a space in Host", host("Host: x y\r\n")),
        .refused("two names in Host", host("Host: x, y\r\n")),
        .refused("a path in Host", host("Host: x/y\r\n")),
        .refused("a user in Host", host("Host: me@x\r\n")),
        .refused("a fragment in Host", host("Host: x#y\r\n")),
        .refused("a bad escape in Host", host("Host: x%zz\r\n")),
        .refused("NUL in Host", host("Host: x\0\r\n")),
        .refused("a byte beyond ASCII in Host", host("Host: \u{E9}\r\n")),
    ]

    @Test(arguments: methods + targets + absolute + hosts, Delivery.allCases)
    func isAnsweredOnce(_ test: RawCase, _ delivery: Delivery) async throws {
        try await RawServer.check(test, delivery)
    }
}
