import Search

/// Grows the trees of a forest one at a time, depth first. Each node sorts its rows by the bins of a few features drawn by
/// chance and walks through them, which for the small nodes of deep trees is far less work than histograms.
final class ForestGrower: @unchecked Sendable {
    /// What the rows of one tree weigh and what they are to say.
    struct Rows: Sendable {
        /// Rows with weight, ascending.
        var rows: NumberBuffer<Int32>
        /// A weight a row of the problem.
        var weights: NumberBuffer<Float>
        /// A value, or a class, a row of the problem.
        var targets: NumberBuffer<Float>
        /// Classes; 1 for regression.
        var outputs: Int
        /// What a leaf without rows would say, one number a leaf value.
        var prior: [Double]
    }

    struct Choice {
        var score: Double
        var feature = -1
        var bin = 0
        var missingLeft = false
        var categories: BinSet?
        /// Rows and sum of weights on the left do not tell which side later missing values belong to; this does.
        var split: Split {
            Split(gain: score, feature: feature, bin: bin, missingLeft: missingLeft, categories: categories)
        }
    }

    private struct Pending {
        var range: Range<Int>
        var depth: Int
        var parent: Int
        var isLeft: Bool
    }

    let features: BinnedFeatures
    let parameters: ForestParameters
    let decodings: [[UInt8]]
    let sums: NumberBuffer<Double>
    let order: NumberBuffer<Int32>
    let bins: NumberBuffer<UInt8>
    let unsortedBins: NumberBuffer<UInt8>
    private let partition: RowPartition

    init(features: BinnedFeatures, parameters: ForestParameters, capacity: Int, outputs: Int) {
        self.features = features
        self.parameters = parameters
        decodings = features.features.map { $0.decoding() }
        sums = NumberBuffer(repeating: 0, count: 2 * max(1, outputs))
        order = NumberBuffer(repeating: 0, count: capacity)
        bins = NumberBuffer(repeating: 0, count: capacity)
        unsortedBins = NumberBuffer(repeating: 0, count: capacity)
        partition = RowPartition(capacity: capacity)
    }

    /// One tree; leaves have one value, or one a class where there are three or more. Nil when the context asked for the end.
    func grow(_ input: Rows, seed: Seed, context: TrainingContext) -> TreeEnsemble? {
        partition.reset(input.rows)
        var random = seed.generator()
        var tree = TreeEnsemble()
        tree.leafWidth = input.prior.count
        var pending = [Pending(range: 0..<input.rows.count, depth: 0, parent: -1, isLeft: false)]
        var untilCheck = 0
        while let next = pending.popLast() {
            untilCheck -= next.range.count + 64
            if untilCheck < 0 {
                if (try? context.check()) == nil { return nil }
                untilCheck = 50_000
            }
            let rows = UnsafeBufferPointer(
                start: UnsafePointer(partition.rows.base + next.range.lowerBound), count: next.range.count)
            let mayDivide =
                rows.count >= 2 * parameters.minimumRows && rows.count > 1
                && (parameters.maximumDepth == 0 || next.depth < parameters.maximumDepth)
            let choice = mayDivide ? choose(rows, input, &random) : nil
            var link: Int32
            if let choice {
                let feature = features.features[choice.feature]
                let column = UnsafePointer(features.columns.base + feature.group * features.rowCount)
                let left = choice.split.directions(feature).withUnsafeBufferPointer { directions in
                    directions.baseAddress.map {
                        partition.split(next.range, column: column, directions: $0, pool: .single)
                    } ?? 0
                }
                let cut = next.range.lowerBound + left
                link = Int32(tree.nodes.count)
                tree.appendNode(choice.split, feature)
                let node = Int(link)
                pending.append(
                    Pending(range: cut..<next.range.upperBound, depth: next.depth + 1, parent: node, isLeft: false))
                pending.append(
                    Pending(range: next.range.lowerBound..<cut, depth: next.depth + 1, parent: node, isLeft: true))
            } else {
                link = ~Int32(tree.leafCount)
                tree.leaves += leaf(rows, input)
                tree.covers.append(UInt32(max(1, rows.count)))
            }
            if next.parent < 0 {
                tree.roots = [link]
            } else if next.isLeft {
                tree.nodes[next.parent].left = link
            } else {
                tree.nodes[next.parent].right = link
            }
        }
        return tree
    }

    private func leaf(_ rows: UnsafeBufferPointer<Int32>, _ input: Rows) -> [Float] {
        var sums = [Double](repeating: 0, count: input.prior.count)
        var weight = 0.0
        for row in rows {
            let w = Double(input.weights.base[Int(row)])
            let target = input.targets.base[Int(row)]
            weight += w
            if sums.count == 1 { sums[0] += w * Double(target) } else { sums[Int(target)] += w }
        }
        let smoothing = parameters.smoothing
        let all = max(weight + smoothing, 1e-300)
        return sums.indices.map { Float((sums[$0] + smoothing * input.prior[$0]) / all) }
    }

    private func choose(
        _ rows: UnsafeBufferPointer<Int32>, _ input: Rows, _ random: inout RandomSource
    ) -> Choice? {
        let (weights, targets) = (UnsafePointer(input.weights.base), UnsafePointer(input.targets.base))
        if input.outputs > 2 || (input.outputs == 2 && parameters.criterion == .entropy) {
            var statistics = ClassStatistics(
                weights: weights, labels: targets, classes: input.outputs,
                usesEntropy: parameters.criterion == .entropy, sums: sums.base, rows: rows)
            return statistics.isPure ? nil : choose(rows, &statistics, &random)
        }
        let first = targets[Int(rows[0])]
        guard rows.contains(where: { targets[Int($0)] != first }) else { return nil }
        var statistics = MeanStatistics(weights: weights, values: targets, rows: rows)
        return choose(rows, &statistics, &random)
    }

    /// The best split over features in random order: as many as the parameters say, and on until one can be split at all.
    private func choose<Statistics: NodeStatistics>(
        _ rows: UnsafeBufferPointer<Int32>, _ statistics: inout Statistics, _ random: inout RandomSource
    ) -> Choice? {
        let count = features.features.count
        guard count > 0 else { return nil }
        let wanted = max(1, min(count, Int((Double(count) * parameters.featureFraction).rounded())))
        statistics.reset()
        let undivided = statistics.score
        var best = Choice(score: undivided + abs(undivided) * 1e-9 + 1e-12)
        var remaining = Array(0..<count)
        var tried = 0
        while !remaining.isEmpty, tried < wanted || best.feature < 0 {
            let place = random.below(remaining.count)
            remaining.swapAt(place, remaining.count - 1)
            let index = remaining.removeLast()
            if search(index, rows, &statistics, &random, &best) { tried += 1 }
        }
        return best.feature < 0 ? nil : best
    }
}
