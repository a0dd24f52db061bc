import Learners
import Search
import Tabular

/// Shapley values of any model by sampling orders of the columns (Štrumbelj, Kononenko 2014), each order with its reverse
/// (Mitchell et al. 2022): a row's columns replace those of a background row one after another, and each column gets what the
/// prediction moved by when its turn came.
///
/// Orders and background rows are the same for every row, so that all have one base, and each order's moves sum to the whole
/// way: values and base sum to the prediction exactly, however few orders there are.
struct SampledShapley {
    let bag: ModelBag
    /// Rows that stand for what is not known.
    let background: Table
    /// The column that each feature belongs to; features of one column are replaced together.
    let columnOf: [String: Int]
    let columnCount: Int
    let isBinary: Bool

    struct Result {
        var orders: Int
        var isRegression: Bool
        var base: [Double]
        var values: [Double]
        /// Standard errors of the values.
        var errors: [Double]
    }

    /// Values for every row of `features`; the number of orders follows from the budget, the rows and the columns.
    func values(_ features: Table, budget: Int, context: TrainingContext) throws -> Result {
        let rows = features.rowCount
        let pairs = max(2, min(64, budget / max(1, 2 * rows * max(1, columnCount - 1))))
        guard let joined = Table(joining: [features, background]), background.rowCount > 0 else {
            throw AutoMLError(.unsuitableInput, "there are no rows to compare with")
        }
        let predictions = try bag.predict(features, context: context)
        let ends = outputs(predictions)
        // Not of the values' number: there may be no rows.
        let outputCount = isBinary ? 1 : predictions.outputCount
        var random = Seed(0x5ea9).child("orders").generator()
        var base = [Double](repeating: 0, count: outputCount)
        var sums = [Double](repeating: 0, count: rows * columnCount * outputCount)
        var squares = sums
        for _ in 0..<pairs {
            try context.check()
            var order = Array(0..<columnCount)
            random.shuffle(&order)
            let other = random.below(background.rowCount)
            let start = outputs(try bag.predict(background.selecting([Int32(other)]), context: context))
            for output in base.indices { base[output] += start[output] / Double(pairs) }
            let forward = try moves(order, joined, other: rows + other, rows, start, ends, context)
            let backward = try moves(order.reversed(), joined, other: rows + other, rows, start, ends, context)
            for index in sums.indices {
                let mean = (forward[index] + backward[index]) / 2
                sums[index] += mean
                squares[index] += mean * mean
            }
        }
        let count = Double(pairs)
        let errors = sums.indices.map { index -> Double in
            let mean = sums[index] / count
            return (max(0, squares[index] / count - mean * mean) / (count - 1)).squareRoot()
        }
        return Result(
            orders: 2 * pairs, isRegression: !isBinary && outputCount == 1, base: base,
            values: sums.map { $0 / count }, errors: errors)
    }

    /// The second class of two, each of more, or the value.
    private func outputs(_ predictions: Predictions) -> [Double] {
        guard isBinary else { return predictions.values }
        return (0..<predictions.rowCount).map { predictions.values[$0 * 2 + 1] }
    }

    /// What each column moves the prediction by in this order: `rows × columns × outputs`.
    private func moves(
        _ order: [Int], _ joined: Table, other: Int, _ rows: Int, _ start: [Double], _ ends: [Double],
        _ context: TrainingContext
    ) throws -> [Double] {
        let outputCount = start.count
        var rank = [Int](repeating: 0, count: columnCount)
        for (place, column) in order.enumerated() { rank[column] = place }
        let steps = columnCount - 1
        var between: [Double] = []
        if steps > 0 {
            let composed = joined.columns.map { column -> Column in
                let place = rank[columnOf[column.name] ?? 0]
                var picked: [Int32] = []
                picked.reserveCapacity(rows * steps)
                for row in 0..<rows {
                    for step in 1...steps { picked.append(Int32(place < step ? row : other)) }
                }
                return column.selecting(picked)
            }
            between = outputs(
                try bag.predict(Table(columns: composed, rowCount: rows * steps), context: context))
        }
        var result = [Double](repeating: 0, count: rows * columnCount * outputCount)
        for row in 0..<rows {
            for output in 0..<outputCount {
                var last = start[output]
                for (place, column) in order.enumerated() {
                    let value =
                        place == steps
                        ? ends[row * outputCount + output]
                        : between[(row * steps + place) * outputCount + output]
                    result[(row * columnCount + column) * outputCount + output] = value - last
                    last = value
                }
            }
        }
        return result
    }
}
