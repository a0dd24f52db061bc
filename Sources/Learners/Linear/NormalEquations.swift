/// Weighted second moments of a matrix's columns with each other and with a target, all about their means.
struct NormalEquations {
    let count: Int
    /// Means of the columns.
    let means: [Double]
    /// Mean of the target.
    let targetMean: Double
    /// `count × count`, symmetric.
    let moments: [Double]
    /// Of each column with the target.
    let target: [Double]

    /// Sums in the same blocks of rows whatever the threads; `weights` sum to 1.
    init(_ matrix: DenseMatrix, targets: [Float], weights: [Float], context: TrainingContext) throws {
        let width = matrix.columnCount
        let chunks = 8
        let size = max(256, (matrix.rowCount + chunks - 1) / chunks)
        let used = (matrix.rowCount + size - 1) / size
        // For each chunk: the upper triangle, the columns' sums, those with the target, and the target's own sum.
        let stride = width * width + 2 * width + 1
        var sums = [Double](repeating: 0, count: used * stride)
        SharedArray.with(&sums) { buffer in
            context.pool.forEachRowBlock(of: matrix.rowCount, size: size) { chunk, rows in
                var start = rows.lowerBound
                while start < rows.upperBound {
                    if context.cancellation.isCancelled || context.deadline.hasPassed { return }
                    let part = start..<min(start + 256, rows.upperBound)
                    NormalEquations.add(part, matrix, targets, weights, to: buffer.base + chunk * stride)
                    start = part.upperBound
                }
            }
        }
        try context.check()
        var total = [Double](repeating: 0, count: stride)
        for chunk in 0..<used {
            for index in 0..<stride { total[index] += sums[chunk * stride + index] }
        }
        count = width
        let columnMeans = Array(total[width * width..<width * width + width])
        let mean = total[stride - 1]
        means = columnMeans
        targetMean = mean
        target = (0..<width).map { total[width * width + width + $0] - columnMeans[$0] * mean }
        var moments = [Double](repeating: 0, count: width * width)
        for row in 0..<width {
            for column in row..<width {
                let moment = total[row * width + column] - columnMeans[row] * columnMeans[column]
                moments[row * width + column] = moment
                moments[column * width + row] = moment
            }
        }
        self.moments = moments
    }

    private static func add(
        _ rows: Range<Int>, _ matrix: DenseMatrix, _ targets: [Float], _ weights: [Float],
        to sums: UnsafeMutablePointer<Double>
    ) {
        let width = matrix.columnCount
        var triangle = [Float](repeating: 0, count: width * width)
        var first = [Float](repeating: 0, count: width)
        var withTarget = first
        var targetSum = 0.0
        let zeros = first
        matrix.values.withUnsafeBufferPointer { values in
            zeros.withUnsafeBufferPointer { zeros in
                triangle.withUnsafeMutableBufferPointer { triangle in
                    guard let base = values.baseAddress, let none = zeros.baseAddress,
                        let upper = triangle.baseAddress
                    else { return }
                    var row = rows.lowerBound
                    while row < rows.upperBound {
                        // Four rows at a time; past the end, rows of zeros.
                        func entries(_ offset: Int) -> UnsafePointer<Float> {
                            row + offset < rows.upperBound ? base + (row + offset) * width : none
                        }
                        let (x0, x1, x2, x3) = (entries(0), entries(1), entries(2), entries(3))
                        var weight = SIMD4<Float>.zero
                        for lane in 0..<min(4, rows.upperBound - row) { weight[lane] = weights[row + lane] }
                        for column in 0..<width {
                            let scales = SIMD4(x0[column], x1[column], x2[column], x3[column]) * weight
                            if scales == .zero { continue }
                            addScaled(
                                scales, x0 + column, x1 + column, x2 + column, x3 + column,
                                to: upper + column * width + column, width - column)
                        }
                        row += 4
                    }
                }
            }
            for row in rows {
                let weighted = weights[row] * targets[row]
                targetSum += Double(weighted)
                for column in 0..<width {
                    first[column] += weights[row] * values[row * width + column]
                    withTarget[column] += weighted * values[row * width + column]
                }
            }
        }
        for index in triangle.indices { sums[index] += Double(triangle[index]) }
        for column in 0..<width {
            sums[width * width + column] += Double(first[column])
            sums[width * width + width + column] += Double(withTarget[column])
        }
        sums[width * width + 2 * width] += targetSum
    }

    /// Coefficients of ridge regression, by Cholesky's decomposition.
    func ridge(_ strength: Double, context: TrainingContext) throws -> [Double] {
        var lower = moments
        let trace = (0..<count).reduce(0) { $0 + moments[$1 * count + $1] }
        let jitter = strength + 1e-9 * max(trace / Double(max(1, count)), 1e-9)
        for row in 0..<count {
            try context.check()
            for column in 0...row {
                var sum = lower[row * count + column] + (row == column ? jitter : 0)
                for index in 0..<column { sum -= lower[row * count + index] * lower[column * count + index] }
                if row == column {
                    lower[row * count + row] = max(sum, jitter).squareRoot()
                } else {
                    lower[row * count + column] = sum / lower[column * count + column]
                }
            }
        }
        var solution = target
        for row in 0..<count {
            for index in 0..<row { solution[row] -= lower[row * count + index] * solution[index] }
            solution[row] /= lower[row * count + row]
        }
        for row in stride(from: count - 1, through: 0, by: -1) {
            for index in row + 1..<max(row + 1, count) { solution[row] -= lower[index * count + row] * solution[index] }
            solution[row] /= lower[row * count + row]
        }
        return solution
    }

    /// Coefficients of the elastic net, by coordinate descent on the moments (Friedman, Hastie, Tibshirani 2010).
    func elasticNet(l1: Double, l2: Double, context: TrainingContext) throws -> [Double] {
        var solution = [Double](repeating: 0, count: count)
        var residual = target
        for _ in 0..<1_000 {
            do {
                try context.check()
            } catch TrainingError.deadlineExceeded {
                return solution
            }
            var largest = 0.0
            for column in 0..<count {
                let own = moments[column * count + column]
                let scale = own + l2
                if scale <= 0 { continue }
                let pull = residual[column] + own * solution[column]
                let next = pull > l1 ? (pull - l1) / scale : pull < -l1 ? (pull + l1) / scale : 0
                let change = next - solution[column]
                if change == 0 { continue }
                solution[column] = next
                for index in 0..<count { residual[index] -= change * moments[column * count + index] }
                largest = max(largest, abs(change))
            }
            if largest < 1e-7 { break }
        }
        return solution
    }
}
