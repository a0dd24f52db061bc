import Foundation
public import Learners
import Search

/// How good predictions are, in every way that fits the task; from predictions for rows that the models have not seen.
///
/// All lists are bounded, whatever the number of rows. In JSON with snake_case names (`ReportCoding`).
public struct Evaluation: Sendable, Hashable, Codable {
    /// One metric with its bootstrap interval.
    public struct MetricScore: Sendable, Hashable, Codable {
        /// The metric.
        public var metric: Metric
        /// Its value; nil where it is not defined.
        public var score: Double?
        /// The two ends of its 95 % bootstrap interval.
        public var interval: [Double]?
        /// Whether a higher score is a better one.
        public var greaterIsBetter: Bool
    }

    /// What is true against what is predicted.
    public struct Confusion: Sendable, Hashable, Codable {
        /// The classes, in the order of rows and columns.
        public var classes: [String]
        /// Weight of rows: a row a true class, a column a predicted one.
        public var counts: [[Double]]
    }

    /// One class against the others.
    public struct ClassScore: Sendable, Hashable, Codable {
        /// The class.
        public var name: String
        /// Rows that are of it.
        public var rows: Int
        /// Share of the rows predicted to be of it that are, with its interval; nil where there is none.
        public var precision: Double?
        /// Bootstrap interval of the precision.
        public var precisionInterval: [Double]?
        /// Share of its rows that are predicted to be of it.
        public var recall: Double?
        /// Bootstrap interval of the recall.
        public var recallInterval: [Double]?
        /// Harmonic mean of the two.
        public var f1: Double?
        /// Bootstrap interval of `f1`.
        public var f1Interval: [Double]?
        /// Area under its ROC curve.
        public var rocAuc: Double?
    }

    /// Points of a curve.
    public struct Curve: Sendable, Hashable, Codable {
        /// Along.
        public var x: [Double]
        /// Up.
        public var y: [Double]
        /// The probability above which a row counts as of the class, at each point.
        public var threshold: [Double]?
    }

    /// Predicted against observed shares.
    public struct Calibration: Sendable, Hashable, Codable {
        /// Rows of similar probability.
        public struct Bin: Sendable, Hashable, Codable {
            /// Mean probability.
            public var predicted: Double
            /// Share of the class.
            public var observed: Double
            /// 95 % interval of that share (Wilson 1927).
            public var interval: [Double]
            /// Rows.
            public var rows: Int
        }
        /// Ten bins of as many rows each, by rising probability.
        public var bins: [Bin]
        /// The best rising step function of the probability (pool adjacent violators, Ayer et al. 1955).
        public var isotonic: Curve
        /// Mean distance of share and probability over 15 bins of equal width, weighted by rows (Naeini et al. 2015).
        public var expectedCalibrationError: Double
        /// The largest such distance.
        public var largestCalibrationError: Double
    }

    /// The curves of one class.
    public struct ClassCurves: Sendable, Hashable, Codable {
        /// The class.
        public var name: String
        /// Share of the class.
        public var share: Double
        /// False positive rate against true positive rate.
        public var roc: Curve
        /// Recall against precision.
        public var precisionRecall: Curve
        /// Share of the rows picked, most probable first, against how many times more of the class is among them.
        public var lift: Curve
        /// Share of the rows picked against the share of the class that is among them.
        public var gain: Curve
        /// Predicted against observed shares.
        public var calibration: Calibration
    }

    /// What a threshold makes of the probabilities of the second class.
    public struct ThresholdScores: Sendable, Hashable, Codable {
        /// Rows with a higher probability are predicted to be of the second class.
        public var threshold: Double
        /// Rows of the second class that are predicted to be.
        public var truePositives: Double
        /// Rows of the first class that are predicted to be of the second.
        public var falsePositives: Double
        /// Rows of the second class that are predicted to be of the first.
        public var falseNegatives: Double
        /// Rows of the first class that are predicted to be.
        public var trueNegatives: Double
        /// Share of the predicted ones that are right; nil where none is predicted.
        public var precision: Double?
        /// Share of the second class that is found.
        public var recall: Double?
        /// Share of the first class that is left alone.
        public var specificity: Double?
        /// The metrics that depend on the threshold.
        public var f1: Double
        /// Share of right classes.
        public var accuracy: Double
        /// Mean of recall and specificity.
        public var balancedAccuracy: Double?
        /// Matthews correlation.
        public var mcc: Double
    }

    /// True value less predicted value.
    public struct Residuals: Sendable, Hashable, Codable {
        /// Edges of the histogram's bins.
        public var edges: [Double]
        /// Rows in each.
        public var counts: [Int]
        /// The 5th, 25th, 50th, 75th and 95th percentile.
        public var quantiles: [Double]
        /// Mean.
        public var mean: Double
        /// Against the prediction.
        public var byPrediction: ResidualBins
    }

    /// Residuals of rows of similar value, in rising order or by level.
    public struct ResidualBins: Sendable, Hashable, Codable {
        /// The mean value of each bin; nil for levels.
        public var values: [Double]?
        /// The levels; nil for numbers.
        public var levels: [String]?
        /// Rows.
        public var rows: [Int]
        /// The 10th percentile.
        public var low: [Double]
        /// The median.
        public var median: [Double]
        /// The 90th percentile.
        public var high: [Double]
        /// The mean with its 95 % interval's two ends.
        public var mean: [Double]
        /// Lower ends of the means' intervals.
        public var meanLow: [Double]
        /// Upper ends of the means' intervals.
        public var meanHigh: [Double]
    }

    /// What ranges of one level come to, learnt from one half of the scored rows and measured on the other.
    public struct Coverage: Sendable, Hashable, Codable {
        /// The probability that was wanted.
        public var level: Double
        /// Share of the rows whose truth lay within.
        public var coverage: Double
        /// Mean width of the intervals, or mean number of classes in the sets.
        public var size: Double
    }

    /// Rows that were scored.
    public var rows: Int
    /// Every metric of the task.
    public var metrics: [MetricScore]
    /// Classification, up to `mostClasses` classes.
    public var confusion: Confusion?
    /// Classification: each class, up to `mostClasses`.
    public var classes: [ClassScore]?
    /// Binary: the second class; multiclass: each, up to `mostCurves`.
    public var curves: [ClassCurves]?
    /// The threshold in force; binary.
    public var threshold: Double?
    /// Scores at each threshold; binary.
    public var thresholds: [ThresholdScores]?
    /// Regression.
    public var residuals: Residuals?
    /// How well the model's ranges cover; nil in files of versions that had none.
    public var coverage: [Coverage]?

    /// Classes that are told apart in tables.
    public static let mostClasses = 100
    /// Classes that have curves, the most frequent ones.
    public static let mostCurves = 12
}

/// Predictions for rows whose truth is known.
struct ScoredRows {
    let task: Task
    let classes: [String]
    let predictions: Predictions
    let target: Target
    let weights: [Float]?
    /// The probability above which the second class is predicted; binary.
    let threshold: Double?
    /// What each class's probability is multiplied by before the largest decides; nil for ones.
    var classWeights: [Double]?
    /// Decisions that metrics of classes score, each made at a threshold that its row had no share in; nil for those of the
    /// threshold.
    var crossFitted: Predictions?

    var count: Int { predictions.rowCount }

    func weight(_ row: Int) -> Double { weights.map { Double($0[row]) } ?? 1 }

    /// The predicted class of each row, by the threshold for two classes.
    var predictedClasses: [Int32] {
        guard task == .binary, let threshold else {
            return predictions.weighted(classWeights).predictedClasses()
        }
        return (0..<count).map { predictions.values[$0 * 2 + 1] > threshold ? 1 : 0 }
    }

    /// Predictions that say what `predictedClasses` does, for the metrics of classes.
    var decided: Predictions {
        if let crossFitted { return crossFitted }
        guard task == .binary, threshold != 0.5 else { return predictions.weighted(classWeights) }
        return Predictions(outputCount: 2, values: predictedClasses.flatMap { $0 == 1 ? [0.0, 1.0] : [1.0, 0.0] })
    }

    /// Some of the rows.
    func selecting(_ rows: [Int]) -> ScoredRows {
        let width = predictions.outputCount
        return ScoredRows(
            task: task, classes: classes,
            predictions: Predictions(
                outputCount: width, values: rows.flatMap { predictions.values[$0 * width..<($0 + 1) * width] }),
            target: Target(task: task, classes: classes, values: rows.map { target.values[$0] }),
            weights: weights.map { all in rows.map { all[$0] } }, threshold: threshold, classWeights: classWeights)
    }

    /// One metric with its interval.
    func score(_ metric: Metric, seed: Seed, work: Int) -> Evaluation.MetricScore {
        let predictions = metric.usesClassesOnly ? decided : predictions
        let score = metric.evaluate(predictions, target, weights: weights)
        let interval = metric.bootstrapInterval(predictions, target, weights: weights, seed: seed, work: work)
        return Evaluation.MetricScore(
            metric: metric, score: score.finite,
            interval: interval.low.isFinite && interval.high.isFinite ? [interval.low, interval.high] : nil,
            greaterIsBetter: metric.greaterIsBetter)
    }
}

extension Double {
    /// Nil for what is no number.
    var finite: Double? { isFinite ? self : nil }

    /// With six significant digits, which is more than a chart shows and makes short text.
    var short: Double {
        guard isFinite, self != 0 else { return self }
        let scale = pow(10, 5 - floor(log10(abs(self))))
        let scaled = (self * scale).rounded() / scale
        return scaled.isFinite ? scaled : self
    }
}
