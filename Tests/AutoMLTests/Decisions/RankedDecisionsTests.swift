import Learners
import Search
import Testing

@testable import AutoML

struct RankedDecisionsTests {
    private static let aims: [DecisionAim] = [
        .metric(.accuracy), .metric(.balancedAccuracy), .metric(.f1), .metric(.mcc),
        .cost(falsePositive: 1, falseNegative: 5), .precision(0.8), .recall(0.9),
    ]

    private func rows(_ count: Int, steps: Int, seed: UInt64) -> (
        probabilities: [Float], truth: [Double], weights: [Double]
    ) {
        var random = RandomSource(seed: seed)
        var all: (probabilities: [Float], truth: [Double], weights: [Double]) = ([], [], [])
        for _ in 0..<count {
            let step = random.below(steps + 1)
            all.probabilities.append(Float(step) / Float(steps))
            all.truth.append(random.unit() < 0.1 + 0.6 * Double(step) / Double(steps) ? 1 : 0)
            all.weights.append(Double(random.below(4)))
        }
        return all
    }

    private func counts(
        _ rows: (probabilities: [Float], truth: [Double], weights: [Double]), above threshold: Double, weighted: Bool
    ) -> DecisionCounts {
        var counts = DecisionCounts(truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0)
        for (row, probability) in rows.probabilities.enumerated() {
            let weight = weighted ? rows.weights[row] : 1
            switch (Double(probability) > threshold, rows.truth[row] == 1) {
            case (true, true): counts.truePositives += weight
            case (true, false): counts.falsePositives += weight
            case (false, true): counts.falseNegatives += weight
            case (false, false): counts.trueNegatives += weight
            }
        }
        return counts
    }

    /// Many ties: 20 different probabilities, 0 and 1 among them. All thresholds that tell them apart are tried.
    @Test(arguments: aims, [false, true]) func noThresholdIsBetter(aim: DecisionAim, weighted: Bool) throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            let rows = rows(150, steps: 20, seed: seed)
            let ranked = RankedDecisions(rows.probabilities, truth: rows.truth, weights: weighted ? rows.weights : nil)
            let best = try #require(ranked.best(aim))
            #expect(best.counts == counts(rows, above: best.threshold, weighted: weighted))
            for threshold in (0...40).map({ Double($0) / 40 }) {
                let other = aim.distance(counts(rows, above: threshold, weighted: weighted))
                #expect(DecisionAim.isNearer(other, aim.distance(best.counts)) != true)
            }
        }
    }

    @Test func ofEquallyGoodThresholdsTheNearestToAHalfIsTaken() {
        let apart = RankedDecisions([0.1, 0.2, 0.8, 0.9], truth: [0, 0, 1, 1], weights: nil)
        #expect(apart.best(.metric(.f1))?.threshold == 0.5)
        let low = RankedDecisions([0.125, 0.25, 0.375], truth: [0, 1, 1], weights: nil)
        #expect(low.best(.metric(.accuracy))?.threshold == 0.1875)
        let noPositive = RankedDecisions([0.25, 0.75], truth: [0, 0], weights: nil)
        #expect(noPositive.best(.metric(.accuracy))?.threshold == 0.875)
        #expect(RankedDecisions([], truth: [], weights: nil).best(.metric(.f1)) == nil)
    }

    @Test func countsScoreAsPredictionsDo() {
        let rows = rows(200, steps: 20, seed: 9)
        let target = Target(task: .binary, classes: ["a", "b"], values: rows.truth)
        for threshold in [0.0, 0.33, 0.5, 1.0] {
            let decided = rows.probabilities.flatMap { Double($0) > threshold ? [0.0, 1.0] : [1.0, 0.0] }
            for metric in [Metric.accuracy, .balancedAccuracy, .f1, .mcc] {
                let expected = metric.evaluate(
                    Predictions(outputCount: 2, values: decided), target, weights: rows.weights.map(Float.init))
                #expect(abs(metric.score(counts(rows, above: threshold, weighted: true)) - expected) < 1e-12)
            }
        }
    }

    /// The histogram that ensembles are selected by finds the same best score, as its bins tell these probabilities apart.
    @Test(arguments: aims) func theHistogramScoresTheSame(aim: DecisionAim) throws {
        let rows = rows(300, steps: 20, seed: 4)
        let metric: Metric = if case .metric(let own) = aim { own } else { .f1 }
        let ranked = RankedDecisions(rows.probabilities, truth: rows.truth, weights: nil)
        let expected = metric.loss(metric.score(try #require(ranked.best(aim)).counts))
        let zeros = [Float](repeating: 0, count: rows.truth.count)
        let truth = rows.truth.map(Float.init)
        let loss = rows.probabilities.withUnsafeBufferPointer { own in
            zeros.withUnsafeBufferPointer { sum in
                truth.withUnsafeBufferPointer {
                    RankingHistogram.loss(own, sum, 1, truth: $0, weights: nil, .decisions(metric, aim))
                }
            }
        }
        #expect(abs(loss - expected) < 1e-12)
    }
}
