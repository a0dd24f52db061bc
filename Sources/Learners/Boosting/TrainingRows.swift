/// The rows of one training: each once, ascending, with what it weighs.
struct TrainingRows: Sendable {
    /// Rows to learn from.
    let rows: [Int32]
    /// A weight a row of the problem, where any differs from 1.
    let weights: NumberBuffer<Float>?
    /// Weight of all rows.
    let totalWeight: Double
    /// Weight of each class; empty for regression.
    let classWeights: [Double]

    /// Rows given more than once weigh as much more; rows of weight 0 are left out.
    init(_ problem: LearningProblem, rows given: [Int32], balancesClasses: Bool) {
        var counts = [Int32](repeating: 0, count: problem.rowCount)
        for row in given { counts[Int(row)] += 1 }
        let target = problem.target
        var weight = [Float](repeating: 0, count: problem.rowCount)
        for row in counts.indices where counts[row] > 0 {
            weight[row] = Float(counts[row]) * (problem.weights?[row] ?? 1)
        }
        if balancesClasses, target.task.isClassification {
            var sums = [Double](repeating: 0, count: target.classes.count)
            for row in weight.indices { sums[Int(target.values[row])] += Double(weight[row]) }
            let present = Double(sums.count { $0 > 0 })
            let total = sums.reduce(0, +)
            for row in weight.indices where weight[row] > 0 {
                weight[row] *= Float(total / (present * sums[Int(target.values[row])]))
            }
        }
        rows = weight.indices.filter { weight[$0] > 0 }.map { Int32($0) }
        var total = 0.0
        var classes = [Double](repeating: 0, count: target.task.isClassification ? target.classes.count : 0)
        for row in rows {
            total += Double(weight[Int(row)])
            if !classes.isEmpty { classes[Int(target.values[Int(row)])] += Double(weight[Int(row)]) }
        }
        totalWeight = total
        classWeights = classes
        let isPlain = rows.allSatisfy { weight[Int($0)] == 1 }
        weights = isPlain ? nil : NumberBuffer(weight, filler: 1)
    }

    /// The standard deviation of the rows' values around `mean`, weighted; 1 where they do not differ or it is no number. It is
    /// taken in terms of the largest distance, so that values of any size have one and a power of two as a factor is kept
    /// exactly.
    func deviation(of values: [Double], around mean: Double) -> Double {
        let largest = rows.reduce(0) { max($0, abs(values[Int($1)] - mean)) }
        guard largest > 0, largest.isFinite else { return 1 }
        var sum = 0.0
        for row in rows {
            let share = (values[Int(row)] - mean) / largest
            sum += share * share * Double(weights?.base[Int(row)] ?? 1)
        }
        let deviation = largest * (sum / totalWeight).squareRoot()
        return deviation > 0 && deviation.isFinite ? deviation : 1
    }
}
