internal import Glibc
internal import Network
internal import Synchronization

/// Writes status lines and headers.
enum ResponseHead {
    /// How the end of a body is told.
    enum Framing {
        /// The status allows no body.
        case none
        case length(Int)
        case chunked
        /// The end of the connection.
        case close
    }

    /// Fields that are the server's own.
    private static let owned = ["content-length", "transfer-encoding", "connection", "date", "keep-alive"]

    static func write(
        _ status: Status, _ headers: Headers, _ framing: Framing, closes: Bool, isVersion10: Bool,
        to buffer: inout OutgoingBuffer
    ) {
        buffer.reserve(512)
        buffer.append("HTTP/1.1 ")
        buffer.append(String(status.rawValue))
        buffer.append(Grammar.space)
        buffer.append(status.reason)
        buffer.append("\r\nDate: ")
        buffer.append(DateField.now())
        for (name, value) in headers where !owned.contains(where: { Headers.same($0, name) }) {
            buffer.append("\r\n")
            buffer.append(name)
            buffer.append(": ")
            append(value, to: &buffer)
        }
        switch framing {
        case .none, .close: break
        case .length(let length): buffer.append("\r\nContent-Length: \(length)")
        case .chunked: buffer.append("\r\nTransfer-Encoding: chunked")
        }
        if closes {
            buffer.append("\r\nConnection: close")
        } else if isVersion10 {
            buffer.append("\r\nConnection: keep-alive")
        }
        buffer.append("\r\n\r\n")
    }

    /// A value cannot end its line: what would is left out.
    private static func append(_ value: String, to buffer: inout OutgoingBuffer) {
        if value.utf8.allSatisfy(Grammar.isValue) {
            buffer.append(value)
        } else {
            for byte in value.utf8 where Grammar.isValue(byte) { buffer.append(byte) }
        }
    }
}

/// The `Date` field (RFC 9110, section 5.6.7), made once a second.
enum DateField {
    private static let cached = Mutex<(second: Int, text: String)>((0, ""))

    static func now() -> String {
        let second = time(nil)
        return cached.withLock { cached in
            if cached.second != second { cached = (second, text(second)) }
            return cached.text
        }
    }

    static func text(_ second: Int) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon) % 12]) \(Int(parts.tm_year) + 1900)"
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(days[Int(parts.tm_wday) % 7]), \(date) \(clock) GMT"
    }
}
