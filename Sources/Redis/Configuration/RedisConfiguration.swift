public import Network

/// Where a Redis server is and how to talk to it.
public struct RedisConfiguration: Sendable, Hashable {
    /// The server.
    public var endpoint: Endpoint
    /// Encryption, where the server wants it.
    public var tls: TLSOptions?
    /// The user; nil is Redis's default user. Only with a password.
    public var user: String?
    /// The password, where the server wants one.
    public var password: String?
    /// The number of the database.
    public var database = 0
    /// Connections of a client. One serves many callers; a second keeps small replies from waiting behind large ones.
    public var connections = 2
    /// Time for a connection to be made, from resolving the name to the server's greeting.
    public var connectTimeout = Duration.seconds(5)
    /// Time for a reply.
    public var requestTimeout = Duration.seconds(5)
    /// Wait before the first attempt to reconnect; it doubles with every further one.
    public var firstRetry = Duration.milliseconds(50)
    /// Longest wait between attempts to reconnect.
    public var longestRetry = Duration.seconds(5)
    /// What a reply may be at most.
    public var limits = RESPParser.Limits()

    /// A server without encryption, user and password; all else can be set afterwards.
    public init(endpoint: Endpoint) { self.endpoint = endpoint }

    /// What a URL says: `redis://` or, encrypted, `rediss://`, then `[[user]:password@]host[:port][/database]`. User and
    /// password may hold percent-encoded bytes, an IPv6 address stands in brackets, the port is 6379 unless given.
    /// - Parameter authorityFile: for `rediss`, the PEM file of the authorities to trust; nil trusts the system's.
    /// - Throws: an error of code `configuration`, whose message does not repeat what may be a password.
    public init(url: String, authorityFile: String? = nil) throws(RedisError) {
        guard let schemeEnd = url.firstRange(of: "://") else {
            throw RedisConfiguration.wrong("it begins with neither redis:// nor rediss://")
        }
        let scheme = url[..<schemeEnd.lowerBound].lowercased()
        guard scheme == "redis" || scheme == "rediss" else {
            throw RedisConfiguration.wrong("it begins with neither redis:// nor rediss://")
        }
        guard scheme == "rediss" || authorityFile == nil else {
            throw RedisConfiguration.wrong("a file of authorities is given, which only rediss:// has a use for")
        }
        let rest = url[schemeEnd.upperBound...]
        guard !rest.contains("?"), !rest.contains("#") else {
            throw RedisConfiguration.wrong("it has a query or a fragment (? and # in a password are %3F and %23)")
        }
        let authorityEnd =
            rest.lastIndex(of: "@").map { rest[$0...].firstIndex(of: "/") ?? rest.endIndex }
            ?? rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        let hostStart = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
        endpoint = try RedisConfiguration.endpoint(authority[hostStart...])
        tls = scheme == "rediss" ? TLSOptions(authorityFile: authorityFile) : nil
        if hostStart > authority.startIndex {
            let credentials = authority[..<authority.index(before: hostStart)]
            guard let colon = credentials.firstIndex(of: ":") else {
                throw RedisConfiguration.wrong("it has a user without a password: write user:password@ or :password@")
            }
            let user = try RedisConfiguration.decoded(credentials[..<colon], "user")
            self.user = user.isEmpty ? nil : user
            password = try RedisConfiguration.decoded(credentials[credentials.index(after: colon)...], "password")
        }
        let path = rest[authorityEnd...].dropFirst()
        if !path.isEmpty {
            guard path.utf8.allSatisfy({ $0 >= Ascii.zero && $0 <= Ascii.nine }), let number = Int(path) else {
                throw RedisConfiguration.wrong("its path is not the number of a database")
            }
            database = number
        }
    }

    private static func endpoint(_ text: Substring) throws(RedisError) -> Endpoint {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw wrong("its IPv6 address has no closing bracket") }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw wrong("something follows its IPv6 address") }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard port?.contains(":") != true else { throw wrong("an IPv6 address has to stand in brackets") }
        }
        guard !host.isEmpty else { throw wrong("it has no host") }
        guard let port else { return Endpoint(host: String(host), port: 6379) }
        guard port.utf8.allSatisfy({ $0 >= Ascii.zero && $0 <= Ascii.nine }), let number = Int(port),
            (1...65535).contains(number)
        else { throw wrong("its port is not a number between 1 and 65535") }
        return Endpoint(host: String(host), port: number)
    }

    private static func decoded(_ text: Substring, _ part: String) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
                throw wrong("its \(part) has a % that no two hexadecimal digits follow")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw wrong("its \(part) is not UTF-8") }
        return decoded
    }

    private static func wrong(_ reason: String) -> RedisError {
        RedisError(code: .configuration, message: "the URL of Redis cannot be used: \(reason)")
    }
}

extension RedisConfiguration: CustomStringConvertible {
    /// The URL without the password, so that it may be logged.
    public var description: String {
        let scheme = tls == nil ? "redis" : "rediss"
        let credentials = password == nil ? "" : "\(user ?? ""):***@"
        return "\(scheme)://\(credentials)\(endpoint)/\(database)"
    }
}
