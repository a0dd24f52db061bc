import Learners
import Search
import Testing

@testable import AutoML

struct DeciderTests {
    private static let metrics: [Metric] = [.accuracy, .balancedAccuracy, .f1, .mcc]

    /// Probabilities that say nothing, or something, of a class that so many have.
    private func sample(_ rows: Int, share: Double, signal: Float, seed: UInt64) -> (own: OutOfFold, target: Target) {
        var random = RandomSource(seed: seed)
        var (values, truth): ([Float], [Double]) = ([], [])
        for _ in 0..<rows {
            let isPositive = random.unit() < share
            let score = Float(share) + 0.05 * Float(random.normal()) + (isPositive ? signal : 0)
            let probability = min(0.999, max(0.001, score))
            values += [1 - probability, probability]
            truth.append(isPositive ? 1 : 0)
        }
        return (
            OutOfFold(outputCount: 2, values: values), Target(task: .binary, classes: ["no", "yes"], values: truth)
        )
    }

    private func parts(_ target: Target, seed: UInt64) -> [UInt8] {
        ValidationPlan.deal(target, into: 5, seed: Seed(seed))
    }

    /// What guessing scores at best: the larger class, or all of the second one.
    private func chance(_ metric: Metric, _ share: Double) -> Double {
        switch metric {
        case .accuracy: max(share, 1 - share)
        case .balancedAccuracy: 0.5
        case .f1: 2 * share / (1 + share)
        default: 0
        }
    }

    @Test(arguments: metrics) func noiseScoresNoBetterThanChance(metric: Metric) {
        let tables = 60
        var (crossFitted, inSample): ([Double], Double) = ([], 0)
        for seed in 1...UInt64(tables) {
            let (own, target) = sample(200, share: 0.5, signal: 0, seed: seed)
            let decider = Decider(kind: .chosen(.metric(metric)))
            let decided = decider.decided(own, truth: target.values, weights: nil, parts: parts(target, seed: seed))
            let share = target.values.reduce(0, +) / 200
            crossFitted.append(metric.evaluate(decided, target) - chance(metric, share))
            let best = decider.decidedAtBest(own, truth: target.values, weights: nil)
            inSample += metric.evaluate(best, target) - chance(metric, share)
        }
        #expect(crossFitted.mean < 2 * crossFitted.errorOfMean)
        // On the rows that it is chosen on, a threshold flatters.
        #expect(inSample / Double(tables) > max(0.003, crossFitted.mean))
    }

    @Test func aTunedThresholdFindsRareRows() {
        for seed in 1...10 as ClosedRange<UInt64> {
            let (own, target) = sample(600, share: 0.1, signal: 0.15, seed: seed)
            let decided = Decider(kind: .chosen(.metric(.f1))).decided(
                own, truth: target.values, weights: nil, parts: parts(target, seed: seed))
            let atHalf = Metric.f1.evaluate(own.predictions, target)
            #expect(Metric.f1.evaluate(decided, target) > atHalf + 0.3)
        }
    }

    @Test func aRowHasNoShareInItsThreshold() {
        let (own, target) = sample(200, share: 0.3, signal: 0.05, seed: 3)
        let parts = parts(target, seed: 3)
        let decider = Decider(kind: .chosen(.metric(.f1)))
        let before = decider.decided(own, truth: target.values, weights: nil, parts: parts)
        // Other classes in part 2 change what is decided elsewhere at most.
        let changed = target.values.enumerated().map { parts[$0.offset] == 2 ? 1 - $0.element : $0.element }
        let after = decider.decided(own, truth: changed, weights: nil, parts: parts)
        for row in parts.indices where parts[row] == 2 {
            #expect(before.values[row * 2 + 1] == after.values[row * 2 + 1])
        }
        #expect(before != after)
    }

    @Test func rulesBecomeDecisions() throws {
        func kind(_ text: String?, _ task: Task = .binary, _ classes: [String] = ["no", "yes"]) throws -> Decider.Kind {
            try Decider(try text.map { try ThresholdRule($0) }, task: task, metric: .f1, classes: classes).kind
        }
        #expect(try kind(nil) == .chosen(.metric(.f1)))
        #expect(try kind(nil, .multiclass) == .largest(weights: nil))
        #expect(try kind("0.25") == .above(0.25))
        #expect(try kind("weights:yes=3") == .above(0.25))
        #expect(try kind("weights:b=2", .multiclass, ["a", "b", "c"]) == .largest(weights: [1, 2, 1]))
        #expect(try kind("precision>=0.9") == .chosen(.precision(0.9)))
        #expect(try kind("cost:FN=20,FP=1") == .chosen(.cost(falsePositive: 1, falseNegative: 20)))
        #expect(throws: AutoMLError.self) { try kind("0.3", .multiclass, ["a", "b", "c"]) }
        #expect(throws: AutoMLError.self) { try kind("0.3", .regression, []) }
        let error = #expect(throws: AutoMLError.self) { try kind("weights:yess=2") }
        #expect(error?.message.contains("did you mean \"yes\"?") == true && error?.field == "threshold")
    }
}

extension [Double] {
    /// Their mean.
    var mean: Double { reduce(0, +) / Double(count) }

    /// The standard error of the mean.
    var errorOfMean: Double {
        let mean = self.mean
        return (reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count * (count - 1))).squareRoot()
    }
}
