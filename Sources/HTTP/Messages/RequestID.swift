internal import Synchronization

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

    // The system is asked for randomness once: each time would be a third system call of a small request.
    private static let state = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    /// A number that does not come again in 2⁶⁴ requests and differs between processes (SplitMix: Steele, Lea and Flood, 2014).
    private static func make() -> String {
        var number = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        let text = String(number ^ (number >> 31), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
