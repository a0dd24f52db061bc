import Learners

/// Rows in rising order of the second class's probability, sorted once: thresholds are then found in one pass.
struct RankedDecisions {
    /// A threshold, and what it decides of the rows that it was chosen on.
    struct Choice: Sendable, Hashable {
        /// Rows with a higher probability are of the second class.
        var threshold: Double
        /// What these are in truth.
        var counts: DecisionCounts
    }

    private let probabilities: [Float]
    private let isPositive: [Bool]
    private let weights: [Double]?
    private let order: [Int32]

    /// - Parameters:
    ///   - probabilities: of the second class, one a row.
    ///   - truth: 1 for rows of the second class, 0 for the others.
    ///   - weights: one a row; nil for ones.
    init(_ probabilities: [Float], truth: [Double], weights: [Double]?) {
        self.probabilities = probabilities
        isPositive = truth.map { $0 == 1 }
        self.weights = weights
        // Bits of numbers from 0 rise as the numbers do, and equal numbers stay in the order of their rows.
        let keys = probabilities.enumerated().map { UInt64(max(0, $0.element).bitPattern) << 32 | UInt64($0.offset) }
        order = keys.sorted().map { Int32(truncatingIfNeeded: $0 & 0xffff_ffff) }
    }

    /// The threshold that comes nearest to the aim over the rows of which `isUsed` says so. Rows of equal probability are
    /// decided alike. Of equally good thresholds the nearest to 0.5 is taken; one between two probabilities lies midway, or
    /// is 0.5 where that is between them. Nil without rows.
    func best(_ aim: DecisionAim, where isUsed: (Int) -> Bool = { _ in true }) -> Choice? {
        var counts = DecisionCounts(truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0)
        var rows: [Int] = []
        rows.reserveCapacity(order.count)
        for row in order.lazy.map({ Int($0) }) where isUsed(row) {
            rows.append(row)
            if isPositive[row] { counts.truePositives += weight(row) } else { counts.falsePositives += weight(row) }
        }
        guard let lowest = rows.first else { return nil }
        var best: (choice: Choice, distance: (first: Double, second: Double))?
        func consider(_ low: Double, _ high: Double) {
            let distance = aim.distance(counts)
            let threshold = low <= 0.5 && 0.5 < high ? 0.5 : (low + high) / 2
            if let old = best {
                let isNearer =
                    DecisionAim.isNearer(distance, old.distance)
                    ?? (abs(threshold - 0.5) < abs(old.choice.threshold - 0.5))
                guard isNearer else { return }
            }
            best = (Choice(threshold: threshold, counts: counts), distance)
        }
        // No threshold from 0 lies below a probability of 0.
        if probabilities[lowest] > 0 { consider(0, Double(probabilities[lowest])) }
        var place = 0
        while place < rows.count {
            let probability = probabilities[rows[place]]
            while place < rows.count, probabilities[rows[place]] <= probability {
                let (row, weight) = (rows[place], weight(rows[place]))
                if isPositive[row] {
                    counts.truePositives -= weight
                    counts.falseNegatives += weight
                } else {
                    counts.falsePositives -= weight
                    counts.trueNegatives += weight
                }
                place += 1
            }
            if place == rows.count {
                // What is left is what rounding left of sums of weights.
                (counts.truePositives, counts.falsePositives) = (0, 0)
            }
            consider(
                Double(probability),
                place < rows.count ? Double(probabilities[rows[place]]) : max(1, Double(probability)))
        }
        return best?.choice
    }

    private func weight(_ row: Int) -> Double { weights?[row] ?? 1 }
}
