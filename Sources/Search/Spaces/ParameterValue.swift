/// One hyperparameter's value; a bare number, string or truth value in JSON.
public enum ParameterValue: Sendable, Hashable, Codable {
    /// A whole number.
    case integer(Int)
    /// A real number.
    case double(Double)
    /// A name.
    case string(String)
    /// A truth value.
    case boolean(Bool)

    /// Reads a bare JSON value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    /// Writes a bare JSON value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        }
    }
}

/// A learner's hyperparameters by their snake_case names; those not named take the learner's defaults.
public struct Configuration: Sendable, Hashable, Codable, ExpressibleByDictionaryLiteral {
    /// The values by name.
    public var values: [String: ParameterValue]

    /// A configuration of these values.
    public init(_ values: [String: ParameterValue] = [:]) { self.values = values }

    /// A configuration written as a dictionary; of a name given twice the later value holds.
    public init(dictionaryLiteral elements: (String, ParameterValue)...) {
        values = Dictionary(elements) { $1 }
    }

    /// Reads a JSON object.
    public init(from decoder: any Decoder) throws {
        values = try [String: ParameterValue](from: decoder)
    }

    /// Writes a JSON object.
    public func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }

    /// The number called `name`, whole or not.
    public func double(_ name: String, default fallback: Double) -> Double {
        switch values[name] {
        case .double(let value): value
        case .integer(let value): Double(value)
        default: fallback
        }
    }

    /// The whole number called `name`; a real number is rounded (JSON does not keep `3.0` apart from `3`).
    public func integer(_ name: String, default fallback: Int) -> Int {
        switch values[name] {
        case .integer(let value): value
        case .double(let value): Int(exactly: value.rounded()) ?? fallback
        default: fallback
        }
    }

    /// The string called `name`.
    public func string(_ name: String, default fallback: String) -> String {
        if case .string(let value) = values[name] { value } else { fallback }
    }

    /// The truth value called `name`.
    public func boolean(_ name: String, default fallback: Bool) -> Bool {
        if case .boolean(let value) = values[name] { value } else { fallback }
    }
}
