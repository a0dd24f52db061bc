public import Learners
public import Tabular

/// When an experiment ends.
public enum Budget: Sendable, Hashable {
    /// After so many seconds, above 0.
    case seconds(Double)
    /// After so many trials, at least 1; the same settings then always give the same models.
    case trials(Int)
}

/// What a user asks of an experiment on a table. In JSON: `target`, `task`, `metric`, `time_budget_seconds` or `trials`,
/// `seed`, `folds`, `exclude`, `learners`, `weight`, `types`, `holdout`, `group`, `time`, `validation`, `positive` and
/// `threshold`; all but `target` may be left out.
public struct ExperimentSettings: Sendable, Hashable {
    /// The column to predict.
    public var target: String
    /// The task; nil to detect it (`auto` in JSON).
    public var task: Task?
    /// The metric; nil for the task's usual one (`auto` in JSON).
    public var metric: Metric?
    /// When it ends; 60 seconds where JSON says nothing.
    public var budget: Budget
    /// What all random choices follow from.
    public var seed: UInt64
    /// Folds of the validation, 2 to 20; nil to choose by the size of the table.
    public var folds: Int?
    /// Columns that must not be used.
    public var exclude: [String]
    /// Learners to use, by name; nil for all.
    public var learners: [String]?
    /// A column of row weights ≥ 0, which is then no feature.
    public var weight: String?
    /// What columns are to be taken for, by name; the others are what they were read as.
    public var types: [String: ColumnType]
    /// Share of the rows that is held out to score on instead of folds, from 0.05 to 0.5 in steps of 0.05.
    public var holdout: Double?
    /// A column whose equal values belong together: they are trained on or scored on, never both. It is then no feature.
    public var group: String?
    /// A column of moments: the latest rows are held out, a fifth of them where `holdout` does not say.
    public var time: String?
    /// How rows are divided where neither `group` nor `time` says it. Nil in settings of programs that divided by chance and
    /// did not look at the table: whoever takes new settings in says `auto`.
    public var validation: ValidationChoice?
    /// The positive one of two classes; nil for the one whose bytes sort last.
    public var positive: String?
    /// How probabilities become classes; nil for the best threshold for a metric of two classes, and else the likeliest class.
    public var threshold: ThresholdRule?

    /// Settings of these parts.
    public init(
        target: String, task: Task? = nil, metric: Metric? = nil, budget: Budget = .seconds(60), seed: UInt64 = 0,
        folds: Int? = nil, exclude: [String] = [], learners: [String]? = nil, weight: String? = nil,
        types: [String: ColumnType] = [:], holdout: Double? = nil, group: String? = nil, time: String? = nil,
        validation: ValidationChoice? = .auto, positive: String? = nil, threshold: ThresholdRule? = nil
    ) {
        self.target = target
        self.task = task
        self.metric = metric
        self.budget = budget
        self.seed = seed
        self.folds = folds
        self.exclude = exclude
        self.learners = learners
        self.weight = weight
        self.types = types
        self.holdout = holdout
        self.group = group
        self.time = time
        self.validation = validation
        self.positive = positive
        self.threshold = threshold
    }

    /// Throws `AutoMLError.invalidSetting`, naming the field, for what is wrong whatever the table.
    public func validate() throws {
        func fail(_ field: CodingKeys, _ message: String) -> AutoMLError {
            AutoMLError(.invalidSetting, message, field: field.rawValue)
        }
        if target.isEmpty { throw fail(.target, "the target column has no name") }
        switch budget {
        case .seconds(let seconds):
            guard seconds.isFinite, seconds > 0, seconds <= 30 * 86_400 else {
                throw fail(.timeBudgetSeconds, "the time budget must be above 0 and at most 30 days")
            }
        case .trials(let count):
            guard (1...100_000).contains(count) else { throw fail(.trials, "trials must be from 1 to 100000") }
        }
        if let folds, !(2...20).contains(folds) { throw fail(.folds, "folds must be from 2 to 20") }
        if let task, let metric, !metric.isSuitable(for: task) {
            let fitting = Metric.all(for: task).map(\.rawValue).joined(separator: ", ")
            throw fail(.metric, "\(metric.rawValue) does not score \(task.rawValue) tasks; these do: \(fitting)")
        }
        if exclude.contains(target) { throw fail(.exclude, "the target column \"\(target)\" cannot be excluded") }
        if let weight, weight == target { throw fail(.weight, "the target column cannot be the weight") }
        if let learners, learners.isEmpty { throw fail(.learners, "no learner is named") }
        try threshold?.validate()
        try validateRows(fail)
    }

    /// What is said about the rows that are scored.
    private func validateRows(_ fail: (CodingKeys, String) -> AutoMLError) throws {
        if let holdout, !(0.05...0.5).contains(holdout) { throw fail(.holdout, "holdout must be from 0.05 to 0.5") }
        if folds != nil, holdout != nil { throw fail(.holdout, "give either folds or holdout, not both") }
        if folds != nil, time != nil { throw fail(.folds, "with time the latest rows are held out, without folds") }
        if group != nil, time != nil { throw fail(.group, "give either group or time, not both") }
        if let group, group == target { throw fail(.group, "the target column cannot be the group") }
        if validation == .random, group != nil || time != nil {
            throw fail(.validation, "validation is random, and \(group != nil ? "group" : "time") is given")
        }
        if validation == .time, group != nil { throw fail(.validation, "validation is time, and group is given") }
        if validation == .group, time != nil { throw fail(.validation, "validation is group, and time is given") }
        if validation == .time, folds != nil, time == nil {
            throw fail(.folds, "with time the latest rows are held out, without folds")
        }
        if let time, time == target { throw fail(.time, "the target column cannot be the time") }
    }
}

extension ExperimentSettings: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case target, task, metric
        case timeBudgetSeconds = "time_budget_seconds"
        case trials, seed, folds, exclude, learners, weight, types, holdout, group, time, validation
        case positive, threshold
    }

    /// Reads a JSON object; a value that cannot be throws `AutoMLError.invalidSetting` with its field. Keys that are no
    /// settings are left to whoever put them there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, _ expected: String, _ type: Value.Type) throws -> Value? {
            do {
                return try container.decodeIfPresent(Value.self, forKey: key)
            } catch let error as AutoMLError {
                throw error
            } catch {
                throw AutoMLError(.invalidSetting, "\(key.rawValue) must be \(expected)", field: key.rawValue)
            }
        }
        func choice<Choice: RawRepresentable<String> & CaseIterable>(
            _ key: CodingKeys, _ type: Choice.Type
        ) throws -> Choice? {
            guard let text = try value(key, "a string", String.self), text != "auto" else { return nil }
            guard let choice = Choice(rawValue: text) else {
                let names = (["auto"] + Choice.allCases.map(\.rawValue)).joined(separator: ", ")
                throw AutoMLError(
                    .invalidSetting, "there is no \(key.rawValue) \"\(text)\"; there are \(names)", field: key.rawValue)
            }
            return choice
        }
        guard let target = try value(.target, "a column's name", String.self) else {
            throw AutoMLError(.invalidSetting, "target is missing: the column to predict", field: "target")
        }
        let seconds = try value(.timeBudgetSeconds, "a number of seconds", Double.self)
        let trials = try value(.trials, "a whole number", Int.self)
        if seconds != nil, trials != nil {
            throw AutoMLError(
                .invalidSetting, "give either trials or time_budget_seconds, not both",
                field: CodingKeys.trials.rawValue)
        }
        self.init(
            target: target, task: try choice(.task, Task.self), metric: try choice(.metric, Metric.self),
            budget: trials.map(Budget.trials) ?? .seconds(seconds ?? 60),
            seed: try value(.seed, "a whole number from 0", UInt64.self) ?? 0,
            folds: try value(.folds, "a whole number", Int.self),
            exclude: try value(.exclude, "a list of columns", [String].self) ?? [],
            learners: try value(.learners, "a list of names", [String].self),
            weight: try value(.weight, "a column's name", String.self),
            types: try ExperimentSettings.types(
                try value(.types, "an object of types by column", [String: String].self) ?? [:]),
            holdout: try value(.holdout, "a number", Double.self),
            group: try value(.group, "a column's name", String.self),
            time: try value(.time, "a column's name", String.self),
            validation: try ExperimentSettings.validation(try value(.validation, "a string", String.self)),
            positive: try value(.positive, "a class", String.self),
            threshold: try value(.threshold, ThresholdRule.forms, ThresholdRule.self))
    }

    private static func validation(_ text: String?) throws -> ValidationChoice? {
        guard let text else { return nil }
        if let choice = ValidationChoice(rawValue: text) { return choice }
        let names = ValidationChoice.allCases.map(\.rawValue).joined(separator: ", ")
        throw AutoMLError(
            .invalidSetting, "there is no validation \"\(text)\"; there are \(names)",
            field: CodingKeys.validation.rawValue)
    }

    private static func types(_ names: [String: String]) throws -> [String: ColumnType] {
        var types: [String: ColumnType] = [:]
        for (column, name) in names.sorted(by: { $0.key < $1.key }) {
            guard let type = ColumnType(rawValue: name) else {
                let known = ColumnType.allCases.map(\.rawValue).joined(separator: ", ")
                throw AutoMLError(
                    .invalidSetting, "there is no type \"\(name)\"; there are \(known)", field: "types.\(column)")
            }
            types[column] = type
        }
        return types
    }

    /// Writes a JSON object; what is to be detected is `auto`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(target, forKey: .target)
        try container.encode(task?.rawValue ?? "auto", forKey: .task)
        try container.encode(metric?.rawValue ?? "auto", forKey: .metric)
        switch budget {
        case .seconds(let seconds): try container.encode(seconds, forKey: .timeBudgetSeconds)
        case .trials(let count): try container.encode(count, forKey: .trials)
        }
        try container.encode(seed, forKey: .seed)
        try container.encodeIfPresent(folds, forKey: .folds)
        if !exclude.isEmpty { try container.encode(exclude, forKey: .exclude) }
        try container.encodeIfPresent(learners, forKey: .learners)
        try container.encodeIfPresent(weight, forKey: .weight)
        if !types.isEmpty { try container.encode(types.mapValues(\.rawValue), forKey: .types) }
        try container.encodeIfPresent(holdout, forKey: .holdout)
        try container.encodeIfPresent(group, forKey: .group)
        try container.encodeIfPresent(time, forKey: .time)
        try container.encodeIfPresent(validation, forKey: .validation)
        try container.encodeIfPresent(positive, forKey: .positive)
        try container.encodeIfPresent(threshold, forKey: .threshold)
    }
}
