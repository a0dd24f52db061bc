import Foundation
import Learners
import Search

extension Evaluation {
    /// Evaluates predictions; `work` bounds the row visits of each bootstrap.
    init(_ scored: ScoredRows, seed: Seed, work: Int = 3_000_000) {
        rows = scored.count
        metrics = Metric.all(for: scored.task).map { scored.score($0, seed: seed.child($0.rawValue), work: work) }
        guard scored.task.isClassification else {
            residuals = Residuals(scored)
            return
        }
        if scored.classes.count <= Evaluation.mostClasses {
            let matrix = ConfusionMatrix(scored)
            confusion = Confusion(
                classes: scored.classes,
                counts: (0..<matrix.classCount).map { Array(matrix.row($0)) })
            let areas = scored.classAreas()
            classes = matrix.classScores(scored, areas: areas, seed: seed.child("classes"))
        }
        curves = ClassCurves.all(scored)
        if scored.task == .binary {
            threshold = scored.threshold
            thresholds = ThresholdScores.all(scored)
        }
    }
}

/// Weights of rows by true and predicted class.
struct ConfusionMatrix {
    let classCount: Int
    private(set) var cells: [Double]

    init(_ scored: ScoredRows) {
        classCount = scored.classes.count
        cells = [Double](repeating: 0, count: classCount * classCount)
        for (row, predicted) in scored.predictedClasses.enumerated() {
            cells[Int(scored.target.values[row]) * classCount + Int(predicted)] += scored.weight(row)
        }
    }

    func row(_ index: Int) -> ArraySlice<Double> { cells[index * classCount..<(index + 1) * classCount] }

    /// Precision, recall and F1 of a class; NaN where there is nothing to divide by.
    func scores(_ index: Int) -> (precision: Double, recall: Double, f1: Double) {
        let right = cells[index * classCount + index]
        let actual = row(index).reduce(0, +)
        var predicted = 0.0
        for other in 0..<classCount { predicted += cells[other * classCount + index] }
        return (right / predicted, right / actual, 2 * right / (actual + predicted))
    }

    /// The matrix of one resample: a Poisson count for each cell, as drawing the rows with Poisson(1) counts gives.
    func resampled(_ random: inout RandomSource) -> ConfusionMatrix {
        var copy = self
        for index in cells.indices where cells[index] > 0 { copy.cells[index] = random.poisson(cells[index]) }
        return copy
    }

    func classScores(_ scored: ScoredRows, areas: [Double?], seed: Seed) -> [Evaluation.ClassScore] {
        var random = seed.generator()
        let rounds = classCount > 40 ? 60 : 200
        let resamples = scored.weights == nil ? (0..<rounds).map { _ in resampled(&random) } : []
        return (0..<classCount).map { index in
            let own = scores(index)
            let others = resamples.map { $0.scores(index) }
            return Evaluation.ClassScore(
                name: scored.classes[index], rows: scored.target.values.count { Int($0) == index },
                precision: own.precision.finite, precisionInterval: interval(others.map(\.precision)),
                recall: own.recall.finite, recallInterval: interval(others.map(\.recall)), f1: own.f1.finite,
                f1Interval: interval(others.map(\.f1)), rocAuc: areas[index])
        }
    }

    private func interval(_ values: [Double]) -> [Double]? {
        let sorted = values.filter(\.isFinite).sorted()
        guard sorted.count > 10 else { return nil }
        return [sorted.quantile(0.025), sorted.quantile(0.975)]
    }
}

extension [Double] {
    /// The quantile of sorted values, between neighbours.
    func quantile(_ share: Double) -> Double {
        guard let last else { return .nan }
        let place = share * Double(count - 1)
        let below = Int(place)
        guard below + 1 < count else { return last }
        let (distance, share) = (self[below + 1] - self[below], place - Double(below))
        // What lies further apart than the largest number has no distance.
        guard distance.isFinite else { return self[below] * (1 - share) + self[below + 1] * share }
        return self[below] + share * distance
    }
}

extension RandomSource {
    /// A Poisson number; from the normal distribution where the mean is large.
    mutating func poisson(_ mean: Double) -> Double {
        if mean > 50 { return max(0, (mean + mean.squareRoot() * normal()).rounded()) }
        let limit = exp(-mean)
        var (product, count) = (unit(), 0.0)
        while product > limit {
            product *= unit()
            count += 1
        }
        return count
    }
}

extension ScoredRows {
    /// The area under each class's ROC curve, one against the others; both areas of two classes are the same.
    func classAreas() -> [Double?] {
        guard task == .multiclass else {
            let area = Metric.rocAUC.evaluate(predictions, target, weights: weights).finite
            return [area, area]
        }
        return classes.indices.map { index in
            let (own, truth) = oneAgainstRest(index)
            return truth.values.contains(1) ? Metric.rocAUC.evaluate(own, truth, weights: weights).finite : nil
        }
    }

    /// A class against all others, as a binary problem whose second class it is.
    func oneAgainstRest(_ index: Int) -> (Predictions, Target) {
        let width = predictions.outputCount
        var values: [Double] = []
        values.reserveCapacity(count * 2)
        for row in 0..<count {
            let own = predictions.values[row * width + index]
            values += [1 - own, own]
        }
        let truth = target.values.map { Int($0) == index ? 1.0 : 0.0 }
        return (
            Predictions(outputCount: 2, values: values), Target(task: .binary, classes: ["", ""], values: truth)
        )
    }
}
