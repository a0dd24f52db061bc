/// The values one hyperparameter may take.
public enum Domain: Sendable, Hashable, Codable {
    /// Whole numbers in a closed range, drawn evenly in their logarithm where `log` is set (then `low` > 0).
    case integer(low: Int, high: Int, log: Bool)
    /// Real numbers in a closed range, drawn evenly in their logarithm where `log` is set (then `low` > 0).
    case double(low: Double, high: Double, log: Bool)
    /// One of these values.
    case choice([ParameterValue])
}

/// A hyperparameter: its name on the wire, its domain and its default.
public struct Parameter: Sendable, Hashable, Codable {
    /// snake_case name.
    public var name: String
    /// The values it may take.
    public var domain: Domain
    /// The value where none is given; within the domain.
    public var defaultValue: ParameterValue

    /// A hyperparameter of these parts.
    public init(_ name: String, _ domain: Domain, default defaultValue: ParameterValue) {
        self.name = name
        self.domain = domain
        self.defaultValue = defaultValue
    }
}

/// What a learner lets a search vary, and the configurations known to do well without any search.
public struct SearchSpace: Sendable, Hashable, Codable {
    /// The hyperparameters, in a fixed order.
    public var parameters: [Parameter]
    /// Configurations to try before any search, best first; the first is tried early on every table.
    public var portfolio: [Configuration]

    /// A space of these parameters; without a portfolio the defaults stand in for one.
    public init(parameters: [Parameter], portfolio: [Configuration]? = nil) {
        self.parameters = parameters
        self.portfolio = portfolio ?? [SearchSpace.defaults(of: parameters)]
    }

    /// Every parameter at its default.
    public var defaults: Configuration { SearchSpace.defaults(of: parameters) }

    private static func defaults(of parameters: [Parameter]) -> Configuration {
        Configuration(Dictionary(parameters.map { ($0.name, $0.defaultValue) }) { $1 })
    }
}
