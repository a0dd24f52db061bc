/// The name of a request in logs, here and with whoever sent it.
public enum RequestID {
    /// The field that carries it both ways.
    public static let field = "X-Request-Id"
    private static let longest = 128

    /// The client's name for the request where it can be taken over as it is, else a new one.
    static func of(_ headers: Headers) -> String {
        let given = headers.values(field)
        return given.count == 1 && isSane(given[0]) ? given[0] : make()
    }

    /// Whether it is short and of letters, digits and a few signs that mean nothing in logs.
    static func isSane(_ text: String) -> Bool {
        (1...longest).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || "-._:/+=@".utf8.contains($0)
            }
    }

    private static func make() -> String {
        let text = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
