import Foundation
import Learners

extension ModelHeader {
    /// How the model decides between classes, a line for people each; none for what needs no saying.
    public var decisionLines: [String] {
        var lines: [String] = []
        if task == .binary, let threshold, let positive = classes.last {
            let number = String(format: "%.4g", threshold)
            let why =
                settings.threshold.map { " (\($0))" } ?? (metric.usesClassesOnly ? " (best \(metric.rawValue))" : "")
            lines.append("Predicts \(positive) above a probability of \(number)\(why)")
        } else if let rule = settings.threshold, classWeights != nil {
            lines.append("Predicts the class of the largest weighted probability (\(rule))")
        }
        if let note = thresholdNote { lines.append("Note: \(note)") }
        return lines
    }
}
