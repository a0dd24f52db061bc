internal import Glibc

/// The host of a `Host` or `Origin` field (RFC 3986, section 3.2.2).
struct HostName: Hashable {
    /// The name or address in lower case, without brackets.
    let name: String
    /// What follows it, with the colon; empty without a port.
    let port: String

    /// The host and port that `text` names, or nil when it is not one.
    init?(_ text: String) {
        let text = text.lowercased()
        let rest: Substring
        if text.utf8.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            name = String(text[text.index(after: text.startIndex)..<end])
            rest = text[text.index(after: end)...]
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            var host = text[..<end]
            if host.last == ".", host.count > 1 { host.removeLast() }
            name = String(host)
            rest = text[end...]
        }
        let isPort = rest.first == ":" && rest.dropFirst().utf8.allSatisfy { (48...57).contains($0) }
        guard !name.isEmpty, rest.isEmpty || isPort else { return nil }
        port = String(rest)
    }

    /// Whether `host` can be reached from this machine alone.
    static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        return host == "localhost" || host == "::1" || host == "[::1]" || host.hasSuffix(".localhost")
            || (host.hasPrefix("127.") && isAddress(host))
    }

    /// Whether `host` is an IPv4 or IPv6 address rather than a name.
    static func isAddress(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }
}
