/// What a user says of how probabilities become classes. As text: a number such as `0.3`, `cost:FP=1,FN=20`,
/// `precision>=0.9`, `recall>=0.8` or `weights:a=1,b=5`.
public enum ThresholdRule: Sendable, Hashable {
    /// The second class above this probability, from 0 to 1.
    case number(Double)
    /// The threshold of the least cost, where a false positive and a false negative cost so much each; at least 0, not both 0.
    case cost(falsePositive: Double, falseNegative: Double)
    /// The threshold of the highest recall with at least this precision, above 0 and at most 1.
    case precision(Double)
    /// The threshold of the highest precision with at least this recall, above 0 and at most 1.
    case recall(Double)
    /// The class whose probability times its weight is the largest; weights are above 0, and 1 for classes not named.
    case weights([String: Double])

    /// How it is written, for messages.
    public static let forms =
        "a number from 0 to 1, cost:FP=1,FN=20, precision>=0.9, recall>=0.8 or weights:CLASS=1,CLASS=5"

    /// Reads the text form; throws `AutoMLError.invalidSetting`.
    public init(_ text: String) throws {
        let text = text.trimmingSpaces
        if let number = Double(text) {
            self = .number(number)
        } else if let rest = text.suffix(after: "precision>=") {
            self = .precision(try ThresholdRule.number(rest, in: text))
        } else if let rest = text.suffix(after: "recall>=") {
            self = .recall(try ThresholdRule.number(rest, in: text))
        } else if let rest = text.suffix(after: "cost:") {
            var costs: [String: Double] = [:]
            for (name, value) in try ThresholdRule.pairs(rest, in: text) {
                guard ["FP", "FN"].contains(name.uppercased()), costs[name.uppercased()] == nil else {
                    throw ThresholdRule.mistake("a cost is that of FP or of FN, once each: \"\(text)\"")
                }
                costs[name.uppercased()] = value
            }
            guard let falsePositive = costs["FP"], let falseNegative = costs["FN"] else {
                throw ThresholdRule.mistake(
                    "the costs of both FP and FN are needed, as in cost:FP=1,FN=20: \"\(text)\"")
            }
            self = .cost(falsePositive: falsePositive, falseNegative: falseNegative)
        } else if let rest = text.suffix(after: "weights:") {
            var weights: [String: Double] = [:]
            for (name, value) in try ThresholdRule.pairs(rest, in: text) {
                guard weights.updateValue(value, forKey: name) == nil else {
                    throw ThresholdRule.mistake("the class \"\(name)\" has two weights in \"\(text)\"")
                }
            }
            self = .weights(weights)
        } else {
            throw ThresholdRule.mistake("\"\(text)\" is no threshold; there are \(ThresholdRule.forms)")
        }
        try validate()
    }

    /// Throws `AutoMLError.invalidSetting` for a number that is out of its range.
    public func validate() throws {
        func isShare(_ value: Double) -> Bool { value > 0 && value <= 1 }
        switch self {
        case .number(let threshold):
            guard (0...1).contains(threshold) else {
                throw ThresholdRule.mistake("a threshold is a probability, from 0 to 1: \(threshold)")
            }
        case .cost(let falsePositive, let falseNegative):
            guard falsePositive.isFinite, falseNegative.isFinite, falsePositive >= 0, falseNegative >= 0,
                falsePositive + falseNegative > 0
            else { throw ThresholdRule.mistake("costs are numbers from 0, not both 0") }
        case .precision(let wanted):
            guard isShare(wanted) else {
                throw ThresholdRule.mistake("a precision is above 0 and at most 1: \(wanted)")
            }
        case .recall(let wanted):
            guard isShare(wanted) else { throw ThresholdRule.mistake("a recall is above 0 and at most 1: \(wanted)") }
        case .weights(let weights):
            guard !weights.isEmpty, weights.values.allSatisfy({ $0 > 0 && $0 <= 1e9 }) else {
                throw ThresholdRule.mistake("weights of classes are numbers above 0 and at most 1e9")
            }
        }
    }

    static func mistake(_ message: String) -> AutoMLError {
        AutoMLError(.invalidSetting, message, field: "threshold")
    }

    private static func number(_ text: String, in whole: String) throws -> Double {
        guard let value = Double(text.trimmingSpaces) else {
            throw mistake("\"\(text)\" is no number in \"\(whole)\"")
        }
        return value
    }

    /// `name=number` by commas; a name may hold `=` but no comma.
    private static func pairs(_ text: String, in whole: String) throws -> [(String, Double)] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let equals = part.lastIndex(of: "=") else {
                throw mistake("NAME=NUMBER is needed and not \"\(part)\" in \"\(whole)\"")
            }
            return (
                String(part[..<equals]).trimmingSpaces,
                try number(String(part[part.index(after: equals)...]), in: whole)
            )
        }
    }
}

extension ThresholdRule: CustomStringConvertible {
    /// The text form.
    public var description: String {
        switch self {
        case .number(let threshold): "\(threshold)"
        case .cost(let falsePositive, let falseNegative):
            "cost:FP=\(ThresholdRule.text(falsePositive)),FN=\(ThresholdRule.text(falseNegative))"
        case .precision(let wanted): "precision>=\(ThresholdRule.text(wanted))"
        case .recall(let wanted): "recall>=\(ThresholdRule.text(wanted))"
        case .weights(let weights):
            "weights:"
                + weights.sorted { $0.key < $1.key }.map { "\($0.key)=\(ThresholdRule.text($0.value))" }
                .joined(separator: ",")
        }
    }

    private static func text(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
}

extension ThresholdRule: Codable {
    /// Reads a number, the text form, or an object of weights by class.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let weights = try? value.decode([String: Double].self) {
            self = .weights(weights)
        } else {
            self = try ThresholdRule(try value.decode(String.self))
        }
        try validate()
    }

    /// Writes a number, an object of weights by class, or the text form.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .number(let threshold): try value.encode(threshold)
        case .weights(let weights): try value.encode(weights)
        default: try value.encode(description)
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    fileprivate func suffix(after start: String) -> String? {
        lowercased().hasPrefix(start) ? String(dropFirst(start.count)) : nil
    }
}
