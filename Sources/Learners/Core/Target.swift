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

    /// Columns of a prediction: one a class, or one for regression.
    public var outputCount: Int { task == .regression ? 1 : classes.count }
}
