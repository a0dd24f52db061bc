import Search

/// Derivatives of every row and score, and their quantised form.
final class GradientStore: Sendable {
    /// Rows a block of the deterministic sums holds.
    static let blockSize = 8192

    /// What one block found of one score.
    struct Extent: BitwiseCopyable {
        var largestGradient = SIMD8<Float>()
        var largestHessian = SIMD8<Float>()
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
        pool.forEachBlock(of: rows.count, size: GradientStore.blockSize) { block, range in
            var extent = Extent()
            RowTile.forEach(rows, range) { tile in
                let (g, h) = objective.derivatives(
                    score: tile.load(scores.base) + shift, target: tile.load(targets.base))
                let weight = tile.weight(weights)
                extent.add(g * weight, h * weight)
                tile.store(g * weight, gradients.base)
                tile.store(h * weight, hessians.base)
            }
            extents.base[block] = extent
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
        pool.forEachBlock(of: rows.count, size: GradientStore.blockSize) { block, range in
            withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: classes) { powers in
                withUnsafeTemporaryAllocation(of: Extent.self, capacity: classes) { found in
                    found.initialize(repeating: Extent())
                    RowTile.forEach(rows, range) { tile in
                        var highest = SIMD8<Float>(repeating: -.infinity)
                        for k in 0..<classes {
                            powers[k] = tile.load(scores.base + k * rowCount) + base[k]
                            highest = pointwiseMax(highest, powers[k])
                        }
                        var sum = SIMD8<Float>()
                        for k in 0..<classes {
                            powers[k] = fastExponential(powers[k] - highest)
                            sum += powers[k]
                        }
                        let weight = tile.weight(weights)
                        let scale = 1 / sum
                        let labels = tile.load(targets.base)
                        for k in 0..<classes {
                            let p = powers[k] * scale
                            let hit = SIMD8<Float>().replacing(with: 1, where: labels .== Float(k))
                            let g = (p - hit) * weight
                            let h = (factor * p * (1 - p) + 1e-16) * weight
                            found[k].add(g, h)
                            tile.store(g, gradients.base + k * rowCount)
                            tile.store(h, hessians.base + k * rowCount)
                        }
                    }
                    for k in 0..<classes { extents.base[k * blocks + block] = found[k] }
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
        let largest = (Double(extent.largestGradient.max()), Double(extent.largestHessian.max()))
        // Sums of 32-bit numbers are a little off: a thousandth of the room makes up for it.
        let gradientUnits = min(32_700 / largest.0, (0x1p31 * 0.999 - rowRoom) / extent.gradients)
        var hessianUnits = min(32_700 / largest.1, (0x1p32 * 0.999 - rowRoom) / extent.hessians)
        if isConstantHessian { hessianUnits = 1 }
        let gradientScale = gradientUnits.isFinite && gradientUnits > 0 ? gradientUnits : 1
        let hessianScale = hessianUnits.isFinite && hessianUnits > 0 ? hessianUnits : 1
        let input = DerivativeArrays(
            gradients: gradients.base + score * rowCount, hessians: hessians.base + score * rowCount)
        let (gUnits, hUnits) = (Float(gradientScale), Float(hessianScale))
        let hessianNoise: Float = isConstantHessian ? 0 : 0.5
        let words = words[score]
        let salt = UInt32(truncatingIfNeeded: seed.child("rounding").value)
        pool.forEachBlock(of: rows.count, size: GradientStore.blockSize) { _, range in
            RowTile.forEach(rows, range) { tile in
                var hash = (tile.rowNumbers ^ salt) &* 0x9e37_79b1
                hash = (hash ^ (hash &>> 15)) &* 0x85eb_ca77
                hash ^= hash &>> 13
                // Random numbers from −½ to ½ are added before rounding to the nearest: 1.5 · 2^23 leaves whole numbers in
                // the low bits.
                let first = unsafeBitCast((hash & 0xffff) | 0x4380_0000, to: SIMD8<Float>.self)  // 256 … 258
                let second = unsafeBitCast((hash &>> 16) | 0x4380_0000, to: SIMD8<Float>.self)
                let g = tile.load(input.gradients) * gUnits + (first - 257) * 0.5
                let h = tile.load(input.hessians) * hUnits + (second - 257) * hessianNoise
                let gradient = unsafeBitCast(g + 12_582_912, to: SIMD8<Int32>.self) &- 0x4b40_0000
                let hessian = unsafeBitCast(h + 12_582_912, to: SIMD8<Int32>.self) &- 0x4b40_0000
                tile.store(gradient &<< 16 | hessian, words.base)
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
    mutating func add(_ gradient: SIMD8<Float>, _ hessian: SIMD8<Float>) {
        let size = gradient.replacing(with: -gradient, where: gradient .< 0)
        largestGradient = pointwiseMax(largestGradient, size)
        largestHessian = pointwiseMax(largestHessian, hessian)
        gradients += Double(size.sum())
        hessians += Double(hessian.sum())
    }

    mutating func merge(_ other: Self) {
        largestGradient = pointwiseMax(largestGradient, other.largestGradient)
        largestHessian = pointwiseMax(largestHessian, other.largestHessian)
        gradients += other.gradients
        hessians += other.hessians
    }
}

/// Read-only arrays for the threads of a pool.
private struct DerivativeArrays: @unchecked Sendable {
    let gradients: UnsafeMutablePointer<Float>
    let hessians: UnsafeMutablePointer<Float>
}
