/// A declared option of a command: `--name VALUE`, `--name=VALUE`, or a bare `--name` for a flag.
public struct Option<Value: Sendable>: Sendable {
    /// Its declaration without the type of its value.
    public internal(set) var declaration: OptionDeclaration
    /// The value where neither the command line nor the environment gives one.
    public let fallback: Value
    let parse: @Sendable (String) throws -> Value

    /// An option; `parse` turns its text into a value or throws a `UsageError` that says what was expected.
    public init(
        _ name: String, short: Character? = nil, value: String, help: String, environment: String? = nil,
        choices: [String] = [], default fallback: Value, parse: @escaping @Sendable (String) throws -> Value
    ) {
        self.fallback = fallback
        self.parse = parse
        declaration = OptionDeclaration(
            name: name, short: short, valueName: value, help: help, environment: environment, choices: choices,
            check: { _ = try parse($0) })
    }

    /// The same option under another key of a configuration file, such as `kafka.password`, and in another environment
    /// variable. A secret may also come as a file that holds it: `…_FILE` in the environment, `…_file` in the configuration.
    /// A list may be written as one there, instead of words with commas between them.
    public func configured(
        key: String? = nil, environment: String? = nil, isSecret: Bool = false, isList: Bool? = nil
    ) -> Option<Value> {
        var changed = declaration
        if let key { changed.key = key }
        if let environment { changed.environment = environment }
        changed.isSecret = isSecret
        if let isList { changed.isList = isList }
        return Option(declaration: changed, fallback: fallback, parse: parse)
    }

    private init(
        declaration: OptionDeclaration, fallback: Value, parse: @escaping @Sendable (String) throws -> Value
    ) {
        self.declaration = declaration
        self.fallback = fallback
        self.parse = parse
    }
}

/// What help, completion and parsing need to know of an option.
public struct OptionDeclaration: Sendable {
    /// Long name without the dashes.
    public let name: String
    /// One-letter name.
    public let short: Character?
    /// What the value is called in help; nil for a flag.
    public let valueName: String?
    /// One line for help.
    public let help: String
    /// The environment variable that stands in for an option not given.
    public internal(set) var environment: String?
    /// Its key in a configuration file, levels set apart by dots; by default its name with `_` for `-`.
    public internal(set) var key: String
    /// Whether it is a secret, which may also come as the name of a file that holds it.
    public internal(set) var isSecret = false
    /// Whether it takes several values.
    public internal(set) var isList = false
    /// The values it may take, for help and completion; empty where any may be given.
    public let choices: [String]
    let check: @Sendable (String) throws -> Void

    init(
        name: String, short: Character?, valueName: String?, help: String, environment: String?, choices: [String],
        check: @escaping @Sendable (String) throws -> Void
    ) {
        self.name = name
        self.short = short
        self.valueName = valueName
        self.help = help
        self.environment = environment
        self.choices = choices
        self.check = check
        key = String(name.map { $0 == "-" ? "_" : $0 })
    }
}

extension Option where Value == Bool {
    /// A flag: present or not.
    public static func flag(_ name: String, short: Character? = nil, help: String) -> Option<Bool> {
        Option(name: name, short: short, help: help)
    }

    private init(name: String, short: Character?, help: String) {
        fallback = false
        parse = { _ in true }
        declaration = OptionDeclaration(
            name: name, short: short, valueName: nil, help: help, environment: nil, choices: [], check: { _ in })
    }
}

extension Option {
    /// Text as it is.
    public static func text(
        _ name: String, short: Character? = nil, value: String, help: String, environment: String? = nil
    ) -> Option<String?> where Value == String? {
        Option<String?>(name, short: short, value: value, help: help, environment: environment, default: nil) { $0 }
    }

    /// One of a few names.
    public static func choice(
        _ name: String, value: String, help: String, choices: [String], default fallback: String
    ) -> Option<String> where Value == String {
        Option<String>(name, value: value, help: help, choices: choices, default: fallback) { text in
            guard choices.contains(text) else {
                throw UsageError("“\(text)” is none of \(choices.joined(separator: ", "))")
            }
            return text
        }
    }

    /// A whole number within `range`.
    public static func integer(
        _ name: String, value: String = "N", help: String, range: ClosedRange<Int>, environment: String? = nil
    ) -> Option<Int?> where Value == Int? {
        Option<Int?>(name, value: value, help: help, environment: environment, default: nil) { text in
            guard let number = Int(text) else { throw UsageError("“\(text)” is not a whole number") }
            guard range.contains(number) else {
                throw UsageError("\(number) is not between \(range.lowerBound) and \(range.upperBound)")
            }
            return number
        }
    }

    /// A share such as `0.2` or `20%`, from 0 to 1.
    public static func share(_ name: String, value: String = "SHARE", help: String) -> Option<Double?>
    where Value == Double? {
        Option<Double?>(name, value: value, help: help, default: nil) { text in
            let isPercent = text.hasSuffix("%")
            guard let number = Double(isPercent ? String(text.dropLast()) : text) else {
                throw UsageError("“\(text)” is not a share such as 0.2 or 20%")
            }
            let share = isPercent ? number / 100 : number
            guard (0...1).contains(share) else { throw UsageError("\(text) is not between 0 and 1") }
            return share
        }
    }

    /// A time such as `60s`, `1.5m`, `1h30m` or a bare number of seconds, in seconds and above 0.
    public static func duration(
        _ name: String, value: String = "TIME", help: String, environment: String? = nil
    ) -> Option<Double?> where Value == Double? {
        Option<Double?>(name, value: value, help: help, environment: environment, default: nil) {
            try seconds(of: $0)
        }
    }

    /// A size such as `512MiB`, `8G` or a bare number of bytes, in bytes and above 0.
    public static func bytes(
        _ name: String, value: String = "SIZE", help: String, environment: String? = nil
    ) -> Option<Int?> where Value == Int? {
        Option<Int?>(name, value: value, help: help, environment: environment, default: nil) { text in
            let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let unit = text.dropFirst(digits.count).lowercased()
            let powers = ["": 0, "b": 0, "k": 1, "m": 2, "g": 3, "t": 4]
            let isBinary = unit.hasSuffix("ib") || unit.count == 1
            let letter =
                unit.hasSuffix("ib") ? String(unit.dropLast(2)) : unit.count == 2 ? String(unit.dropLast()) : unit
            guard let number = Double(digits), let power = powers[letter] else {
                throw UsageError("“\(text)” is not a size such as 512MiB, 8G or 2GB")
            }
            let size = (0..<power).reduce(number) { product, _ in product * (isBinary ? 1024 : 1000) }
            guard size >= 1, size < 0x1p62 else { throw UsageError("“\(text)” is not a possible size") }
            return Int(size)
        }
    }

    /// Names separated by commas.
    public static func list(_ name: String, value: String, help: String) -> Option<[String]> where Value == [String] {
        var option = Option<[String]>(name, value: value, help: help, default: []) { text in
            text.split(separator: ",", omittingEmptySubsequences: true).map(String.init)
        }
        option.declaration.isList = true
        return option
    }
}

/// The seconds that `text` names: `60s`, `1.5m`, `1h30m`, `250ms`, or a bare number of seconds; throws `UsageError`.
public func seconds(of text: String) throws -> Double {
    let units: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400]
    func wrong() -> UsageError { UsageError("“\(text)” is not a time such as 60s, 5m or 1h30m") }
    var total = 0.0
    var rest = Substring(text)
    guard !rest.isEmpty else { throw wrong() }
    while !rest.isEmpty {
        let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        rest = rest.dropFirst(digits.count)
        let unit = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(unit.count)
        guard let number = Double(digits), let factor = units[unit.isEmpty ? "s" : unit.lowercased()] else {
            throw wrong()
        }
        total += number * factor
    }
    guard total > 0, total.isFinite else { throw wrong() }
    return total
}
