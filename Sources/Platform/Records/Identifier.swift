internal import Foundation
internal import Synchronization

/// Names for datasets and experiments: 20 lower-case letters and digits, 50 bits of milliseconds since 1970 and then 50
/// random ones in Crockford's base 32, so that they sort by age, cannot be guessed, and need no escaping in an address.
public enum Identifier {
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let last = Mutex<UInt64>(0)

    /// A new name; names made in one process sort in the order they were made.
    public static func make() -> String {
        let now = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
        let time = last.withLock { last in
            last = max(now, last + 1)
            return last
        }
        let random = UInt64.random(in: 0..<1 << 50)
        return encode(time) + encode(random)
    }

    /// Whether `text` can be a name made here, or one derived from it by a suffix, whatever it names.
    public static func isPlausible(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            }
    }

    /// When the name was made; nil for one that was not made here.
    public static func time(of name: String) -> Timestamp? {
        guard name.utf8.count == 20 else { return nil }
        var time: Int64 = 0
        for byte in name.utf8.prefix(10) {
            guard let digit = digits.firstIndex(of: byte) else { return nil }
            time = time << 5 | Int64(digit)
        }
        return Timestamp(milliseconds: time)
    }

    private static func encode(_ value: UInt64) -> String {
        String(decoding: (0..<10).reversed().map { digits[Int(value >> (5 * UInt64($0)) & 31)] }, as: UTF8.self)
    }
}
