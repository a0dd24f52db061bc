/// How predictions are scored; the raw value is the name on the wire.
///
/// The positive class of a binary task is the one with index 1. A predicted class is the one with the highest
/// probability, of equal ones the first.
public enum Metric: String, Sendable, Codable, CaseIterable, Hashable {
    /// Area under the ROC curve; for more classes the mean of one-versus-rest over the classes that are present.
    case rocAUC = "roc_auc"
    /// Mean negative logarithm of the true class's probability, which is held within 1e-15 of 0 and 1.
    case logLoss = "log_loss"
    /// Share of right classes.
    case accuracy
    /// Mean recall over the classes that are present.
    case balancedAccuracy = "balanced_accuracy"
    /// Harmonic mean of precision and recall of the positive class; for more classes the mean over those that are present
    /// or predicted.
    case f1
    /// Matthews correlation (Gorodkin 2004 for more classes).
    case mcc
    /// Area under the precision-recall curve as a sum of steps; for more classes the mean of one-versus-rest.
    case averagePrecision = "average_precision"
    /// Mean squared error of the positive class's probability; for more classes summed over the classes.
    case brier
    /// Root of the mean squared error.
    case rmse
    /// Mean absolute error.
    case mae
    /// Share of the target's variance that is explained.
    case r2
    /// Mean absolute error relative to the true value, a share rather than per cent.
    case mape
    /// Root of the mean squared error of log(1 + value); negative values count as 0.
    case rmsle

    /// Whether a higher score is a better one.
    public var greaterIsBetter: Bool {
        switch self {
        case .rocAUC, .accuracy, .balancedAccuracy, .f1, .mcc, .averagePrecision, .r2: true
        case .logLoss, .brier, .rmse, .mae, .mape, .rmsle: false
        }
    }

    /// The score of perfect predictions.
    public var best: Double { greaterIsBetter ? 1 : 0 }

    /// Whether it can score this task.
    public func isSuitable(for task: Task) -> Bool {
        switch self {
        case .rocAUC, .logLoss, .accuracy, .balancedAccuracy, .f1, .mcc, .averagePrecision, .brier:
            task.isClassification
        case .rmse, .mae, .r2, .mape, .rmsle: task == .regression
        }
    }

    /// Whether its value depends on the predicted classes alone and not on their probabilities.
    public var usesClassesOnly: Bool {
        switch self {
        case .accuracy, .balancedAccuracy, .f1, .mcc: true
        default: false
        }
    }

    /// The metric for a task where none is chosen.
    public static func automatic(for task: Task) -> Metric {
        switch task {
        case .binary: .rocAUC
        case .multiclass: .logLoss
        case .regression: .rmse
        }
    }

    /// The metrics that can score this task, in a fixed order.
    public static func all(for task: Task) -> [Metric] { allCases.filter { $0.isSuitable(for: task) } }

    /// A score as a loss: lower is better, and perfect predictions have 0.
    public func loss(_ score: Double) -> Double { greaterIsBetter ? best - score : score }
}
