extension RequestHead {
    /// Reads the bytes up to and without the empty line. Whatever RFC 9112 lets a recipient repair, two recipients may repair
    /// in two ways: it is refused. Throws `HTTPError` with the status to answer with.
    init(parsing bytes: ArraySlice<UInt8>, limits: RequestLimits) throws(HTTPError) {
        var lines = HeadLines(rest: bytes)
        guard let line = try lines.next() else { throw HTTPError.malformed("there is no request line") }
        let (method, target, minor) = try RequestHead.requestLine(line)
        var fields = Headers()
        while let line = try lines.next() {
            guard fields.count < limits.fields else {
                throw HTTPError(
                    .headerTooLarge, status: .requestHeaderFieldsTooLarge,
                    message: "the header has more than \(limits.fields) fields")
            }
            let (name, value) = try RequestHead.field(line)
            fields.add(name, value)
        }
        try self.init(method: method, target: target, minor: minor, headers: fields)
    }

    private init(method: Method, target: String, minor: Int, headers: Headers) throws(HTTPError) {
        self.method = method
        self.headers = headers
        isVersion10 = minor == 0
        let hosts = headers.values("Host")
        guard hosts.count == 1 || isVersion10 && hosts.isEmpty else {
            throw HTTPError.malformed(hosts.isEmpty ? "there is no Host" : "there is more than one Host")
        }
        // It may be empty where the target names no host either (RFC 9112, section 3.2).
        if let host = hosts.first, !host.isEmpty, !Grammar.isAuthority(host) {
            throw HTTPError.malformed("Host is not a name and a port")
        }
        self.target = target
        if let (host, path) = try RequestHead.absolute(target, method) {
            self.target = path
            // The target's own authority is the one that counts (RFC 9112, section 3.2.2).
            self.headers["Host"] = host
        }
        framing = try RequestHead.framing(headers, isVersion10: isVersion10)
        let wishes = RequestHead.list(headers.values("Connection"))
        keepsAlive = wishes.contains("close") ? false : !isVersion10 || wishes.contains("keep-alive")
        let expectations = headers.values("Expect")
        guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw HTTPError(
                .badRequest, status: .expectationFailed, message: "no other expectation than 100-continue can be met")
        }
        expectsContinue = !expectations.isEmpty && !isVersion10 && framing != .none
    }

    /// The parts of `METHOD target HTTP/1.x`, with single spaces.
    private static func requestLine(_ line: ArraySlice<UInt8>) throws(HTTPError) -> (Method, String, minor: Int) {
        let parts = line.split(separator: Grammar.space, omittingEmptySubsequences: false)
        guard parts.count == 3, Grammar.isToken(parts[0]), !parts[1].isEmpty else {
            throw HTTPError.malformed("the request line is not a method, a target and a version")
        }
        guard parts[1].allSatisfy(Grammar.isTarget) else {
            throw HTTPError.malformed("the target has characters that must be percent-encoded")
        }
        let version = parts[2]
        let digits = version.startIndex + 5
        guard version.count == 8, version.starts(with: "HTTP/".utf8), version[digits + 1] == UInt8(ascii: "."),
            Grammar.isDigit(version[digits]), Grammar.isDigit(version[digits + 2])
        else { throw HTTPError.malformed("the request line does not end with HTTP/1.1") }
        guard version[digits] == UInt8(ascii: "1") else {
            throw HTTPError(
                .badRequest, status: .httpVersionNotSupported, message: "this server speaks HTTP/1.1 and HTTP/1.0")
        }
        return (
            Method(rawValue: String(decoding: parts[0], as: UTF8.self)), String(decoding: parts[1], as: UTF8.self),
            Int(version[digits + 2] - UInt8(ascii: "0"))
        )
    }

    /// A line `name: value`; the colon follows the name at once.
    static func field(_ line: ArraySlice<UInt8>) throws(HTTPError) -> (name: String, value: String) {
        if let first = line.first, Grammar.isBlank(first) {
            throw HTTPError.malformed("a field's value goes on in a second line")
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), Grammar.isToken(line[..<colon]) else {
            throw HTTPError.malformed("a line of the header is not a name, a colon and a value")
        }
        let value = Grammar.trimmed(line[(colon + 1)...])
        guard value.allSatisfy(Grammar.isValue) else {
            throw HTTPError.malformed("a field's value has control characters")
        }
        return (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    /// Authority and path of a target that names the whole address; nil for one that begins with `/`.
    private static func absolute(
        _ target: String, _ method: Method
    ) throws(HTTPError) -> (host: String, path: String)? {
        if target.utf8.first == UInt8(ascii: "/") { return nil }
        if target == "*", method.rawValue == "OPTIONS" { return nil }
        if method.rawValue == "CONNECT" {
            throw HTTPError(.badRequest, status: .notImplemented, message: "this server is no proxy")
        }
        let lower = target.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else {
            throw HTTPError.malformed("the target is neither a path nor an address")
        }
        let rest = target.dropFirst(scheme.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let host = rest[..<end]
        guard Grammar.isAuthority(host) else {
            throw HTTPError.malformed("the target's address has no name of a host")
        }
        let path = rest[end...]
        return (String(host), path.first == "/" ? String(path) : "/" + path)
    }

    private static func framing(_ headers: Headers, isVersion10: Bool) throws(HTTPError) -> Framing {
        let encodings = headers.values("Transfer-Encoding")
        let lengths = headers.values("Content-Length")
        if encodings.isEmpty {
            guard let text = lengths.first else { return .none }
            guard lengths.count == 1, !text.isEmpty, text.utf8.allSatisfy(Grammar.isDigit) else {
                throw HTTPError.malformed("Content-Length is not one number")
            }
            // A number too long for an integer is too long for every limit.
            let length = Int(text) ?? Int.max
            return length == 0 ? .none : .length(length)
        }
        guard lengths.isEmpty else { throw HTTPError.malformed("both Content-Length and Transfer-Encoding are given") }
        guard !isVersion10 else { throw HTTPError.malformed("HTTP/1.0 knows no Transfer-Encoding") }
        let codings = list(encodings)
        guard codings.last == "chunked", codings.filter({ $0 == "chunked" }).count == 1, !codings.contains("") else {
            throw HTTPError.malformed("the last and only the last Transfer-Encoding has to be chunked")
        }
        guard codings.count == 1 else {
            throw HTTPError(
                .badRequest, status: .notImplemented, message: "no other Transfer-Encoding than chunked is known here")
        }
        return .chunked
    }

    /// The members of a list in commas, in lower case; an empty member stays, so that it is seen.
    private static func list(_ values: [String]) -> [String] {
        values.flatMap { value in
            value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
                String(decoding: Grammar.trimmed(Array($0)), as: UTF8.self).lowercased()
            }
        }
    }
}

/// The lines of a header, each ended by CR and LF; the last by the end.
struct HeadLines {
    var rest: ArraySlice<UInt8>

    /// The next line without its end. A CR or LF alone, and NUL, are refused: others may take them for an end.
    mutating func next() throws(HTTPError) -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex { $0 == Grammar.newline || $0 == Grammar.carriageReturn } ?? rest.endIndex
        let line = rest[..<end]
        guard !line.contains(0) else { throw HTTPError.malformed("there is a NUL in the header") }
        if end == rest.endIndex {
            rest = []
        } else {
            guard rest[end] == Grammar.carriageReturn, end + 1 < rest.endIndex, rest[end + 1] == Grammar.newline else {
                throw HTTPError.malformed("a line does not end with CR and LF")
            }
            rest = rest[(end + 2)...]
        }
        return line
    }
}

extension HTTPError {
    static func malformed(_ message: String) -> HTTPError {
        HTTPError(.badRequest, status: .badRequest, message: message)
    }
}
