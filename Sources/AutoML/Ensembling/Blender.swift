import Foundation
import Learners
import Synchronization

/// Greedy selection over columns of numbers: what a metric needs of each candidate's predictions, and the loss of a running
/// sum of them.
struct Blender {
    private enum Loss {
        /// −log of the true class's probability.
        case logarithmic
        /// Squared, absolute, relative and squared logarithmic error; `truth` is the target.
        case squared, absolute, relative, squaredLogarithmic
        /// What a histogram of the second class's probabilities scores.
        case ranking(RankingHistogram.Score)
        /// Whatever the metric says.
        case metric
    }

    /// Cells that the metric's own evaluation may visit in one selection.
    private static let metricWork = 60_000_000
    /// Cells that the kernels may visit in one selection.
    private static let kernelWork = 3_000_000_000

    private let metric: Metric
    private let loss: Loss
    /// Cells a candidate.
    private let width: Int
    /// Candidate-major cells.
    private let cells: [Float]
    private let candidateCount: Int
    /// One a cell.
    private let truth: [Float]
    /// One a row; nil for ones.
    private let weights: [Float]?
    private let target: Target
    private let pool: ThreadPool
    private let rounds: Int

    init(
        _ candidates: [OutOfFold], metric: Metric, decider: Decider = .likeliest, target: Target, rows: [Int32],
        among places: [Int],
        weights: [Float]?, rounds: Int, pool: ThreadPool
    ) {
        self.metric = metric
        self.rounds = rounds
        self.pool = pool
        candidateCount = candidates.count
        let outputs = candidates[0].outputCount
        switch metric {
        case .logLoss: loss = .logarithmic
        case .rmse, .r2, .brier: loss = .squared
        case .mae: loss = .absolute
        case .mape: loss = .relative
        case .rmsle: loss = .squaredLogarithmic
        case .rocAUC where outputs == 2: loss = .ranking(.ranks)
        case .averagePrecision where outputs == 2: loss = .ranking(.precision)
        default:
            if metric.usesClassesOnly, let aim = decider.aim {
                loss = .ranking(.decisions(metric, aim))
            } else {
                loss = .metric
            }
        }
        let kept = Blender.thinned(places.count, loss: loss, outputs: outputs, visits: candidates.count * rounds)
            .map { places[$0] }
        // Differences alone do not need the origin.
        let origin = candidates[0].origin
        let needsOrigin: Bool
        switch loss {
        case .relative, .squaredLogarithmic, .metric: needsOrigin = true
        default: needsOrigin = false
        }
        let values = kept.map { target.values[Int(rows[$0])] - (needsOrigin ? 0 : origin) }
        // The largest of the blended probabilities times their factors is that of the blended products.
        let factors = metric.usesClassesOnly ? decider.factors : nil
        func cell(_ value: Float) -> Float { needsOrigin ? Float(Double(value) + origin) : value }
        self.weights = weights.map { all in kept.map { all[Int(rows[$0])] } }
        self.target = Target(task: target.task, classes: target.classes, values: values)
        var cells: [Float] = []
        cells.reserveCapacity(candidates.count * kept.count)
        switch loss {
        case .logarithmic:
            for candidate in candidates {
                for (index, row) in kept.enumerated() {
                    cells.append(candidate.values[row * outputs + Int(values[index])])
                }
            }
            truth = []
        case .ranking:
            for candidate in candidates { for row in kept { cells.append(candidate.values[row * 2 + 1]) } }
            truth = values.map(Float.init)
        case .squared where outputs > 1, .metric:
            for candidate in candidates {
                for row in kept {
                    let own = candidate.values[row * outputs..<(row + 1) * outputs]
                    if let factors {
                        cells += zip(own, factors).map { Float(Double($0) * $1) }
                    } else {
                        cells += own.map(cell)
                    }
                }
            }
            truth = values.flatMap { value in (0..<outputs).map { Double($0) == value ? Float(1) : 0 } }
        default:
            for candidate in candidates { for row in kept { cells.append(cell(candidate.values[row])) } }
            truth = values.map(Float.init)
        }
        self.cells = cells
        width = cells.count / candidates.count
    }

    /// All rows, or evenly spread ones where all would take too long.
    private static func thinned(_ rows: Int, loss: Loss, outputs: Int, visits: Int) -> [Int] {
        let most: Int
        switch loss {
        case .metric: most = metricWork / max(1, visits * outputs)
        case .squared: most = kernelWork / max(1, visits * outputs)
        default: most = kernelWork / max(1, visits)
        }
        let step = max(1, (rows + most - 1) / max(1, most))
        return Array(stride(from: 0, to: rows, by: min(step, max(1, rows / 200))))
    }

    /// How often each candidate is taken, and the one that is best alone.
    func select() -> (counts: [Int], single: Int) {
        var counts = [Int](repeating: 0, count: candidateCount)
        var bestCounts = counts
        var bestLoss = Double.infinity
        var sum = [Float](repeating: 0, count: width)
        var idle = 0
        var single = 0
        for round in 0..<rounds {
            let losses = losses(sum, size: Float(round + 1))
            guard let chosen = losses.indices.min(by: { (losses[$0], $0) < (losses[$1], $1) }),
                losses[chosen].isFinite
            else { break }
            if round == 0 { single = chosen }
            counts[chosen] += 1
            cells.withUnsafeBufferPointer { cells in
                let own = UnsafeBufferPointer(rebasing: cells[chosen * width..<(chosen + 1) * width])
                for index in 0..<width { sum[index] += own[index] }
            }
            if round == 0 || losses[chosen] < bestLoss - 1e-9 * abs(bestLoss) {
                bestLoss = losses[chosen]
                bestCounts = counts
                idle = 0
            } else {
                idle += 1
                if idle >= 6 { break }
            }
        }
        if bestCounts.allSatisfy({ $0 == 0 }) { bestCounts[0] = 1 }
        return (bestCounts, single)
    }

    /// The loss of `sum` with each candidate added, over `size` of them.
    private func losses(_ sum: [Float], size: Float) -> [Double] {
        let losses = Mutex([Double](repeating: .infinity, count: candidateCount))
        pool.forEach(candidateCount) { candidate in
            let loss = cells.withUnsafeBufferPointer { cells in
                sum.withUnsafeBufferPointer { sum in
                    self.loss(
                        UnsafeBufferPointer(rebasing: cells[candidate * width..<(candidate + 1) * width]), sum, size)
                }
            }
            losses.withLock { $0[candidate] = loss.isNaN ? .infinity : loss }
        }
        return losses.withLock { $0 }
    }

    private func loss(_ own: UnsafeBufferPointer<Float>, _ sum: UnsafeBufferPointer<Float>, _ size: Float) -> Double {
        switch loss {
        case .logarithmic: return logarithmic(own, sum, size)
        case .squared:
            return mean(own, sum, size) { blended, truth in (blended - truth) * (blended - truth) }
        case .absolute: return mean(own, sum, size) { blended, truth in abs(blended - truth) }
        case .relative:
            return mean(own, sum, size) { blended, truth in abs(blended - truth) / max(abs(truth), .ulpOfOne) }
        case .squaredLogarithmic:
            return mean(own, sum, size) { blended, truth in
                let error = log1p(max(0, blended)) - log1p(max(0, truth))
                return error * error
            }
        case .ranking(let score):
            return truth.withUnsafeBufferPointer { truth in
                RankingHistogram.loss(own, sum, size, truth: truth, weights: weights, score)
            }
        case .metric:
            let values = own.indices.map { Double((own[$0] + sum[$0]) / size) }
            let outputs = max(1, target.outputCount)
            return metric.loss(
                metric.evaluate(Predictions(outputCount: outputs, values: values), target, weights: weights))
        }
    }

    /// Mean of −log of the blend; the logarithm is taken of products of eight.
    private func logarithmic(
        _ own: UnsafeBufferPointer<Float>, _ sum: UnsafeBufferPointer<Float>, _ size: Float
    ) -> Double {
        let scale = 1 / Double(size)
        func blended(_ index: Int) -> Double { max(1e-15, Double(own[index] + sum[index]) * scale) }
        var total = 0.0
        guard let weights else {
            var index = 0
            while index < width {
                var product = 1.0
                for place in index..<min(index + 8, width) { product *= blended(place) }
                total -= log(product)
                index += 8
            }
            return total / Double(width)
        }
        var mass = 0.0
        for index in 0..<width {
            total -= Double(weights[index]) * log(blended(index))
            mass += Double(weights[index])
        }
        return total / mass
    }

    @inline(__always)
    private func mean(
        _ own: UnsafeBufferPointer<Float>, _ sum: UnsafeBufferPointer<Float>, _ size: Float,
        _ error: (Float, Float) -> Float
    ) -> Double {
        let scale = 1 / size
        return truth.withUnsafeBufferPointer { truth in
            var total = 0.0
            guard let weights else {
                for index in 0..<width { total += Double(error((own[index] + sum[index]) * scale, truth[index])) }
                return total / Double(width)
            }
            var mass = 0.0
            let outputs = width / weights.count
            for index in 0..<width {
                let weight = Double(weights[index / outputs])
                total += weight * Double(error((own[index] + sum[index]) * scale, truth[index]))
                mass += weight
            }
            return total / mass
        }
    }
}
