import Foundation

/// What a linear learner makes small, without its L1 part: the mean loss of the training rows and the ridge penalty.
///
/// Parameters are `outputCount × (columnCount + 1)` numbers, the last of each output its intercept, which is not penalised.
final class LinearObjective: Sendable {
    enum Loss: Sendable {
        /// −log of the true class's probability, of one score (binary) or one a class.
        case logistic
        /// Half the squared error.
        case squared
    }

    let matrix: DenseMatrix
    let loss: Loss
    let outputCount: Int
    /// Class index or standardised value a row.
    let targets: [Float]
    /// A weight a row; they sum to 1.
    let weights: [Float]
    let ridge: Double

    init(
        _ matrix: DenseMatrix, loss: Loss, outputCount: Int, targets: [Float], weights: [Double], ridge: Double
    ) {
        self.matrix = matrix
        self.loss = loss
        self.outputCount = outputCount
        self.targets = targets
        let total = weights.reduce(0, +)
        self.weights = weights.map { Float($0 / total) }
        self.ridge = ridge
    }

    /// The same objective over about `count` rows, evenly spaced.
    func thinned(to count: Int) -> LinearObjective {
        let step = max(1, matrix.rowCount / max(1, count))
        let rows = Array(stride(from: 0, to: matrix.rowCount, by: step))
        let columns = matrix.columnCount
        var values: [Float] = []
        values.reserveCapacity(rows.count * columns)
        for row in rows { values += matrix.values[row * columns..<(row + 1) * columns] }
        let picked = rows.map { Double(weights[$0]) }
        return LinearObjective(
            DenseMatrix(rowCount: rows.count, columnCount: columns, values: values), loss: loss,
            outputCount: outputCount, targets: rows.map { targets[$0] },
            weights: picked.contains { $0 > 0 } ? picked : rows.map { _ in 1 }, ridge: ridge)
    }

    var parameterCount: Int { outputCount * (matrix.columnCount + 1) }

    /// Whether a parameter is an intercept.
    func isIntercept(_ index: Int) -> Bool { index % (matrix.columnCount + 1) == matrix.columnCount }

    /// Value and gradient. Rows are cut into the same blocks whatever the threads, and the blocks' sums added in order.
    func evaluate(_ parameters: [Double], context: TrainingContext) throws -> (value: Double, gradient: [Double]) {
        try context.check()
        let size = max(512, (matrix.rowCount + 63) / 64)
        let blocks = (matrix.rowCount + size - 1) / size
        let width = parameterCount + 1
        let floats = parameters.map { Float($0) }
        var partial = [Double](repeating: 0, count: blocks * width)
        SharedArray.with(&partial) { buffer in
            context.pool.forEachRowBlock(of: matrix.rowCount, size: size) { [self] block, rows in
                if context.cancellation.isCancelled || context.deadline.hasPassed { return }
                add(rows, floats, to: buffer.base + block * width)
            }
        }
        try context.check()
        var gradient = [Double](repeating: 0, count: parameterCount)
        var value = 0.0
        for block in 0..<blocks {
            value += partial[block * width + width - 1]
            for index in gradient.indices { gradient[index] += partial[block * width + index] }
        }
        for index in gradient.indices where !isIntercept(index) {
            value += 0.5 * ridge * parameters[index] * parameters[index]
            gradient[index] += ridge * parameters[index]
        }
        return (value, gradient)
    }

    /// Adds the rows' gradient, and after it their loss, to `sums`.
    private func add(_ rows: Range<Int>, _ parameters: [Float], to sums: UnsafeMutablePointer<Double>) {
        let columns = matrix.columnCount
        let count = parameterCount
        var gradient = [Float](repeating: 0, count: count)
        var scores = [Double](repeating: 0, count: outputCount)
        var loss = 0.0
        matrix.values.withUnsafeBufferPointer { values in
            parameters.withUnsafeBufferPointer { parameters in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    scores.withUnsafeMutableBufferPointer { scores in
                        guard let start = parameters.baseAddress, let slope = gradient.baseAddress,
                            let score = scores.baseAddress
                        else { return }
                        for row in rows {
                            // A matrix without columns has no storage to point at.
                            let entries = values.baseAddress.map { $0 + row * columns } ?? start
                            for output in 0..<outputCount {
                                let place = output * (columns + 1)
                                score[output] = Double(dot(entries, start + place, columns) + start[place + columns])
                            }
                            loss += Double(weights[row]) * residuals(score, row)
                            for output in 0..<outputCount {
                                let place = output * (columns + 1)
                                let residual = Float(score[output]) * weights[row]
                                addScaled(residual, entries, to: slope + place, columns)
                                slope[place + columns] += residual
                            }
                            if row & 255 == 255 {
                                for index in 0..<count {
                                    sums[index] += Double(slope[index])
                                    slope[index] = 0
                                }
                            }
                        }
                    }
                }
            }
        }
        for index in 0..<count { sums[index] += Double(gradient[index]) }
        sums[count] += loss
    }

    /// Replaces a row's scores by the loss's derivatives and returns the loss.
    @inline(__always)
    private func residuals(_ scores: UnsafeMutablePointer<Double>, _ row: Int) -> Double {
        let target = targets[row]
        if loss == .squared {
            scores[0] -= Double(target)
            return 0.5 * scores[0] * scores[0]
        }
        if outputCount == 1 {
            let score = scores[0]
            let tail = exp(-abs(score))
            let probability = score >= 0 ? 1 / (1 + tail) : tail / (1 + tail)
            scores[0] = probability - Double(target)
            return log1p(tail) + (score >= 0 ? (target == 0 ? score : 0) : (target == 0 ? 0 : -score))
        }
        softmax(scores, outputCount)
        let probability = scores[Int(target)]
        scores[Int(target)] -= 1
        return -log(max(probability, 1e-300))
    }
}
