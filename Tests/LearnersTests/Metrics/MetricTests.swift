import Search
import Testing

@testable import Learners

/// Expected values are scikit-learn's (1.9) for the same numbers.
@Suite struct MetricTests {
    private let binary = Target(task: .binary, classes: ["no", "yes"], values: [0, 1, 1, 0, 1, 0, 0, 1, 1, 0])
    private let binaryPredictions = Predictions(
        outputCount: 2, values: [0.1, 0.4, 0.35, 0.8, 0.9, 0.35, 0.2, 0.7, 0.35, 0.5].flatMap { [1 - $0, $0] })
    private let binaryWeights: [Float] = [1, 2, 0.5, 1, 3, 1, 0.25, 1, 1, 2]
    private let multiclass = Target(task: .multiclass, classes: ["a", "b", "c"], values: [0, 1, 2, 2, 1, 0, 2, 1])
    private let multiclassPredictions = Predictions(
        outputCount: 3,
        values: [
            0.7, 0.2, 0.1, 0.2, 0.5, 0.3, 0.1, 0.3, 0.6, 0.4, 0.3, 0.3, 0.3, 0.3, 0.4, 0.5, 0.25, 0.25, 0.2, 0.2, 0.6,
            0.1, 0.8, 0.1,
        ])
    private let multiclassWeights: [Float] = [1, 2, 1, 0.5, 1, 3, 1, 1]
    private let regression = Target(task: .regression, values: [3, 0.5, 2, 7, 4.5, 1])
    private let regressionPredictions = Predictions(outputCount: 1, values: [2.5, 0.1, 2, 8, 4, -0.5])
    private let regressionWeights: [Float] = [1, 2, 1, 0.5, 1, 3]

    @Test(arguments: [
        (Metric.rocAUC, 0.68, 0.6888888888888889), (.logLoss, 0.6539842516526606, 0.6013908027091265),
        (.accuracy, 0.6, 0.6470588235294118), (.balancedAccuracy, 0.6, 0.6714285714285715), (.f1, 0.5, 0.64),
        (.mcc, 0.2182178902359924, 0.3456110597308699), (.averagePrecision, 0.7033333333333334, 0.8148792270531402),
        (.brier, 0.23675, 0.2161764705882353),
    ])
    func binaryScores(metric: Metric, plain: Double, weighted: Double) {
        #expect(abs(metric.evaluate(binaryPredictions, binary) - plain) < 1e-12)
        #expect(abs(metric.evaluate(binaryPredictions, binary, weights: binaryWeights) - weighted) < 1e-12)
    }

    @Test(arguments: [
        (Metric.rocAUC, 0.9444444444444443, 0.9737179487179487), (.logLoss, 0.6744637140695857, 0.6545871287689099),
        (.accuracy, 0.75, 0.8571428571428571), (.balancedAccuracy, 0.7777777777777777, 0.85),
        (.f1, 0.7555555555555555, 0.8418640183346066), (.mcc, 0.6428571428571429, 0.7916666666666666),
        (.averagePrecision, 0.9111111111111111, 0.9409090909090909), (.brier, 0.366875, 0.35190476190476194),
    ])
    func multiclassScores(metric: Metric, plain: Double, weighted: Double) {
        #expect(abs(metric.evaluate(multiclassPredictions, multiclass) - plain) < 1e-12)
        #expect(abs(metric.evaluate(multiclassPredictions, multiclass, weights: multiclassWeights) - weighted) < 1e-12)
    }

    @Test(arguments: [
        (Metric.rmse, 0.807258735887489, 0.9743776294157632), (.mae, 0.65, 0.7999999999999999),
        (.r2, 0.867457627118644, 0.7038532110091743), (.mape, 0.4534391534391535, 0.7587301587301587),
        (.rmsle, 0.3207898066097621, 0.44293171506541534),
    ])
    func regressionScores(metric: Metric, plain: Double, weighted: Double) {
        #expect(abs(metric.evaluate(regressionPredictions, regression) - plain) < 1e-12)
        #expect(abs(metric.evaluate(regressionPredictions, regression, weights: regressionWeights) - weighted) < 1e-12)
    }

    @Test func rowsPickTargetAndWeights() {
        let rows: [Int32] = [1, 5, 2, 2]
        let predictions = Predictions(outputCount: 1, values: [0, 1, 2, 4])
        let score = Metric.mae.evaluate(predictions, regression, rows: rows, weights: regressionWeights)
        #expect(abs(score - (2 * 0.5 + 3 * 0 + 1 * 0 + 1 * 2) / 7.0) < 1e-12)
    }

    @Test func oneClassAlone() {
        let positive = Target(task: .binary, classes: ["a", "b"], values: [1, 1])
        let negative = Target(task: .binary, classes: ["a", "b"], values: [0, 0])
        let predictions = Predictions(outputCount: 2, values: [0.8, 0.2, 0.6, 0.4])
        #expect(Metric.rocAUC.evaluate(predictions, positive) == 0.5)
        #expect(Metric.averagePrecision.evaluate(predictions, positive) == 1)
        #expect(Metric.averagePrecision.evaluate(predictions, negative) == 0)
        #expect(Metric.f1.evaluate(predictions, negative) == 0)
        #expect(Metric.mcc.evaluate(predictions, negative) == 0)
        #expect(Metric.accuracy.evaluate(predictions, negative) == 1)
        #expect(Metric.balancedAccuracy.evaluate(predictions, positive) == 0)
        for metric in Metric.all(for: .binary) {
            #expect(metric.evaluate(predictions, positive).isFinite)
            let interval = metric.bootstrapInterval(predictions, positive, seed: Seed(1))
            #expect(interval.low <= interval.high)
        }
    }

    @Test func constantTarget() {
        let target = Target(task: .regression, values: [2, 2, 2])
        #expect(Metric.r2.evaluate(Predictions(outputCount: 1, values: [2, 2, 2]), target) == 1)
        #expect(Metric.r2.evaluate(Predictions(outputCount: 1, values: [2, 2, 3]), target) == 0)
    }

    @Test func nothingToScoreIsNaN() {
        let target = Target(task: .regression, values: [1, 2])
        let predictions = Predictions(outputCount: 1, values: [1, .nan])
        #expect(Metric.rmse.evaluate(predictions, target).isNaN)
        #expect(Metric.rmse.evaluate(Predictions(outputCount: 1, values: []), target, rows: []).isNaN)
        #expect(Metric.rmse.evaluate(Predictions(outputCount: 1, values: [1, 2]), target, weights: [0, 0]).isNaN)
        #expect(Metric.rmse.bootstrapInterval(predictions, target, seed: Seed(1)).low.isNaN)
    }

    @Test func certainAndWrongHasAFiniteLogLoss() {
        let target = Target(task: .binary, classes: ["a", "b"], values: [0])
        let loss = Metric.logLoss.evaluate(Predictions(outputCount: 2, values: [0, 1]), target)
        #expect(abs(loss - 34.538776394910684) < 1e-9)
    }

    @Test func suitabilityAndDirection() {
        #expect(Metric.automatic(for: .binary) == .rocAUC)
        #expect(Metric.automatic(for: .multiclass) == .logLoss)
        #expect(Metric.automatic(for: .regression) == .rmse)
        #expect(Metric.all(for: .regression) == [.rmse, .mae, .r2, .mape, .rmsle])
        #expect(Metric.all(for: .multiclass).count == 8)
        #expect(Metric(rawValue: "average_precision") == .averagePrecision)
        #expect(Metric.r2.greaterIsBetter && !Metric.logLoss.greaterIsBetter)
        #expect(Metric.rocAUC.loss(0.75) == 0.25)
        #expect(Metric.rmse.loss(0.75) == 0.75)
    }
}

@Suite struct BootstrapTests {
    private func sample(_ count: Int) -> (Predictions, Target) {
        var random = Seed(3).generator()
        let target = Target(
            task: .binary, classes: ["a", "b"], values: (0..<count).map { _ in random.unit() < 0.3 ? 1 : 0 })
        let probabilities = target.values.map { min(1, max(0, 0.3 + 0.2 * $0 + 0.2 * random.normal())) }
        return (Predictions(outputCount: 2, values: probabilities.flatMap { [1 - $0, $0] }), target)
    }

    @Test func theSameSeedGivesTheSameInterval() {
        let (predictions, target) = sample(500)
        let first = Metric.rocAUC.bootstrapInterval(predictions, target, seed: Seed(5))
        #expect(first == Metric.rocAUC.bootstrapInterval(predictions, target, seed: Seed(5)))
        #expect(first != Metric.rocAUC.bootstrapInterval(predictions, target, seed: Seed(6)))
    }

    /// The width of an accuracy's interval is known: 2 × 1.96 × √(p (1 − p) / n).
    @Test(arguments: [1_000, 200_000])
    func widthAgreesWithTheBinomial(count: Int) {
        let (predictions, target) = sample(count)
        let score = Metric.accuracy.evaluate(predictions, target)
        let interval = Metric.accuracy.bootstrapInterval(predictions, target, seed: Seed(1), resamples: 400)
        let width = 2 * 1.96 * (score * (1 - score) / Double(count)).squareRoot()
        #expect(interval.low < score && score < interval.high)
        #expect(abs((interval.high - interval.low) / width - 1) < 0.25)
    }

    @Test func everyMetricHasAnIntervalAroundItsScore() {
        let (predictions, target) = sample(300)
        for metric in Metric.all(for: .binary) {
            let score = metric.evaluate(predictions, target)
            let interval = metric.bootstrapInterval(predictions, target, seed: Seed(2))
            #expect(interval.low < score && score < interval.high, "\(metric.rawValue)")
        }
    }
}
