import AutoML
import Learners

extension Format {
    /// How the best configuration does on later rows, in a line; `byChance` is the score that the leaderboard shows first.
    static func timeScore(_ time: TimeScore, _ metric: Metric, byChance: Double?) -> String {
        guard let score = time.score else {
            return "On later rows by \"\(time.time)\": not scored, \(time.reason ?? "for an unknown reason")"
        }
        var line = "On later rows by \"\(time.time)\": \(metric.rawValue) \(Format.score(score))"
        if let ends = time.scoreInterval, ends.count == 2 {
            line += ", 95 % interval \(Format.score(ends[0])) – \(Format.score(ends[1]))"
        }
        line +=
            " (\(time.model), learnt from the earlier \(Format.count(time.trainedRows)) rows, scored on the latest "
            + "\(Format.count(time.scoredRows)))"
        if let byChance { line += "; on rows of the same time \(Format.score(byChance))" }
        return line
    }
}
