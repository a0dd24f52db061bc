/// How much a line of the log matters.
public enum LogLevel: String, Sendable, Hashable, CaseIterable, Comparable {
    /// For who looks for a fault: every request, among others.
    case debug
    /// What one wants to know of a process that works: experiments and trials that begin and end.
    case info
    /// Something is away or odd, and is dealt with.
    case warning
    /// Something failed.
    case error

    /// Its place among the levels, from 0.
    var rank: UInt8 {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }

    /// Whether `left` matters less.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }
}

/// How lines of the log are written.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// For people: time, level, message, and the fields as `name=value`.
    case text
    /// For programs: a JSON object a line.
    case json
}

/// The value of a field of a line.
public enum LogValue: Sendable, Hashable {
    /// Text.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// A number, such as seconds.
    case number(Double)
}

/// A named value that stands with a line.
public struct LogField: Sendable, Hashable {
    /// Its name, in snake_case.
    public let name: String
    /// Its value.
    public let value: LogValue

    /// A field of these parts.
    public init(_ name: String, _ value: LogValue) {
        self.name = name
        self.value = value
    }

    /// A field of text.
    public init(_ name: String, _ text: String) { self.init(name, .text(text)) }

    /// A field with a whole number.
    public init(_ name: String, _ number: Int) { self.init(name, .integer(number)) }

    /// Fields that stand with every line that the current task logs.
    @TaskLocal public static var ofTask: [LogField] = []
}
