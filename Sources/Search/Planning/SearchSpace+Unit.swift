import Foundation

extension SearchSpace {
    /// A configuration as one number in 0 ... 1 a parameter; what it does not name is at its default.
    func unit(_ configuration: Configuration) -> [Double] {
        parameters.map { $0.domain.unit(configuration.values[$0.name] ?? $0.defaultValue) }
    }

    /// The configuration at a place of the unit cube.
    func configuration(at unit: [Double]) -> Configuration {
        var values: [String: ParameterValue] = [:]
        for (parameter, place) in zip(parameters, unit) { values[parameter.name] = parameter.domain.value(place) }
        return Configuration(values)
    }

    /// `configuration` with every parameter named: what stands for what is left out.
    func completed(_ configuration: Configuration) -> Configuration {
        var values = configuration.values
        for parameter in parameters where values[parameter.name] == nil {
            values[parameter.name] = parameter.defaultValue
        }
        return Configuration(values)
    }
}

extension Domain {
    /// How many values there are to choose from, if the domain is a choice.
    var choiceCount: Int? { if case .choice(let values) = self { values.count } else { nil } }

    /// The place of `value` in 0 ... 1; a value that is none of the domain's is held within it.
    func unit(_ value: ParameterValue) -> Double {
        switch self {
        case .integer(let low, let high, let log):
            Domain.place(Domain.number(value, or: Double(low)), Double(low), Double(high), log: log)
        case .double(let low, let high, let log):
            Domain.place(Domain.number(value, or: low), low, high, log: log)
        case .choice(let values):
            (Double(values.firstIndex(of: value) ?? 0) + 0.5) / Double(max(1, values.count))
        }
    }

    /// The value at a place in 0 ... 1; real numbers are rounded to four digits.
    func value(_ place: Double) -> ParameterValue {
        let place = min(1, max(0, place))
        switch self {
        case .integer(let low, let high, let log):
            let number = Domain.number(at: place, Double(low), Double(high), log: log)
            return .integer(min(high, max(low, Int(number.rounded()))))
        case .double(let low, let high, let log):
            let number = Domain.number(at: place, low, high, log: log)
            return .double(min(high, max(low, Domain.rounded(number))))
        case .choice(let values):
            return values[min(values.count - 1, Int(place * Double(values.count)))]
        }
    }

    private static func number(_ value: ParameterValue, or fallback: Double) -> Double {
        switch value {
        case .integer(let number): Double(number)
        case .double(let number): number
        default: fallback
        }
    }

    private static func place(_ number: Double, _ low: Double, _ high: Double, log isLog: Bool) -> Double {
        guard high > low else { return 0.5 }
        let held = min(high, max(low, number))
        return isLog ? log(held / low) / log(high / low) : (held - low) / (high - low)
    }

    private static func number(at place: Double, _ low: Double, _ high: Double, log isLog: Bool) -> Double {
        isLog ? low * pow(high / low, place) : low + place * (high - low)
    }

    private static func rounded(_ number: Double) -> Double {
        guard number != 0 else { return 0 }
        let scale = pow(10, 3 - floor(log10(abs(number))))
        return (number * scale).rounded() / scale
    }
}

extension SearchSpace {
    /// `configuration` with numbers as the parameters have them: JSON does not keep `3.0` apart from `3`.
    public func normalized(_ configuration: Configuration) -> Configuration {
        var values = configuration.values
        for parameter in parameters {
            guard let value = values[parameter.name] else { continue }
            switch (parameter.domain, value) {
            case (.double, .integer(let number)): values[parameter.name] = .double(Double(number))
            case (.choice(let choices), _) where !choices.contains(value):
                values[parameter.name] = choices.first { $0.number != nil && $0.number == value.number } ?? value
            default: break
            }
        }
        return Configuration(values)
    }
}

extension ParameterValue {
    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}

extension SearchSpace {
    /// How far apart two configurations are: the sum over the parameters of the squared distance of their places in 0 ... 1, and
    /// of 1/4 for choices that differ.
    public func squaredDistance(_ first: Configuration, _ second: Configuration) -> Double {
        zip(parameters, zip(unit(first), unit(second))).reduce(0) { sum, entry in
            let (parameter, (a, b)) = entry
            if parameter.domain.choiceCount != nil { return sum + (a == b ? 0 : 0.25) }
            return sum + (a - b) * (a - b)
        }
    }
}
