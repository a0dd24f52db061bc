public import Learners
import Search
import Synchronization

/// A weighted mean of models, selected greedily over their out-of-fold predictions (Caruana et al. 2004).
public struct Ensemble: Sendable, Hashable {
    /// One member.
    public struct Member: Sendable, Hashable {
        /// The candidate's place in the list that was selected from.
        public var candidate: Int
        /// Its share, above 0; the shares sum to 1.
        public var weight: Double
    }

    /// The members, in the order of the candidates.
    public let members: [Member]
    /// The candidate of the least loss alone.
    public let single: Int

    /// Selects from `candidates`, which are ordered best first; selection starts from the best and adds with replacement
    /// whichever lowers the loss most, of equal ones the earliest. The shortest selection of the least loss is kept.
    ///
    /// - Parameters:
    ///   - candidates: out-of-fold predictions, a row for each of `rows`.
    ///   - decider: how probabilities become classes where the metric scores these.
    ///   - rows: the rows of the target that they are for.
    ///   - places: the rows of the predictions that count; nil for all.
    ///   - rounds: how often a member is added, at most.
    ///   - pool: the threads; the selection does not depend on them.
    static func select(
        _ candidates: [OutOfFold], metric: Metric, decider: Decider = .likeliest, target: Target, rows: [Int32],
        among places: [Int]? = nil,
        weights: [Float]?, rounds: Int = 40, pool: ThreadPool = .single
    ) -> Ensemble {
        guard candidates.count > 1 else { return Ensemble(only: 0) }
        let blender = Blender(
            candidates, metric: metric, decider: decider, target: target, rows: rows,
            among: places ?? Array(rows.indices),
            weights: weights, rounds: rounds, pool: pool)
        let selection = blender.select()
        return Ensemble(counts: selection.counts, single: selection.single)
    }

    /// One candidate alone.
    init(only candidate: Int) {
        members = [Member(candidate: candidate, weight: 1)]
        single = candidate
    }

    init(members: [Member]) {
        self.members = members
        single = members.first?.candidate ?? 0
    }

    init(counts: [Int], single: Int) {
        let total = Double(counts.reduce(0, +))
        members = counts.enumerated().filter { $0.element > 0 }.map {
            Member(candidate: $0.offset, weight: Double($0.element) / total)
        }
        self.single = single
    }

    /// The weighted mean of the candidates' predictions.
    public func blend(_ candidates: [OutOfFold]) -> OutOfFold {
        var sum = [Double](repeating: 0, count: candidates[0].values.count)
        for member in members {
            let values = candidates[member.candidate].values
            for index in sum.indices { sum[index] += member.weight * Double(values[index]) }
        }
        return OutOfFold(
            outputCount: candidates[0].outputCount, values: sum.map(Float.init), origin: candidates[0].origin)
    }

    /// One number of the blend.
    private func blend(_ candidates: [OutOfFold], at place: Int) -> Float {
        Float(members.reduce(0) { $0 + $1.weight * Double(candidates[$1.candidate].values[place]) })
    }
}

/// An ensemble's score, as an estimate for rows that its selection has not seen.
public struct EnsembleScore: Sendable, Hashable {
    /// The metric.
    public var score: Double
    /// The metric of the best candidate alone, selected in the same way: what the ensemble has to beat.
    public var singleScore: Double
    /// Its bootstrap interval.
    public var interval: ScoreInterval
    /// The predictions that were scored, a row for each of the rows.
    public var predictions: OutOfFold
    /// The decisions of the same rows, of which the highest counts, for metrics of classes; each row's is made by a selection
    /// and at a threshold that it had no share in.
    public var decided: Predictions
}

extension Ensemble {
    /// Scores the selection itself, cross-fitted: rows are dealt to five parts, on four of them the `most` best candidates are
    /// found and members selected from them, and their blend is scored on the fifth, at the threshold that is best for it on
    /// the four where the metric is one of classes. Nil where the metric is not defined.
    static func crossFittedScore(
        _ candidates: [OutOfFold], most: Int = .max, metric: Metric, decider: Decider = .likeliest, target: Target,
        rows: [Int32],
        weights: [Float]?, seed: Seed, rounds: Int = 40, pool: ThreadPool = .single
    ) -> EnsembleScore? {
        let parts = min(5, rows.count)
        let scored = Target(
            task: target.task, classes: target.classes, values: rows.map { target.values[Int($0)] })
        let scoredWeights = weights.map { all in rows.map { all[Int($0)] } }
        let dealt = ValidationPlan.deal(scored, into: parts, seed: seed)
        var blended = OutOfFold(
            outputCount: candidates[0].outputCount, values: [Float](repeating: 0, count: candidates[0].values.count),
            origin: candidates[0].origin)
        var singles = blended
        let doubles = scoredWeights.map { $0.map(Double.init) }
        var decided = [Double](repeating: 0, count: blended.values.count)
        var singlesDecided = decided
        let width = blended.outputCount
        for part in 0..<parts {
            let inside = dealt.indices.filter { dealt[$0] != part }
            let outside = dealt.indices.filter { dealt[$0] == part }
            let best = best(most, of: candidates, on: inside, metric, decider, scored, scoredWeights, pool)
            let candidates = best.map { candidates[$0] }
            let selected = select(
                candidates, metric: metric, decider: decider, target: target, rows: rows, among: inside,
                weights: weights,
                rounds: rounds, pool: pool)
            for row in outside {
                for place in row * width..<(row + 1) * width {
                    blended.values[place] = selected.blend(candidates, at: place)
                    singles.values[place] = candidates[selected.single].values[place]
                }
            }
            if target.task.isClassification {
                for (ensemble, isSingle) in [(selected, false), (Ensemble(only: selected.single), true)] {
                    // The parts are this one and the rest.
                    let all = decider.decided(
                        ensemble.blend(candidates), truth: scored.values, weights: doubles,
                        parts: dealt, of: UInt8(part))
                    for row in outside {
                        for place in row * width..<(row + 1) * width {
                            if isSingle {
                                singlesDecided[place] = all.values[place]
                            } else {
                                decided[place] = all.values[place]
                            }
                        }
                    }
                }
            }
        }
        let decisions = Predictions(outputCount: width, values: decided)
        let predictions = metric.usesClassesOnly ? decisions : blended.predictions
        let singlePredictions =
            metric.usesClassesOnly ? Predictions(outputCount: width, values: singlesDecided) : singles.predictions
        let score = metric.evaluate(predictions, scored, weights: scoredWeights)
        guard score.isFinite else { return nil }
        return EnsembleScore(
            score: score,
            singleScore: metric.evaluate(singlePredictions, scored, weights: scoredWeights),
            interval: metric.bootstrapInterval(
                predictions, scored, weights: scoredWeights, seed: seed.child("interval")),
            predictions: blended, decided: decisions)
    }

    /// The candidates of the least loss on some rows, best first; all in their order where there are no more.
    private static func best(
        _ most: Int, of candidates: [OutOfFold], on places: [Int], _ metric: Metric, _ decider: Decider,
        _ target: Target,
        _ weights: [Float]?, _ pool: ThreadPool
    ) -> [Int] {
        guard candidates.count > most else { return Array(candidates.indices) }
        let rows = places.map(Int32.init)
        let losses = Mutex([Double](repeating: .infinity, count: candidates.count))
        pool.forEach(candidates.count) { index in
            let own = candidates[index].selecting(places)
            var predictions = own.predictions
            if metric.usesClassesOnly {
                predictions = decider.decidedAtBest(
                    own, truth: places.map { target.values[$0] },
                    weights: weights.map { all in places.map { Double(all[$0]) } })
            }
            let loss = metric.loss(metric.evaluate(predictions, target, rows: rows, weights: weights))
            losses.withLock { $0[index] = loss.isNaN ? .infinity : loss }
        }
        let found = losses.withLock { $0 }
        return Array(candidates.indices.sorted { (found[$0], $0) < (found[$1], $1) }.prefix(most))
    }
}

extension OutOfFold {
    /// The given rows, in that order.
    func selecting(_ rows: [Int]) -> OutOfFold {
        var picked: [Float] = []
        picked.reserveCapacity(rows.count * outputCount)
        for row in rows { picked += values[row * outputCount..<(row + 1) * outputCount] }
        return OutOfFold(outputCount: outputCount, values: picked, origin: origin)
    }
}
