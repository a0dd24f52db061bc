import Learners

/// How many stages the models of a trial's folds keep.
///
/// A fold's own curve would choose well for its rows and flatter its score; so each fold keeps what was best for the other
/// folds of its repeat, whose rows are not its own.
enum StageChoice {
    /// The number of stages for each curve of losses by stage: that of the least loss, summed over the other curves of its
    /// repeat, of equal ones the least. A curve that ended early stays at its last value. 0 where no other curve has a stage.
    ///
    /// - Parameter folds: curves of one repeat, which follow each other.
    static func counts(_ curves: [[Double]], folds: Int) -> [Int] {
        curves.indices.map { own in
            let first = own / folds * folds
            let others = (first..<min(first + folds, curves.count)).filter { $0 != own && !curves[$0].isEmpty }
            var best = (count: 0, loss: Double.infinity)
            for stage in 0..<(others.map { curves[$0].count }.max() ?? 0) {
                let loss = others.reduce(0) { $0 + curves[$1][min(stage, curves[$1].count - 1)] }
                if loss < best.loss - abs(best.loss) * 1e-9 || best.count == 0 { best = (stage + 1, loss) }
            }
            return best.count
        }
    }
}
