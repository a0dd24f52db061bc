/// What kind of column is predicted.
public enum Task: String, Sendable, Codable, CaseIterable, Hashable {
    /// Two classes.
    case binary
    /// Three classes or more.
    case multiclass
    /// A number.
    case regression

    /// Whether the target is a class.
    public var isClassification: Bool { self != .regression }
}

/// The column to predict, in the form learners take it.
public struct Target: Sendable, Hashable {
    /// The task.
    public let task: Task
    /// The classes in the model's class order; empty for regression.
    public let classes: [String]
    /// One number a row: the class's index, or the value itself. Never NaN: rows without a target are dropped before.
    public let values: [Double]

    /// A target of these parts.
    public init(task: Task, classes: [String] = [], values: [Double]) {
        self.task = task
        self.classes = classes
        self.values = values
    }

    /// What is best taken off numbers near these, so that 32 bits keep their digits: the mean of a regression's values where
    /// they lie far from 0 for how much they differ, else 0.
    public var origin: Double {
        guard task == .regression, !values.isEmpty else { return 0 }
        let mean = values.reduce(0, +) / Double(values.count)
        let farthest = values.reduce(0) { max($0, abs($1 - mean)) }
        return mean.isFinite && abs(mean) > 64 * farthest ? mean : 0
    }

    /// Columns of a prediction: one a class, or one for regression.
    public var outputCount: Int { task == .regression ? 1 : classes.count }
}
