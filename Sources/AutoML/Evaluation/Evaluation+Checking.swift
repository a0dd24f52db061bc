import Learners

extension Evaluation {
    /// Whether lists that belong together are of one length, as they are in what was written by this program.
    var isSound: Bool {
        let square = confusion.map { all in
            all.counts.count == all.classes.count && all.counts.allSatisfy { $0.count == all.classes.count }
        }
        let intervals = (curves ?? []).flatMap(\.calibration.bins).allSatisfy { $0.interval.count == 2 }
        return square != false && intervals && residuals?.isSound != false
    }
}

extension Evaluation.Residuals {
    fileprivate var isSound: Bool {
        edges.count == counts.count + 1 && !counts.isEmpty && quantiles.count == 5 && byPrediction.isSound
    }
}

extension Evaluation.ResidualBins {
    fileprivate var isSound: Bool {
        let lists = [low, median, high, mean, meanLow, meanHigh] + [values].compactMap { $0 }
        return lists.allSatisfy { $0.count == rows.count } && (levels.map { $0.count == rows.count } ?? true)
    }
}
