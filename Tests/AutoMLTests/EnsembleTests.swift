import Learners
import Search
import Testing

@testable import AutoML

struct EnsembleTests {
    /// Noisy predictions of a target, one candidate a level of noise.
    private func candidates(_ metric: Metric, rows: Int = 60, classes: Int) -> ([OutOfFold], Target) {
        var random = RandomSource(seed: 11)
        let values = (0..<rows).map { _ in classes == 1 ? random.normal() : Double(random.below(classes)) }
        let target = Target(
            task: classes == 1 ? .regression : classes == 2 ? .binary : .multiclass,
            classes: classes == 1 ? [] : (0..<classes).map { "c\($0)" }, values: values)
        let all = [0.6, 0.8, 1.0, 1.4].map { noise -> OutOfFold in
            var out: [Float] = []
            for value in values {
                if classes == 1 {
                    out.append(Float(value + noise * random.normal()))
                } else {
                    let raw = (0..<classes).map {
                        max(0.02, ($0 == Int(value) ? 1 : 0.3) + 0.5 * noise * random.normal())
                    }
                    let sum = raw.reduce(0, +)
                    out += raw.map { Float($0 / sum) }
                }
            }
            return OutOfFold(outputCount: classes, values: out)
        }
        return (all, target)
    }

    /// The loss of a multiset of candidates, by the metric itself.
    private func loss(_ counts: [Int], _ all: [OutOfFold], _ metric: Metric, _ target: Target) -> Double {
        metric.loss(metric.evaluate(Ensemble(counts: counts, single: 0).blend(all).predictions, target))
    }

    @Test(arguments: [
        (Metric.logLoss, 2), (.logLoss, 3), (.brier, 2), (.brier, 3), (.rmse, 1), (.mae, 1), (.r2, 1), (.rocAUC, 2),
        (.averagePrecision, 2), (.accuracy, 3), (.rocAUC, 3),
    ])
    func selectionIsGreedyByTheMetricItself(metric: Metric, classes: Int) {
        let (all, target) = candidates(metric, classes: classes)
        let rows = target.values.indices.map(Int32.init)
        let selected = Ensemble.select(all, metric: metric, target: target, rows: rows, weights: nil, rounds: 12)
        // The same by trying every candidate in every round.
        var counts = [0, 0, 0, 0]
        var best = (counts: counts, loss: Double.infinity)
        for _ in 0..<12 {
            let tried = counts.indices.map { index -> Double in
                var more = counts
                more[index] += 1
                return loss(more, all, metric, target)
            }
            let chosen = tried.indices.min { (tried[$0], $0) < (tried[$1], $1) } ?? 0
            counts[chosen] += 1
            if tried[chosen] < best.loss { best = (counts, tried[chosen]) }
        }
        let reached = metric.loss(metric.evaluate(selected.blend(all).predictions, target))
        #expect(reached <= best.loss + 0.01)
        #expect(reached <= loss([1, 0, 0, 0], all, metric, target) + 1e-6)
        #expect(abs(selected.members.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
    }

    @Test func rowWeightsCount() {
        // The first candidate is right where the weight is, the second everywhere else.
        let target = Target(task: .regression, values: [1, 1, 1, 1])
        let first = OutOfFold(outputCount: 1, values: [1, 5, 5, 5])
        let second = OutOfFold(outputCount: 1, values: [5, 1, 1, 1])
        let selected = Ensemble.select(
            [first, second], metric: .rmse, target: target, rows: [0, 1, 2, 3], weights: [100, 0, 0, 0])
        #expect(selected.members == [Ensemble.Member(candidate: 0, weight: 1)])
    }

    @Test func aUselessCandidateIsNotTaken() {
        let (all, target) = candidates(.logLoss, classes: 2)
        let useless = OutOfFold(outputCount: 2, values: all[0].values.indices.map { $0 % 2 == 0 ? 0.999 : 0.001 })
        let selected = Ensemble.select(
            all + [useless], metric: .logLoss, target: target, rows: target.values.indices.map(Int32.init), weights: nil
        )
        #expect(!selected.members.contains { $0.candidate == 4 })
    }

    @Test func threadsDoNotChangeTheSelection() {
        let (all, target) = candidates(.rocAUC, rows: 500, classes: 2)
        let rows = target.values.indices.map(Int32.init)
        let pool = ThreadPool(threadCount: 2)
        defer { pool.stop() }
        let one = Ensemble.select(all, metric: .rocAUC, target: target, rows: rows, weights: nil)
        #expect(one == Ensemble.select(all, metric: .rocAUC, target: target, rows: rows, weights: nil, pool: pool))
        #expect(one.members.count > 1)
    }

    /// Members and thresholds alike are chosen without the rows that they are scored on.
    @Test(arguments: [Metric.accuracy, .balancedAccuracy, .f1, .mcc])
    func noThresholdFlattersAnEnsemble(metric: Metric) throws {
        let (tables, rows) = (30, 200)
        let decider = Decider(kind: .chosen(.metric(metric)))
        var excess: [Double] = []
        for seed in 1...UInt64(tables) {
            var random = RandomSource(seed: seed)
            let target = Target(
                task: .binary, classes: ["a", "b"], values: (0..<rows).map { Double($0 % 2) })
            let all = (0..<20).map { _ in
                OutOfFold(
                    outputCount: 2,
                    values: (0..<rows).flatMap { _ -> [Float] in
                        let share = Float(random.unit())
                        return [1 - share, share]
                    })
            }
            let score = try #require(
                Ensemble.crossFittedScore(
                    all, metric: metric, decider: decider, target: target, rows: target.values.indices.map(Int32.init),
                    weights: nil, seed: Seed(seed), rounds: 8))
            #expect(score.score == metric.evaluate(score.decided, target))
            excess.append(score.score - (metric == .f1 ? 2.0 / 3 : metric == .mcc ? 0 : 0.5))
        }
        #expect(excess.mean < 2 * excess.errorOfMean)
    }

    @Test func theCrossFittedScoreOfChanceIsNoBetterThanChance() throws {
        var random = RandomSource(seed: 5)
        let rows = 300
        let target = Target(
            task: .binary, classes: ["a", "b"], values: (0..<rows).map { _ in Double(random.below(2)) })
        let all = (0..<20).map { _ in
            let probabilities = (0..<rows).map { _ in Float(random.unit()) }
            return OutOfFold(outputCount: 2, values: probabilities.flatMap { [1 - $0, $0] })
        }
        let indices = target.values.indices.map(Int32.init)
        let honest = try #require(
            Ensemble.crossFittedScore(
                all, metric: .rocAUC, target: target, rows: indices, weights: nil, seed: Seed(1)))
        let inSample = Metric.rocAUC.evaluate(
            Ensemble.select(all, metric: .rocAUC, target: target, rows: indices, weights: nil).blend(all).predictions,
            target)
        #expect(inSample > 0.58)
        #expect(abs(honest.score - 0.5) < 0.09)
    }
}
