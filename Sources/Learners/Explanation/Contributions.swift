import Foundation
public import Tabular

/// The unit of a contribution.
public enum ContributionScale: String, Sendable, Codable, CaseIterable, Hashable {
    /// Logarithm of the odds of the second class; for three classes or more, of each class's unnormalised share.
    case logOdds = "log_odds"
    /// Probability, from 0 to 1.
    case probability
    /// The target's own units.
    case targetUnits = "target_units"
    /// The logarithm of the target, or of one more than it.
    case logTarget = "log_target"
}

/// How each column of a table moved each row's prediction away from a common base (Shapley values, Lundberg, Lee 2017).
///
/// A row's values and the base sum to its prediction on the same scale.
public struct Contributions: Sendable {
    /// How scores on the model's own scale become outputs.
    enum Link: Sendable {
        /// Scores are outputs.
        case identity
        /// One score a row, one output a row.
        case single(@Sendable (Double) -> Double)
        /// A score a class.
        case softmax
    }

    /// The features' names.
    public let columns: [String]
    /// Numbers a column: one a class, or 1 for two classes (the second one's) and for regression.
    public let outputCount: Int
    /// What each output is before anything is known of a row.
    public internal(set) var base: [Double]
    /// `rows × columns × outputs`, the output running fastest.
    public internal(set) var values: [Double]
    /// The unit of base and values.
    public internal(set) var scale: ContributionScale
    /// The unit of the model's predictions.
    let outputScale: ContributionScale
    let link: Link

    init(
        columns: [String], base: [Double], values: [Double], scale: ContributionScale,
        outputScale: ContributionScale, link: Link
    ) {
        self.columns = columns
        outputCount = base.count
        self.base = base
        self.values = values
        self.scale = scale
        self.outputScale = outputScale
        self.link = link
    }

    /// Number of rows.
    public var rowCount: Int {
        columns.isEmpty ? 0 : values.count / (columns.count * outputCount)
    }

    /// Base plus all contributions of a row: its prediction on the same scale.
    public func total(row: Int, output: Int) -> Double {
        var sum = base[output]
        for column in columns.indices { sum += values[(row * columns.count + column) * outputCount + output] }
        return sum
    }

    /// The contributions on the scale of the model's predictions (probability, or target units).
    ///
    /// A link that is not a line has no single slope, so each row takes the mean slope of the link on the straight way from
    /// the base to the row's scores: for one score the secant (the rescale rule of Chen, Lundberg, Lee 2022), for several
    /// the path integral of Aumann and Shapley (1974). Contributions and base still sum to the prediction.
    public func onOutputScale() -> Contributions {
        var result = self
        result.scale = outputScale
        switch link {
        case .identity: return self
        case .single(let output):
            let start = output(base[0])
            result.base = [start]
            for row in 0..<rowCount {
                let range = row * columns.count..<(row + 1) * columns.count
                let sum = values[range].reduce(0, +)
                let end = output(base[0] + sum)
                let slope = abs(sum) > 1e-9 ? (end - start) / sum : (output(base[0] + 1e-4) - start) / 1e-4
                for index in range { result.values[index] = slope * values[index] }
            }
        case .softmax:
            result.base = softmaxed(base)
            for row in 0..<rowCount { integrate(row, from: result.base, into: &result.values) }
        }
        return result
    }

    private func integrate(_ row: Int, from start: [Double], into result: inout [Double]) {
        let (width, first) = (outputCount, row * columns.count * outputCount)
        var sums = [Double](repeating: 0, count: width)
        for column in columns.indices {
            for output in 0..<width { sums[output] += values[first + column * width + output] }
        }
        let end = softmaxed((0..<width).map { base[$0] + sums[$0] })
        for index in first..<first + columns.count * width { result[index] = 0 }
        let rule = QuadratureRule.of(16)
        for (place, weight) in zip(rule.places, rule.weights) {
            let shares = softmaxed((0..<width).map { base[$0] + place * sums[$0] })
            for column in columns.indices {
                let start = first + column * width
                var mean = 0.0
                for output in 0..<width { mean += shares[output] * values[start + output] }
                for output in 0..<width {
                    result[start + output] += weight * shares[output] * (values[start + output] - mean)
                }
            }
        }
        // What the quadrature leaves over is shared out by size.
        for output in 0..<width {
            var (sum, size) = (0.0, 0.0)
            for column in columns.indices {
                sum += result[first + column * width + output]
                size += abs(result[first + column * width + output])
            }
            let missing = end[output] - start[output] - sum
            for column in columns.indices where size > 0 {
                result[first + column * width + output] +=
                    missing * abs(result[first + column * width + output]) / size
            }
        }
    }

    private func softmaxed(_ scores: [Double]) -> [Double] {
        let highest = scores.max() ?? 0
        let powers = scores.map { exp($0 - highest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}

/// A trained model whose contributions are known exactly, without trying rows out.
public protocol ContributingModel: FittedModel {
    /// The contributions for every row of `features`, on the model's own scale; nil where the model was read from a file of a
    /// version that did not keep what this needs.
    func contributions(_ features: Table, context: TrainingContext) throws -> Contributions?
}

/// The logistic function, written so that neither end overflows.
@inline(__always)
func logistic(_ score: Double) -> Double {
    let tail = exp(-abs(score))
    return score >= 0 ? 1 / (1 + tail) : tail / (1 + tail)
}

extension FittedModel {
    /// Node visits that the contributions of one row take, about; 0 where they are not from trees.
    public var contributionWork: Int {
        switch self {
        case let model as GradientBoostingModel: 2 * model.ensemble.leafCount
        case let model as ForestModel: (1 + model.ensemble.leafWidth) * model.ensemble.leafCount * 2
        default: 0
        }
    }
}
