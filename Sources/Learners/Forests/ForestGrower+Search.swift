import Search

extension ForestGrower {
    /// Looks for a better split by one feature; whether the feature has two bins in these rows at all.
    func search<Statistics: NodeStatistics>(
        _ index: Int, _ rows: UnsafeBufferPointer<Int32>, _ statistics: inout Statistics, _ random: inout RandomSource,
        _ best: inout Choice
    ) -> Bool {
        let feature = features.features[index]
        let column = UnsafePointer(features.columns.base + feature.group * features.rowCount)
        let (low, high) = decodings[index].withUnsafeBufferPointer { decoding in
            var low = 255
            var high = 0
            for place in 0..<rows.count {
                let bin = Int(decoding[Int(column[Int(rows[place])])])
                unsortedBins.base[place] = UInt8(truncatingIfNeeded: bin)
                low = min(low, bin)
                high = max(high, bin)
            }
            return (low, high)
        }
        guard low < high else { return false }
        statistics.reset()
        if feature.isCategorical {
            sortCategories(rows, statistics, low: low, high: high, &random)
            scanCategories(index, rows.count, &statistics, &best)
        } else if parameters.randomThresholds {
            randomThreshold(index, feature, rows, &statistics, &random, low: low, &best)
        } else {
            sort(rows, high: high)
            scan(index, feature, rows.count, &statistics, &best)
        }
        return true
    }

    /// Rows and bins in the order of `rank[bin]`, stable.
    private func sort(_ rows: UnsafeBufferPointer<Int32>, high: Int, rank: [UInt8]? = nil) {
        if rows.count <= 24 {
            for place in 0..<rows.count {
                let bin = unsortedBins.base[place]
                let key = rank.map { $0[Int(bin)] } ?? bin
                var slot = place
                while slot > 0, (rank.map { $0[Int(bins.base[slot - 1])] } ?? bins.base[slot - 1]) > key {
                    bins.base[slot] = bins.base[slot - 1]
                    order.base[slot] = order.base[slot - 1]
                    slot -= 1
                }
                bins.base[slot] = bin
                order.base[slot] = rows[place]
            }
            return
        }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 257) { starts in
            starts.initialize(repeating: 0)
            for place in 0..<rows.count {
                let bin = Int(unsortedBins.base[place])
                starts[(rank.map { Int($0[bin]) } ?? bin) + 1] += 1
            }
            for bin in 1..<257 { starts[bin] += starts[bin - 1] }
            for place in 0..<rows.count {
                let bin = unsortedBins.base[place]
                let key = rank.map { Int($0[Int(bin)]) } ?? Int(bin)
                let slot = Int(starts[key])
                starts[key] += 1
                bins.base[slot] = bin
                order.base[slot] = rows[place]
            }
        }
    }

    /// Every boundary between two bins, missing values on the right; then, where there are any, on the left.
    private func scan<Statistics: NodeStatistics>(
        _ index: Int, _ feature: BinnedFeatures.Feature, _ count: Int, _ statistics: inout Statistics,
        _ best: inout Choice
    ) {
        var present = count
        while present > 0, Int(bins.base[present - 1]) >= feature.valueBins { present -= 1 }
        let missing = count - present
        let fewest = parameters.minimumRows
        for missingLeft in missing > 0 ? [false, true] : [false] {
            if missingLeft {
                statistics.reset()
                for place in present..<count { statistics.moveLeft(Int(order.base[place])) }
            }
            let end = missingLeft ? present - 1 : count - 1
            for place in 0..<max(0, min(present, end)) {
                statistics.moveLeft(Int(order.base[place]))
                guard bins.base[place] != bins.base[place + 1] else { continue }
                let left = place + 1 + (missingLeft ? missing : 0)
                guard left >= fewest, count - left >= fewest else { continue }
                let score = statistics.score
                guard score > best.score else { continue }
                let next = place + 1 < present ? Int(bins.base[place + 1]) : feature.valueBins
                let bin = place + 1 < present ? (Int(bins.base[place]) + next - 1) / 2 : feature.valueBins - 1
                let goesLeft = missing > 0 ? missingLeft : left * 2 > count
                best = Choice(score: score, feature: index, bin: bin, missingLeft: goesLeft)
            }
        }
    }

    private func randomThreshold<Statistics: NodeStatistics>(
        _ index: Int, _ feature: BinnedFeatures.Feature, _ rows: UnsafeBufferPointer<Int32>,
        _ statistics: inout Statistics, _ random: inout RandomSource, low: Int, _ best: inout Choice
    ) {
        var high = low
        var missing = 0
        for place in 0..<rows.count {
            let bin = Int(unsortedBins.base[place])
            if bin < feature.valueBins { high = max(high, bin) } else { missing += 1 }
        }
        let bin = high > low ? low + random.below(high - low) : feature.valueBins - 1
        let missingLeft = missing > 0 && missing < rows.count && high > low && random.next() & 1 == 0
        var left = 0
        for place in 0..<rows.count {
            let value = Int(unsortedBins.base[place])
            if value < feature.valueBins ? value <= bin : missingLeft {
                statistics.moveLeft(Int(rows[place]))
                left += 1
            }
        }
        guard left >= parameters.minimumRows, rows.count - left >= parameters.minimumRows, statistics.score > best.score
        else { return }
        best = Choice(
            score: statistics.score, feature: index, bin: bin,
            missingLeft: missing > 0 ? missingLeft : left * 2 > rows.count)
    }

    /// Sorts by the mean of each category (Fisher 1958; Breiman et al. 1984, section 4.2.2), or by chance.
    private func sortCategories<Statistics: NodeStatistics>(
        _ rows: UnsafeBufferPointer<Int32>, _ statistics: Statistics, low: Int, high: Int, _ random: inout RandomSource
    ) {
        var weights = [Double](repeating: 0, count: 256)
        var values = [Double](repeating: 0, count: 256)
        for place in 0..<rows.count {
            let bin = Int(unsortedBins.base[place])
            let (weight, value) = statistics.ordering(Int(rows[place]))
            weights[bin] += weight
            values[bin] += weight * value
        }
        var present = (low...high).filter { weights[$0] > 0 }
        if parameters.randomThresholds {
            random.shuffle(&present)
        } else {
            for bin in present { values[bin] /= weights[bin] }
            present.sort { (values[$0], $0) < (values[$1], $1) }
        }
        var rank = [UInt8](repeating: 0, count: 256)
        for (place, bin) in present.enumerated() { rank[bin] = UInt8(place) }
        sort(rows, high: high, rank: rank)
    }

    /// Every boundary between two categories in their order; by chance a single one.
    private func scanCategories<Statistics: NodeStatistics>(
        _ index: Int, _ count: Int, _ statistics: inout Statistics, _ best: inout Choice
    ) {
        var set = BinSet()
        for place in 0..<(count - 1) {
            statistics.moveLeft(Int(order.base[place]))
            guard bins.base[place] != bins.base[place + 1] else { continue }
            set.insert(Int(bins.base[place]))
            let left = place + 1
            guard left >= parameters.minimumRows, count - left >= parameters.minimumRows else { continue }
            let score = statistics.score
            guard score > best.score else {
                if parameters.randomThresholds { return }
                continue
            }
            best = Choice(score: score, feature: index, categories: set)
            if parameters.randomThresholds { return }
        }
    }
}
