import Search

/// Derivatives of every row and score, and their quantised form.
final class GradientStore: Sendable {
    /// Rows a block of the deterministic sums holds.
    static let blockSize = 8192

    /// What one block found of one score.
    struct Extent: BitwiseCopyable {
        var largestGradient: Float = 0
        var largestHessian: Float = 0
        var gradients = 0.0
        var hessians = 0.0
    }

    let rowCount: Int
    let gradients: NumberBuffer<Float>
    let hessians: NumberBuffer<Float>
    /// Quantised words, one set a score.
    let words: [NumberBuffer<Int32>]
    private let extents: NumberBuffer<Extent>
    private let blocks: Int

    init(rowCount: Int, scoreCount: Int) {
        self.rowCount = rowCount
        gradients = NumberBuffer(repeating: 0, count: rowCount * scoreCount)
        hessians = NumberBuffer(repeating: 0, count: rowCount * scoreCount)
        words = (0..<scoreCount).map { _ in NumberBuffer(repeating: 0, count: rowCount) }
        blocks = rowCount / GradientStore.blockSize + 1
        extents = NumberBuffer(repeating: Extent(), count: blocks * scoreCount)
    }

    /// Derivatives of `rows` under an objective with one score.
    func compute(
        _ objective: Objective, rows: NumberBuffer<Int32>, scores: NumberBuffer<Float>, shift: Float,
        targets: NumberBuffer<Float>, weights: NumberBuffer<Float>?, pool: ThreadPool
    ) {
        let (gradients, hessians, extents) = (gradients, hessians, extents)
        pool.forEachRowBlock(of: rows.count, size: GradientStore.blockSize) { block, range in
            func run(_ derivatives: (Float, Float) -> (gradient: Float, hessian: Float)) {
                var extent = Extent()
                for index in range {
                    let row = Int(rows.base[index])
                    var (g, h) = derivatives(scores.base[row] + shift, targets.base[row])
                    if let weights {
                        g *= weights.base[row]
                        h *= weights.base[row]
                    }
                    gradients.base[row] = g
                    hessians.base[row] = h
                    extent.add(g, h)
                }
                extents.base[block] = extent
            }
            switch objective {
            case .squaredError: run { Objective.squaredError.derivatives(score: $0, target: $1) }
            case .logistic: run { Objective.logistic.derivatives(score: $0, target: $1) }
            default: run { objective.derivatives(score: $0, target: $1) }
            }
        }
    }

    /// Derivatives of `rows` under softmax. The hessian is p (1 − p) · K ∕ (K − 1), after Friedman (2001).
    func computeSoftmax(
        classes: Int, rows: NumberBuffer<Int32>, scores: NumberBuffer<Float>, base: [Float],
        targets: NumberBuffer<Float>, weights: NumberBuffer<Float>?, pool: ThreadPool
    ) {
        let (gradients, hessians, extents) = (gradients, hessians, extents)
        let (rowCount, blocks) = (rowCount, blocks)
        let factor = Float(classes) / Float(classes - 1)
        pool.forEachRowBlock(of: rows.count, size: GradientStore.blockSize) { block, range in
            for k in 0..<classes { extents.base[k * blocks + block] = Extent() }
            for index in range {
                let row = Int(rows.base[index])
                var highest = -Float.infinity
                for k in 0..<classes { highest = max(highest, scores.base[k * rowCount + row] + base[k]) }
                var sum: Float = 0
                for k in 0..<classes {
                    let e = fastExponential(scores.base[k * rowCount + row] + base[k] - highest)
                    gradients.base[k * rowCount + row] = e
                    sum += e
                }
                let scale = 1 / sum
                let weight = weights.map { $0.base[row] } ?? 1
                let label = Int(targets.base[row])
                for k in 0..<classes {
                    let place = k * rowCount + row
                    let p = gradients.base[place] * scale
                    let g = (p - (k == label ? 1 : 0)) * weight
                    let h = max(factor * p * (1 - p), 1e-16) * weight
                    gradients.base[place] = g
                    hessians.base[place] = h
                    extents.base[k * blocks + block].add(g, h)
                }
            }
        }
    }

    /// The derivatives of one score as whole numbers, rounded up or down by chance so that sums stay true on average. The
    /// units are the finest with which no sum over `rows` can leave its 32 bits.
    func quantize(
        score: Int, rows: NumberBuffer<Int32>, computed: Int, isConstantHessian: Bool, seed: Seed, pool: ThreadPool
    ) -> QuantizedGradients {
        var extent = Extent()
        for block in 0..<((computed + GradientStore.blockSize - 1) / GradientStore.blockSize) {
            extent.merge(extents.base[score * blocks + block])
        }
        let rowRoom = Double(rows.count) + 2
        let gradientUnits = min(32_766 / Double(extent.largestGradient), (0x1p31 - rowRoom) / extent.gradients)
        var hessianUnits = min(65_534 / Double(extent.largestHessian), (0x1p32 - rowRoom) / extent.hessians)
        if isConstantHessian { hessianUnits = 1 }
        let gradientScale = gradientUnits.isFinite && gradientUnits > 0 ? gradientUnits : 1
        let hessianScale = hessianUnits.isFinite && hessianUnits > 0 ? hessianUnits : 1
        let (g, h) = (gradients.base + score * rowCount, hessians.base + score * rowCount)
        let input = DerivativeArrays(gradients: g, hessians: h)
        let (gUnits, hUnits) = (Float(gradientScale), Float(hessianScale))
        let words = words[score]
        let salt = UInt32(truncatingIfNeeded: seed.child("rounding").value)
        pool.forEachRowBlock(of: rows.count, size: GradientStore.blockSize) { _, range in
            for index in range {
                let row = Int(rows.base[index])
                var hash = (UInt32(truncatingIfNeeded: row) ^ salt) &* 0x9e37_79b1
                hash = (hash ^ (hash >> 15)) &* 0x85eb_ca77
                hash ^= hash >> 13
                let first = Float(hash & 0xffff) * 0x1p-16
                let second = Float(hash >> 16) * 0x1p-16
                let gradient = Int32((input.gradients[row] * gUnits + first).rounded(.down))
                let hessian = Int32(input.hessians[row] * hUnits + second)
                words.base[row] = HistogramBuilder.pack(gradient: gradient, hessian: hessian)
            }
        }
        return QuantizedGradients(words: words, gradientScale: 1 / gradientScale, hessianScale: 1 / hessianScale)
    }

    /// Sums of the true derivatives over `rows`, always added in the same order.
    func sums(score: Int, rows: UnsafePointer<Int32>, count: Int) -> (gradient: Double, hessian: Double) {
        let (g, h) = (gradients.base + score * rowCount, hessians.base + score * rowCount)
        var (g0, g1, h0, h1) = (0.0, 0.0, 0.0, 0.0)
        var index = 0
        while index + 1 < count {
            let (a, b) = (Int(rows[index]), Int(rows[index + 1]))
            g0 += Double(g[a])
            g1 += Double(g[b])
            h0 += Double(h[a])
            h1 += Double(h[b])
            index += 2
        }
        if index < count {
            g0 += Double(g[Int(rows[index])])
            h0 += Double(h[Int(rows[index])])
        }
        return (g0 + g1, h0 + h1)
    }
}

extension GradientStore.Extent {
    @inline(__always)
    mutating func add(_ gradient: Float, _ hessian: Float) {
        largestGradient = max(largestGradient, abs(gradient))
        largestHessian = max(largestHessian, hessian)
        gradients += Double(abs(gradient))
        hessians += Double(hessian)
    }

    mutating func merge(_ other: Self) {
        largestGradient = max(largestGradient, other.largestGradient)
        largestHessian = max(largestHessian, other.largestHessian)
        gradients += other.gradients
        hessians += other.hessians
    }
}

/// Read-only arrays for the threads of a pool.
private struct DerivativeArrays: @unchecked Sendable {
    let gradients: UnsafeMutablePointer<Float>
    let hessians: UnsafeMutablePointer<Float>
}
