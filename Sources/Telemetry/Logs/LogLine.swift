internal import Glibc

/// A moment of the calendar in UTC.
struct LogTime: Sendable {
    let seconds: Int
    let milliseconds: Int

    @Sendable static func now() -> LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// As RFC 3339 has it, with milliseconds.
    var text: String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func digits(_ number: some BinaryInteger, _ count: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let day = "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
        let hour = "\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
        return "\(day)T\(hour).\(digits(milliseconds, 3))Z"
    }
}

/// A line of the log.
struct LogLine {
    let time: LogTime
    let level: LogLevel
    let message: String
    let fields: [LogField]

    func text(_ format: LogFormat) -> String {
        switch format {
        case .text: text
        case .json: json
        }
    }

    private var text: String {
        let name = level.rawValue.uppercased()
        var text = "\(time.text) \(name)\(String(repeating: " ", count: max(0, 7 - name.count))) "
        text += LogLine.plain(message)
        for field in distinct {
            switch field.value {
            case .integer(let number): text += " \(field.name)=\(number)"
            case .number(let number): text += " \(field.name)=\(number)"
            case .text(let value):
                let isPlain =
                    !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d && $0 < 0x7f }
                text += " \(field.name)=\(isPlain ? value : LogLine.quoted(value))"
            }
        }
        return text
    }

    private var json: String {
        var text = "{\"time\":\"\(time.text)\",\"level\":\"\(level.rawValue)\",\"message\":\(LogLine.quoted(message))"
        for field in distinct {
            text += ",\(LogLine.quoted(field.name)):"
            switch field.value {
            case .text(let value): text += LogLine.quoted(value)
            case .integer(let number): text += "\(number)"
            case .number(let number): text += number.isFinite ? "\(number)" : "null"
            }
        }
        return text + "}"
    }

    /// The fields, of those with one name the first.
    private var distinct: [LogField] {
        var names: Set<String> = ["time", "level", "message"]
        return fields.filter { names.insert($0.name).inserted }
    }

    /// The text on one line.
    private static func plain(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if scalar.value < 0x20 { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
        }
    }

    /// The text as a JSON string.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20: result += escape(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let hex = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
    }
}
