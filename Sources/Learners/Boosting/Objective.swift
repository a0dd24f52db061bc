import Foundation

/// The loss that boosting lowers: its first and second derivatives by the raw scores, and what a raw score means.
enum Objective: Sendable, Hashable {
    /// Half the squared distance, in standard deviations of the target.
    case squaredError
    /// Squared within `delta` standard deviations of the target, linear beyond (Huber 1964).
    case huber(delta: Float)
    /// Poisson deviance of a count, logarithmic link.
    case poisson
    /// Gamma deviance of a positive number, logarithmic link.
    case gamma
    /// Tweedie deviance with this power between 1 and 2, logarithmic link.
    case tweedie(power: Float)
    /// Log loss of two classes.
    case logistic
    /// Log loss of so many classes.
    case softmax(Int)

    /// Trees an iteration grows.
    var scoreCount: Int {
        if case .softmax(let classes) = self { classes } else { 1 }
    }

    /// The largest Newton step of a leaf before the learning rate, as LogitBoost bounds it (Friedman, Hastie, Tibshirani
    /// 2000, section 5): without it a leaf of rows that are all but certain, one of them wrong, throws the scores away.
    var largestStep: Double {
        switch self {
        case .logistic, .softmax: 4
        case .squaredError, .huber, .poisson, .gamma, .tweedie: .infinity
        }
    }

    /// Whether every unweighted row has the same hessian, 1.
    var hasConstantHessian: Bool { self == .squaredError }

    /// The raw scores that fit best before any tree. `sums` holds the weight of each class, or is empty.
    func baseScores(weightedMean mean: Double, classWeights: [Double]) -> [Double] {
        switch self {
        case .squaredError, .huber: return [mean]
        case .poisson, .gamma, .tweedie: return [log(max(mean, 1e-9))]
        case .logistic:
            let share = min(1 - 1e-6, max(1e-6, mean))
            return [log(share / (1 - share))]
        case .softmax:
            let total = classWeights.reduce(0, +)
            return classWeights.map { log(max($0 / max(total, 1e-300), 1e-6)) }
        }
    }

    /// Derivatives of eight rows for objectives with one score.
    @inline(__always)
    func derivatives(
        score: SIMD8<Float>, target: SIMD8<Float>
    ) -> (gradient: SIMD8<Float>, hessian: SIMD8<Float>) {
        switch self {
        case .squaredError: return (score - target, SIMD8(repeating: 1))
        case .huber(let delta):
            let distance = score - target
            let held = distance.clamped(lowerBound: SIMD8(repeating: -delta), upperBound: SIMD8(repeating: delta))
            return (held, SIMD8(repeating: 1))
        case .poisson:
            let mean = fastExponential(score)
            return (mean - target, mean)
        case .gamma:
            let ratio = target * fastExponential(-score)
            return (1 - ratio, ratio)
        case .tweedie(let power):
            let a = target * fastExponential((1 - power) * score)
            let b = fastExponential((2 - power) * score)
            return (b - a, (2 - power) * b - (1 - power) * a)
        case .logistic, .softmax:
            let p = 1 / (1 + fastExponential(-score))
            return (p - target, p * (1 - p) + 1e-16)
        }
    }

    /// The loss of one row; `scores` has `scoreCount` raw scores, `scoreStride` apart.
    func loss(scores: UnsafePointer<Float>, scoreStride: Int, base: [Double], target: Double) -> Double {
        let score = Double(scores[0]) + base[0]
        switch self {
        case .squaredError: return (score - target) * (score - target)
        case .huber(let delta):
            let distance = abs(score - target)
            let delta = Double(delta)
            return distance <= delta ? 0.5 * distance * distance : delta * (distance - 0.5 * delta)
        case .poisson: return exp(score) - target * score
        case .gamma: return score + target * exp(-score)
        case .tweedie(let power):
            let power = Double(power)
            return -target * exp((1 - power) * score) / (1 - power) + exp((2 - power) * score) / (2 - power)
        case .logistic:
            let signed = target > 0.5 ? score : -score
            return signed > 0 ? log1p(exp(-signed)) : log1p(exp(signed)) - signed
        case .softmax(let classes):
            var highest = -Double.infinity
            for index in 0..<classes { highest = max(highest, Double(scores[index * scoreStride]) + base[index]) }
            var sum = 0.0
            for index in 0..<classes { sum += exp(Double(scores[index * scoreStride]) + base[index] - highest) }
            return highest + log(sum) - (Double(scores[Int(target) * scoreStride]) + base[Int(target)])
        }
    }

    /// Turns raw scores of one row into the outputs of a prediction, in place of `outputs`.
    func finish(_ raw: UnsafePointer<Double>, into outputs: UnsafeMutablePointer<Double>) {
        switch self {
        case .squaredError, .huber: outputs[0] = raw[0]
        case .poisson, .gamma, .tweedie: outputs[0] = exp(max(-700, min(700, raw[0])))
        case .logistic:
            let positive = 1 / (1 + exp(-raw[0]))
            outputs[0] = 1 - positive
            outputs[1] = positive
        case .softmax(let classes):
            var highest = raw[0]
            for index in 1..<classes { highest = max(highest, raw[index]) }
            var sum = 0.0
            for index in 0..<classes {
                outputs[index] = exp(raw[index] - highest)
                sum += outputs[index]
            }
            for index in 0..<classes { outputs[index] /= sum }
        }
    }
}
