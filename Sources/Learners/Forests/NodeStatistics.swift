import Foundation

/// Sums over the rows on one side of a split and, by subtraction, over those on the other.
///
/// Rows are added one at a time; `score` rises with the purity of the two sides. Each tree adds its rows in an order of its
/// own making, so the sums do not depend on the threads.
protocol NodeStatistics {
    /// Empties the left side.
    mutating func reset()
    /// Moves a row from the right side to the left.
    mutating func moveLeft(_ row: Int)
    /// How pure the two sides are.
    var score: Double { get }
    /// Weight of the left side.
    var leftWeight: Double { get }
    /// What orders the categories of a feature: a row's weight and the share of it that counts.
    func ordering(_ row: Int) -> (weight: Double, value: Double)
}

/// For regression and two classes: weights and weighted values; the score is that of the variance, or half of Gini's.
struct MeanStatistics: NodeStatistics {
    let weights: UnsafePointer<Float>
    let values: UnsafePointer<Float>
    var totalWeight = 0.0
    var totalValue = 0.0
    private(set) var leftWeight = 0.0
    private var leftValue = 0.0

    init(weights: UnsafePointer<Float>, values: UnsafePointer<Float>, rows: UnsafeBufferPointer<Int32>) {
        self.weights = weights
        self.values = values
        for row in rows {
            totalWeight += Double(weights[Int(row)])
            totalValue += Double(weights[Int(row)]) * Double(values[Int(row)])
        }
    }

    mutating func reset() { (leftWeight, leftValue) = (0, 0) }

    @inline(__always)
    mutating func moveLeft(_ row: Int) {
        let weight = Double(weights[row])
        leftWeight += weight
        leftValue += weight * Double(values[row])
    }

    @inline(__always)
    var score: Double {
        let right = totalValue - leftValue
        let left = leftWeight > 0 ? leftValue * leftValue / leftWeight : 0
        return totalWeight > leftWeight ? left + right * right / (totalWeight - leftWeight) : left
    }

    func ordering(_ row: Int) -> (weight: Double, value: Double) { (Double(weights[row]), Double(values[row])) }
}

/// For classes: weights of each, with the sums of their squares (Gini) or of w log w (entropy) kept up row by row.
struct ClassStatistics: NodeStatistics {
    let weights: UnsafePointer<Float>
    let labels: UnsafePointer<Float>
    /// Class weights of the node, then of the left side.
    let sums: UnsafeMutablePointer<Double>
    let classes: Int
    let usesEntropy: Bool
    /// The class that orders categories.
    private var main = 0
    private var totalWeight = 0.0
    private var totalPurity = 0.0
    private(set) var leftWeight = 0.0
    private var leftPurity = 0.0
    private var rightPurity = 0.0

    /// `sums` has room for two numbers a class.
    init(
        weights: UnsafePointer<Float>, labels: UnsafePointer<Float>, classes: Int, usesEntropy: Bool,
        sums: UnsafeMutablePointer<Double>, rows: UnsafeBufferPointer<Int32>
    ) {
        self.weights = weights
        self.labels = labels
        self.classes = classes
        self.usesEntropy = usesEntropy
        self.sums = sums
        for index in 0..<(2 * classes) { sums[index] = 0 }
        for row in rows { sums[Int(labels[Int(row)])] += Double(weights[Int(row)]) }
        for index in 0..<classes {
            totalWeight += sums[index]
            totalPurity += purity(sums[index])
            if sums[index] > sums[main] { main = index }
        }
        reset()
    }

    /// Whether one class has all the rows.
    var isPure: Bool { sums[main] >= totalWeight }

    @inline(__always)
    private func purity(_ weight: Double) -> Double {
        usesEntropy ? (weight > 0 ? weight * log(weight) : 0) : weight * weight
    }

    mutating func reset() {
        for index in classes..<(2 * classes) { sums[index] = 0 }
        (leftWeight, leftPurity, rightPurity) = (0, 0, totalPurity)
    }

    @inline(__always)
    mutating func moveLeft(_ row: Int) {
        let weight = Double(weights[row])
        let label = Int(labels[row])
        let left = sums[classes + label]
        let right = sums[label] - left
        leftPurity += purity(left + weight) - purity(left)
        rightPurity += purity(max(0, right - weight)) - purity(right)
        sums[classes + label] = left + weight
        leftWeight += weight
    }

    @inline(__always)
    var score: Double {
        let right = totalWeight - leftWeight
        if usesEntropy { return leftPurity + rightPurity - purity(leftWeight) - purity(max(0, right)) }
        return (leftWeight > 0 ? leftPurity / leftWeight : 0) + (right > 0 ? rightPurity / right : 0)
    }

    func ordering(_ row: Int) -> (weight: Double, value: Double) {
        (Double(weights[row]), Int(labels[row]) == main ? 1 : 0)
    }
}
