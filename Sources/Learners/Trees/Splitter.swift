import Search

/// Finds the best split of a leaf from its histogram. Gains are in units of quantised gradients until the end.
struct Splitter {
    let features: BinnedFeatures
    let parameters: TreeParameters
    /// Units of the gradients and hessians.
    let gradientScale: Double
    let hessianScale: Double

    /// A leaf to split.
    struct Leaf {
        /// The histogram of all groups.
        var histogram: UnsafePointer<Int64>
        /// Sums of the leaf.
        var total: Int64
        /// Rows of the leaf.
        var rows: Int
        /// Decides random thresholds and the features of the node.
        var seed: Seed
    }

    private struct Limits {
        var total: Int64
        var totalGradient: Double
        var totalHessian: Double
        /// Smallest sum of hessians of a side.
        var low: Double
        /// Largest sum of hessians of a side.
        var high: Double
        var l1: Double
        var l2: Double
        /// What an undivided leaf scores.
        var parent: Double
        /// Rows a unit of hessian stands for.
        var rowsPerHessian: Double
    }

    /// The best split over `candidates`; its gain is 0 where there is none.
    func best(_ leaf: Leaf, candidates: [Int]) -> Split {
        var best = Split()
        let total = HistogramBuilder.hessian(leaf.total)
        guard total > 0, Double(leaf.rows) >= 2 * parameters.minimumRows else { return best }
        let rowsPerHessian = Double(leaf.rows) / total
        let low = max(
            (parameters.minimumRows - 0.5) / rowsPerHessian, parameters.minimumHessian / hessianScale, 0.5)
        let gradient = HistogramBuilder.gradient(leaf.total)
        var limits = Limits(
            total: leaf.total, totalGradient: gradient, totalHessian: total, low: low, high: total - low,
            l1: parameters.l1 / gradientScale, l2: parameters.l2 / hessianScale, parent: 0,
            rowsPerHessian: rowsPerHessian)
        limits.parent = Splitter.score(gradient, total, limits.l1, limits.l2)
        let unit = gradientScale * gradientScale / hessianScale
        best.gain = max(parameters.minimumGain / unit, limits.parent * 1e-12)
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 256) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            for index in candidates {
                let feature = features.features[index]
                let bins = Splitter.bins(of: feature, features, leaf.histogram, total: leaf.total, scratch: scratch)
                if feature.isCategorical {
                    categorical(index, feature, bins, limits, &best)
                } else if parameters.randomThresholds {
                    var random = leaf.seed.child("threshold", index).generator()
                    randomThreshold(index, feature, bins, limits, &random, &best)
                } else {
                    numeric(index, feature, bins, limits, &best)
                }
            }
        }
        if best.feature < 0 {
            best.gain = 0
        } else {
            best.gain *= unit
        }
        return best
    }

    /// The feature's own bins; of a bundled feature they are put together in `scratch`.
    static func bins(
        of feature: BinnedFeatures.Feature, _ features: BinnedFeatures, _ histogram: UnsafePointer<Int64>, total: Int64,
        scratch: UnsafeMutablePointer<Int64>
    ) -> UnsafePointer<Int64> {
        let group = histogram + features.groupStarts[feature.group]
        guard feature.defaultBin >= 0 else { return group }
        var rest = total
        var place = feature.offset
        for bin in 0..<feature.bins where bin != feature.defaultBin {
            scratch[bin] = group[place]
            rest &-= group[place]
            place += 1
        }
        scratch[feature.defaultBin] = rest
        return UnsafePointer(scratch)
    }

    /// G² ∕ (H + λ), with the L1 penalty taken off |G| (Chen, Guestrin 2016).
    @inline(__always)
    private static func score(_ gradient: Double, _ hessian: Double, _ l1: Double, _ l2: Double) -> Double {
        let size = l1 == 0 ? gradient : max(0, abs(gradient) - l1)
        return size * size / (hessian + l2)
    }

    @inline(__always)
    private static func gain(_ left: Int64, _ limits: Limits, extraL2: Double = 0) -> Double {
        let hessian = HistogramBuilder.hessian(left)
        guard hessian >= limits.low, hessian <= limits.high else { return 0 }
        let gradient = HistogramBuilder.gradient(left)
        let l2 = limits.l2 + extraL2
        return score(gradient, hessian, limits.l1, l2)
            + score(limits.totalGradient - gradient, limits.totalHessian - hessian, limits.l1, l2) - limits.parent
    }

    private func numeric(
        _ index: Int, _ feature: BinnedFeatures.Feature, _ bins: UnsafePointer<Int64>, _ limits: Limits,
        _ best: inout Split
    ) {
        let missing = feature.hasMissing ? bins[feature.valueBins] : 0
        var bestGain = best.gain
        var bestBin = -1
        var missingLeft = false
        var bestLeft: Int64 = 0
        var left: Int64 = 0
        for bin in 0..<(feature.valueBins - 1) {
            left &+= bins[bin]
            let gain = Splitter.gain(left, limits)
            if gain > bestGain {
                bestGain = gain
                bestBin = bin
                bestLeft = left
            }
        }
        if missing != 0 {
            left &+= bins[feature.valueBins - 1]
            let alone = Splitter.gain(left, limits)
            if alone > bestGain {
                bestGain = alone
                bestBin = feature.valueBins - 1
                bestLeft = left
            }
            left = missing
            for bin in 0..<(feature.valueBins - 1) {
                left &+= bins[bin]
                let gain = Splitter.gain(left, limits)
                if gain > bestGain {
                    bestGain = gain
                    bestBin = bin
                    bestLeft = left
                    missingLeft = true
                }
            }
        }
        guard bestBin >= 0 else { return }
        if missing == 0 {
            // No missing value seen here: those of later rows go with the many.
            missingLeft = HistogramBuilder.hessian(bestLeft) * 2 > limits.totalHessian
        }
        best = Split(gain: bestGain, feature: index, bin: bestBin, missingLeft: missingLeft, left: bestLeft)
    }

    private func randomThreshold(
        _ index: Int, _ feature: BinnedFeatures.Feature, _ bins: UnsafePointer<Int64>, _ limits: Limits,
        _ random: inout RandomSource, _ best: inout Split
    ) {
        var first = 0
        var last = feature.valueBins - 1
        while first < last, bins[first] == 0 { first += 1 }
        while last > first, bins[last] == 0 { last -= 1 }
        guard first < last else { return }
        let threshold = first + random.below(last - first)
        var left: Int64 = 0
        for bin in first...threshold { left &+= bins[bin] }
        let missing = feature.hasMissing ? bins[feature.valueBins] : 0
        let right = Splitter.gain(left, limits)
        let withMissing = missing == 0 ? 0 : Splitter.gain(left &+ missing, limits)
        if max(right, withMissing) > best.gain {
            let goesLeft =
                missing == 0 ? HistogramBuilder.hessian(left) * 2 > limits.totalHessian : withMissing > right
            best = Split(
                gain: max(right, withMissing), feature: index, bin: threshold, missingLeft: goesLeft,
                left: goesLeft ? left &+ missing : left)
        }
    }

    /// One category against the rest, or a run of the categories sorted by their gradient ratio (Fisher 1958).
    private func categorical(
        _ index: Int, _ feature: BinnedFeatures.Feature, _ bins: UnsafePointer<Int64>, _ limits: Limits,
        _ best: inout Split
    ) {
        let present = (0..<feature.bins).filter { bins[$0] != 0 }
        guard present.count > 1 else { return }
        if present.count <= parameters.oneAgainstRest {
            for bin in present {
                let gain = Splitter.gain(bins[bin], limits)
                guard gain > best.gain else { continue }
                var set = BinSet()
                set.insert(bin)
                best = Split(gain: gain, feature: index, categories: set, left: bins[bin])
            }
            return
        }
        let fewest = parameters.categorySmoothing / limits.rowsPerHessian
        let smoothing = parameters.categorySmoothing / hessianScale
        let sorted =
            present
            .filter { HistogramBuilder.hessian(bins[$0]) >= fewest }
            .map {
                (ratio: HistogramBuilder.gradient(bins[$0]) / (HistogramBuilder.hessian(bins[$0]) + smoothing), bin: $0)
            }
            .sorted { ($0.ratio, $0.bin) < ($1.ratio, $1.bin) }
            .map(\.bin)
        let extraL2 = parameters.categoryL2 / hessianScale
        let group = parameters.minimumCategoryRows / limits.rowsPerHessian
        for order in [sorted, sorted.reversed()] {
            var left: Int64 = 0
            var sinceLast = 0.0
            for (place, bin) in order.prefix(min(parameters.maximumCategories, (order.count + 1) / 2)).enumerated() {
                left &+= bins[bin]
                sinceLast += HistogramBuilder.hessian(bins[bin])
                if limits.totalHessian - HistogramBuilder.hessian(left) < group { break }
                if sinceLast < group { continue }
                sinceLast = 0
                let gain = Splitter.gain(left, limits, extraL2: extraL2)
                guard gain > best.gain else { continue }
                var set = BinSet()
                for member in order[...place] { set.insert(member) }
                best = Split(gain: gain, feature: index, categories: set, isSorted: true, left: left)
            }
        }
    }
}
