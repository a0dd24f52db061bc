/// Minimises a smooth convex function, optionally plus an L1 penalty: L-BFGS (Liu, Nocedal 1989) with backtracking, and
/// for the penalty its orthant-wise form OWL-QN (Andrew, Gao 2007).
struct QuasiNewton {
    /// Strength of the L1 penalty of each parameter; empty for none.
    var penalties: [Double] = []
    /// Steps at most.
    var maxIterations = 200
    /// Ends when a step lowers the value by less than this share of it, three times in a row.
    var tolerance = 1e-6
    /// Pairs of steps and gradient changes that are kept.
    private let memory = 10

    init() {}

    /// The minimum from `start` on. A deadline that passes after the first step ends it there; other errors are thrown on.
    func minimise(
        _ start: [Double], progress: (Double) -> Void,
        evaluate: ([Double]) throws -> (value: Double, gradient: [Double])
    ) throws -> [Double] {
        var point = start
        var (smooth, gradient) = try evaluate(point)
        var value = smooth + penalty(point)
        var pairs: [(step: [Double], change: [Double], curvature: Double)] = []
        var quiet = 0
        do {
            for iteration in 0..<maxIterations {
                let slope = pseudoGradient(point, gradient)
                let steepest = slope.reduce(0) { max($0, abs($1)) }
                if steepest < 1e-7 { break }
                var direction = descent(slope, pairs)
                if !penalties.isEmpty {
                    for index in direction.indices where direction[index] * slope[index] >= 0 { direction[index] = 0 }
                }
                if inner(direction, slope) >= 0 { direction = slope.map { -$0 } }
                let length = iteration == 0 ? 1 / max(1, inner(slope, slope).squareRoot()) : 1
                guard let next = try search(point, value, slope, direction, from: length, evaluate) else { break }
                let step = zip(next.point, point).map { $0 - $1 }
                let change = zip(next.gradient, gradient).map { $0 - $1 }
                let curvature = inner(step, change)
                if curvature > 1e-10 * inner(change, change) {
                    pairs.append((step, change, curvature))
                    if pairs.count > memory { pairs.removeFirst() }
                }
                let gain = (value - next.value) / max(abs(next.value), 1e-12)
                (point, value, gradient) = (next.point, next.value, next.gradient)
                progress(Double(iteration + 1) / Double(maxIterations))
                quiet = gain < tolerance ? quiet + 1 : 0
                if quiet == 3 { break }
            }
        } catch TrainingError.deadlineExceeded {
            return point
        }
        return point
    }

    private func penalty(_ point: [Double]) -> Double { zip(penalties, point).reduce(0) { $0 + $1.0 * abs($1.1) } }

    /// The gradient with the L1 penalty's; where that has none, its nearest to zero.
    private func pseudoGradient(_ point: [Double], _ gradient: [Double]) -> [Double] {
        if penalties.isEmpty { return gradient }
        return gradient.indices.map { index in
            let strength = penalties[index]
            if point[index] > 0 { return gradient[index] + strength }
            if point[index] < 0 { return gradient[index] - strength }
            if gradient[index] > strength { return gradient[index] - strength }
            if gradient[index] < -strength { return gradient[index] + strength }
            return 0
        }
    }

    /// The two-loop recursion.
    private func descent(
        _ slope: [Double], _ pairs: [(step: [Double], change: [Double], curvature: Double)]
    ) -> [Double] {
        var direction = slope.map { -$0 }
        var shares: [Double] = []
        for pair in pairs.reversed() {
            let share = inner(pair.step, direction) / pair.curvature
            shares.append(share)
            for index in direction.indices { direction[index] -= share * pair.change[index] }
        }
        if let last = pairs.last {
            let scale = last.curvature / inner(last.change, last.change)
            for index in direction.indices { direction[index] *= scale }
        }
        for (pair, share) in zip(pairs, shares.reversed()) {
            let correction = share - inner(pair.change, direction) / pair.curvature
            for index in direction.indices { direction[index] += correction * pair.step[index] }
        }
        return direction
    }

    private func search(
        _ point: [Double], _ value: Double, _ slope: [Double], _ direction: [Double], from length: Double,
        _ evaluate: ([Double]) throws -> (value: Double, gradient: [Double])
    ) throws -> (point: [Double], value: Double, gradient: [Double])? {
        var length = length
        for _ in 0..<25 {
            var next = point.indices.map { point[$0] + length * direction[$0] }
            if !penalties.isEmpty {
                for index in next.indices where penalties[index] > 0 {
                    let side = point[index] != 0 ? point[index] : -slope[index]
                    if next[index] * side <= 0 { next[index] = 0 }
                }
            }
            let (smooth, gradient) = try evaluate(next)
            let reached = smooth + penalty(next)
            let expected = zip(zip(next, point), slope).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
            if reached.isFinite, reached <= value + 1e-4 * expected, reached < value {
                return (next, reached, gradient)
            }
            length /= 2
        }
        return nil
    }

    private func inner(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }
}
