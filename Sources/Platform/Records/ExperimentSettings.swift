public import Learners

/// What a user asks of an experiment; in JSON the body of `POST /experiments`.
public struct ExperimentSettings: Sendable, Hashable, Codable {
    /// The dataset to learn from.
    public var datasetID: String
    /// A name for people.
    public var name: String?
    /// The column to predict.
    public var target: String
    /// The task; nil to detect it.
    public var task: Task?
    /// The metric; nil for the task's usual one.
    public var metric: Metric?
    /// Seconds the experiment may take, above 0.
    public var timeBudgetSeconds: Double?
    /// Trials the experiment may take, at least 1; either this or the seconds, a minute where neither is given.
    public var trials: Int?
    /// What all random choices follow from.
    public var seed: UInt64
    /// Folds of the validation, at least 2; nil to choose by the table's size.
    public var folds: Int?

    /// Settings of these parts.
    public init(
        datasetID: String, name: String? = nil, target: String, task: Task? = nil, metric: Metric? = nil,
        timeBudgetSeconds: Double? = nil, trials: Int? = nil, seed: UInt64 = 0, folds: Int? = nil
    ) {
        self.datasetID = datasetID
        self.name = name
        self.target = target
        self.task = task
        self.metric = metric
        self.timeBudgetSeconds = timeBudgetSeconds
        self.trials = trials
        self.seed = seed
        self.folds = folds
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case datasetID = "dataset_id"
        case name, target, task, metric
        case timeBudgetSeconds = "time_budget_seconds"
        case trials, seed, folds
    }

    /// Reads a JSON object; `auto` is a missing task or metric. Throws `PlatformError.invalid` naming the field that is
    /// wrong, missing or unknown.
    public init(from decoder: any Decoder) throws {
        try self.init(from: decoder, allowing: [])
    }

    init(from decoder: any Decoder, allowing others: Set<String>) throws {
        let all = try decoder.container(keyedBy: AnyKey.self)
        let known = others.union(CodingKeys.allCases.map(\.rawValue))
        if let unknown = all.allKeys.map(\.stringValue).filter({ !known.contains($0) }).min() {
            throw PlatformError(.invalid, "there is no such field", field: unknown)
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, _ expected: String, as type: Value.Type) throws -> Value? {
            do {
                return try container.decodeIfPresent(Value.self, forKey: key)
            } catch {
                throw PlatformError(.invalid, "must be \(expected)", field: key.rawValue)
            }
        }
        func required(_ key: CodingKeys) throws -> String {
            guard let text = try value(key, "a string", as: String.self), !text.isEmpty else {
                throw PlatformError(.invalid, "is required", field: key.rawValue)
            }
            return text
        }
        func choice<Choice: RawRepresentable<String> & CaseIterable>(
            _ key: CodingKeys, of type: Choice.Type
        ) throws -> Choice? {
            guard let text = try value(key, "a string", as: String.self), text != "auto" else { return nil }
            guard let choice = Choice(rawValue: text) else {
                let names = (["auto"] + Choice.allCases.map(\.rawValue)).joined(separator: ", ")
                throw PlatformError(.invalid, "must be one of \(names)", field: key.rawValue)
            }
            return choice
        }
        datasetID = try required(.datasetID)
        name = try value(.name, "a string", as: String.self)
        target = try required(.target)
        task = try choice(.task, of: Task.self)
        metric = try choice(.metric, of: Metric.self)
        timeBudgetSeconds = try value(.timeBudgetSeconds, "a number of seconds", as: Double.self)
        trials = try value(.trials, "a whole number", as: Int.self)
        seed = try value(.seed, "a whole number from 0", as: UInt64.self) ?? 0
        folds = try value(.folds, "a whole number", as: Int.self)
    }

    /// Writes a JSON object; a task or metric to be detected is `auto`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(datasetID, forKey: .datasetID)
        try container.encodeIfPresent(name, forKey: .name)
        try container.encode(target, forKey: .target)
        try container.encode(task?.rawValue ?? "auto", forKey: .task)
        try container.encode(metric?.rawValue ?? "auto", forKey: .metric)
        try container.encodeIfPresent(timeBudgetSeconds, forKey: .timeBudgetSeconds)
        try container.encodeIfPresent(trials, forKey: .trials)
        try container.encode(seed, forKey: .seed)
        try container.encodeIfPresent(folds, forKey: .folds)
    }

    /// Throws `PlatformError.invalid`, naming the field, for numbers out of range.
    public func checkRanges() throws {
        if let seconds = timeBudgetSeconds {
            guard seconds.isFinite, seconds > 0, seconds <= 30 * 86_400 else {
                throw PlatformError(
                    .invalid, "must be above 0 and at most 2592000 seconds",
                    field: CodingKeys.timeBudgetSeconds.rawValue)
            }
            guard trials == nil else {
                throw PlatformError(
                    .invalid, "either trials or time_budget_seconds can be given", field: CodingKeys.trials.rawValue)
            }
        }
        if let trials, !(1...100_000).contains(trials) {
            throw PlatformError(.invalid, "must be from 1 to 100000", field: CodingKeys.trials.rawValue)
        }
        if let folds, !(2...20).contains(folds) {
            throw PlatformError(.invalid, "must be from 2 to 20", field: CodingKeys.folds.rawValue)
        }
    }
}

/// A key of any name.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
