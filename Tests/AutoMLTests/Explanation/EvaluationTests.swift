import Foundation
import Learners
import Search
import Testing

@testable import AutoML

struct EvaluationTests {
    /// Probabilities that are right on average, or not, with a target drawn from the right ones.
    private static func scored(rows: Int, shift: Double = 0, threshold: Double = 0.5) -> ScoredRows {
        var random = RandomSource(seed: 8)
        var (values, truth): ([Double], [Double]) = ([], [])
        for _ in 0..<rows {
            let right = random.unit()
            let said = min(1, max(0, right + shift))
            values += [1 - said, said]
            truth.append(random.unit() < right ? 1 : 0)
        }
        return ScoredRows(
            task: .binary, classes: ["no", "yes"], predictions: Predictions(outputCount: 2, values: values),
            target: Target(task: .binary, classes: ["no", "yes"], values: truth), weights: nil, threshold: threshold)
    }

    @Test func calibrationTellsRightFromWrongProbabilities() throws {
        let right = try #require(Evaluation(EvaluationTests.scored(rows: 5_000), seed: Seed(1)).curves?.first)
        let wrong = try #require(
            Evaluation(EvaluationTests.scored(rows: 5_000, shift: 0.2), seed: Seed(1)).curves?.first)
        #expect(right.calibration.expectedCalibrationError < 0.03)
        #expect(wrong.calibration.expectedCalibrationError > 0.12)
        #expect(right.calibration.bins.count == 10)
        #expect(right.calibration.bins.reduce(0) { $0 + $1.rows } == 5_000)
        for bin in right.calibration.bins {
            #expect(bin.interval[0] <= bin.observed && bin.observed <= bin.interval[1])
        }
        let fit = right.calibration.isotonic
        #expect(zip(fit.y, fit.y.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(fit.y.count < 300)
    }

    @Test func theCurvesAgreeWithTheMetrics() throws {
        let scored = EvaluationTests.scored(rows: 3_000)
        let evaluation = Evaluation(scored, seed: Seed(1))
        let curves = try #require(evaluation.curves?.first)
        func area(_ curve: Evaluation.Curve) -> Double {
            var sum = 0.0
            for index in 1..<curve.x.count {
                sum += (curve.x[index] - curve.x[index - 1]) * (curve.y[index] + curve.y[index - 1]) / 2
            }
            return sum
        }
        let auc = try #require(evaluation.metrics.first { $0.metric == .rocAUC }?.score)
        #expect(abs(area(curves.roc) - auc) < 0.005)
        #expect(curves.roc.x.last == 1 && curves.roc.y.last == 1 && curves.roc.x.count < 220)
        #expect(curves.lift.y.last == 1 && curves.gain.y.last == 1)
        let half = try #require(evaluation.thresholds?.first { $0.threshold == 0.5 })
        #expect(abs(half.accuracy - (evaluation.metrics.first { $0.metric == .accuracy }?.score ?? 0)) < 1e-5)
        #expect(abs(half.f1 - (evaluation.metrics.first { $0.metric == .f1 }?.score ?? 0)) < 1e-5)
        #expect(abs(half.mcc - (evaluation.metrics.first { $0.metric == .mcc }?.score ?? 0)) < 1e-5)
        let confusion = try #require(evaluation.confusion)
        #expect(confusion.counts[1][1] == half.truePositives && confusion.counts[0][1] == half.falsePositives)
    }

    @Test func theThresholdInForceDecidesTheClasses() throws {
        let scored = EvaluationTests.scored(rows: 1_000, threshold: 0.83)
        let evaluation = Evaluation(scored, seed: Seed(1))
        let own = try #require(evaluation.thresholds?.first { $0.threshold == 0.83 })
        #expect(evaluation.confusion?.counts[1][1] == own.truePositives)
        #expect(abs(own.f1 - (evaluation.metrics.first { $0.metric == .f1 }?.score ?? 0)) < 1e-5)
        #expect(evaluation.classes?[1].precision.map { abs($0 - (own.precision ?? 0)) < 1e-5 } == true)
    }

    @Test func residualsShowWhereTheModelErrs() throws {
        var random = RandomSource(seed: 2)
        let truth = (0..<2_000).map { _ in 10 * random.unit() }
        // Right below 5, three too low above.
        let said = truth.map { $0 < 5 ? $0 : $0 - 3 }
        let scored = ScoredRows(
            task: .regression, classes: [], predictions: Predictions(outputCount: 1, values: said),
            target: Target(task: .regression, values: truth), weights: nil, threshold: nil)
        let bins = Evaluation.ResidualBins(zip(truth, said).map { $0 - $1 }, by: truth)
        #expect(bins.rows.reduce(0, +) == 2_000)
        #expect(abs(bins.mean[0]) < 1e-9 && abs((bins.mean.last ?? 0) - 3) < 1e-9)
        let residuals = Evaluation.Residuals(scored)
        #expect(residuals.counts.reduce(0, +) == 2_000 && abs(residuals.mean - 1.5) < 0.1)
    }

    @Test func oddSamplesHaveDefinedEvaluations() {
        for (values, truth) in [
            ([0.5, 0.5], [1.0]), ([0.2, 0.8, 0.2, 0.8], [1.0, 1.0]), ([0.5, 0.5, 0.5, 0.5], [0.0, 1.0]),
        ] {
            let scored = ScoredRows(
                task: .binary, classes: ["a", "b"], predictions: Predictions(outputCount: 2, values: values),
                target: Target(task: .binary, classes: ["a", "b"], values: truth), weights: nil, threshold: 0.5)
            let evaluation = Evaluation(scored, seed: Seed(1))
            #expect((try? ReportCoding.encoder().encode(evaluation)) != nil)
        }
    }
}
