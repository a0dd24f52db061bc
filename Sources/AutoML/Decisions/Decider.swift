import Learners

/// How probabilities become classes where a metric scores these.
struct Decider: Sendable, Hashable {
    /// What the kind of decision is.
    enum Kind: Sendable, Hashable {
        /// The class of the highest probability times its weight, of equal ones the first.
        case largest(weights: [Double]?)
        /// The second of two classes above this probability.
        case above(Double)
        /// The second of two classes above a threshold that is chosen on rows whose class is known.
        case chosen(DecisionAim)
    }

    let kind: Kind
    /// The class of the highest probability.
    static let likeliest = Decider(kind: .largest(weights: nil))

    /// The factor of each class's probability after which the largest one decides, as far as that says it; nil for ones.
    var factors: [Double]? {
        switch kind {
        case .largest(let weights): weights
        case .above(let threshold): threshold == 0.5 ? nil : [threshold, 1 - threshold]
        case .chosen: nil
        }
    }

    /// What a threshold is chosen for; nil where none is.
    var aim: DecisionAim? {
        if case .chosen(let aim) = kind { aim } else { nil }
    }

    /// Decisions for all rows as predictions of which the highest decides. A threshold that is chosen is, for the rows of
    /// each part, the best on the rows of the others: no row is decided by a choice that it had a share in.
    /// - Parameters:
    ///   - truth: the index of the class, one a row.
    ///   - weights: one a row; nil for ones.
    ///   - parts: the part of each row.
    ///   - only: the one part whose decisions are wanted; nil for all.
    func decided(
        _ predictions: OutOfFold, truth: [Double], weights: [Double]?, parts: [UInt8], of only: UInt8? = nil
    ) -> Predictions {
        switch kind {
        case .largest(let factors): return predictions.predictions.weighted(factors)
        case .above(let threshold): return Decider.decided(predictions) { _ in threshold }
        case .chosen(let aim):
            let ranked = RankedDecisions(predictions.secondClass, truth: truth, weights: weights)
            var thresholds = [Double](repeating: 0.5, count: 256)
            for part in only.map({ [$0] }) ?? Set(parts) {
                thresholds[Int(part)] = ranked.best(aim) { parts[$0] != part }?.threshold ?? 0.5
            }
            return Decider.decided(predictions) { thresholds[Int(parts[$0])] }
        }
    }

    /// Decisions for all rows, at the threshold that is best on them.
    func decidedAtBest(_ predictions: OutOfFold, truth: [Double], weights: [Double]?) -> Predictions {
        guard let aim else { return decided(predictions, truth: truth, weights: weights, parts: []) }
        let best = RankedDecisions(predictions.secondClass, truth: truth, weights: weights).best(aim)
        return Decider.decided(predictions) { _ in best?.threshold ?? 0.5 }
    }

    /// Decisions at a threshold for each row.
    static func decided(_ predictions: OutOfFold, _ threshold: (Int) -> Double) -> Predictions {
        var values: [Double] = []
        values.reserveCapacity(predictions.values.count)
        for row in 0..<predictions.rowCount {
            let isSecond = Double(predictions.values[row * 2 + 1]) > threshold(row)
            values.append(isSecond ? 0 : 1)
            values.append(isSecond ? 1 : 0)
        }
        return Predictions(outputCount: 2, values: values)
    }
}

extension OutOfFold {
    /// The probability of the second of two classes, one a row.
    var secondClass: [Float] { (0..<rowCount).map { values[$0 * 2 + 1] } }
}

extension Predictions {
    /// Each class's probability times its factor; the same where there are none.
    func weighted(_ factors: [Double]?) -> Predictions {
        guard let factors, factors.count == outputCount else { return self }
        return Predictions(
            outputCount: outputCount, values: values.enumerated().map { $0.element * factors[$0.offset % outputCount] })
    }
}
