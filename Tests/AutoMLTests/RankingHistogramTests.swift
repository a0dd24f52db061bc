import Learners
import Search
import Testing

@testable import AutoML

struct RankingHistogramTests {
    /// What the metric says of the blend itself, which the bins come close to.
    @Test(arguments: [Metric.rocAUC, .averagePrecision], [nil, 1, 3] as [Float?])
    func areasAreTheMetrics(metric: Metric, heaviest: Float?) {
        var random = RandomSource(seed: 5)
        let truth = (0..<5000).map { _ in Float(random.below(3) == 0 ? 1 : 0) }
        let weights = heaviest.map { most in truth.map { _ in 1 + (most - 1) * Float(random.unit()) } }
        let (own, sum) = (scores(truth, &random), scores(truth, &random))
        let loss = own.withUnsafeBufferPointer { own in
            sum.withUnsafeBufferPointer { sum in
                truth.withUnsafeBufferPointer { truth in
                    RankingHistogram.loss(
                        own, sum, 2, truth: truth, weights: weights, metric == .averagePrecision ? .precision : .ranks)
                }
            }
        }
        let blend = Predictions(
            outputCount: 2,
            values: zip(own, sum).flatMap { own, sum in
                let mean = Double((own + sum) / 2)
                return [1 - mean, mean]
            })
        let target = Target(task: .binary, classes: ["no", "yes"], values: truth.map(Double.init))
        #expect(abs(1 - loss - metric.evaluate(blend, target, weights: weights)) < 1e-3)
    }

    @Test(arguments: [false, true]) func oneClassAloneHasNoArea(isPrecision: Bool) {
        let scores: [Float] = [0.1, 0.7, 0.4]
        let truth: [Float] = [1, 1, 1]
        let loss = scores.withUnsafeBufferPointer { scores in
            truth.withUnsafeBufferPointer {
                RankingHistogram.loss(scores, scores, 2, truth: $0, weights: nil, isPrecision ? .precision : .ranks)
            }
        }
        #expect(loss.isNaN)
    }

    private func scores(_ truth: [Float], _ random: inout RandomSource) -> [Float] {
        truth.map { min(0.999, max(0.001, 0.3 + 0.2 * $0 + Float(0.2 * random.normal()))) }
    }
}
