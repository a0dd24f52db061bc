import Search

/// Trains the trees of a forest side by side, each on one thread.
struct ForestTrainer {
    let problem: LearningProblem
    let parameters: ForestParameters
    let seed: Seed
    let context: TrainingContext

    /// The model; at the deadline the trees finished so far, or `TrainingError.deadlineExceeded` where there is none.
    func run(_ training: [Int32]) throws -> ForestModel {
        try context.check()
        let (parameters, seed, context) = (parameters, seed, context)
        let target = problem.target
        let rows = TrainingRows(problem, rows: training, balancesClasses: parameters.balancesClasses)
        let (features, encoder) = try TreeFeatureEncoder.features(
            of: problem, training: rows.rows, seed: seed.child("encoder"), context: context)
        let targets = NumberBuffer<Float>(repeating: 0, count: problem.rowCount)
        var mean = 0.0
        for row in rows.rows { mean += target.values[Int(row)] * Double(rows.weights?.base[Int(row)] ?? 1) }
        mean = rows.totalWeight > 0 ? mean / rows.totalWeight : 0
        let isRegression = target.task == .regression
        let unit = isRegression ? rows.deviation(of: target.values, around: mean) : 1
        for row in 0..<problem.rowCount {
            targets.base[row] = Float(isRegression ? (target.values[row] - mean) / unit : target.values[row])
        }
        let prior: [Double]
        switch target.task {
        case .regression: prior = [0]
        case .binary: prior = [mean]
        case .multiclass:
            let total = max(rows.totalWeight, 1e-300)
            prior = rows.classWeights.map { rows.totalWeight > 0 ? $0 / total : 1 / Double(rows.classWeights.count) }
        }
        let trees = ResultSlots<TreeEnsemble?>(repeating: nil, count: parameters.trees)
        let atOnce = min(context.pool.threadCount, parameters.trees)
        let growers = FreeList(
            (0..<atOnce).map { _ in
                (
                    ForestGrower(
                        features: features, parameters: parameters, capacity: rows.rows.count,
                        outputs: target.outputCount),
                    NumberBuffer<Float>(repeating: 0, count: problem.rowCount)
                )
            })
        let outputs = target.outputCount
        context.pool.forEach(parameters.trees) { index in
            if (try? context.check()) == nil { return }
            let (grower, weights) = growers.take()
            let treeSeed = seed.child("tree", index)
            let drawn = ForestTrainer.draw(rows, into: weights, parameters.bootstraps, treeSeed.child("rows"))
            let input = ForestGrower.Rows(
                rows: drawn, weights: weights, targets: targets, outputs: outputs, prior: prior)
            trees.set(index, grower.grow(input, seed: treeSeed, context: context))
            growers.put((grower, weights))
            context.progress(Double(index + 1) / Double(parameters.trees))
        }
        if context.cancellation.isCancelled { throw TrainingError.cancelled }
        var ensemble = TreeEnsemble()
        ensemble.leafWidth = prior.count
        for case let tree? in trees.values { ensemble.append(tree) }
        guard ensemble.treeCount > 0 else { throw TrainingError.deadlineExceeded }
        ensemble.scaleLeaves(by: unit)
        return ForestModel(
            outputCount: outputs, base: isRegression ? mean : 0, encoder: encoder, mappers: features.mappers,
            ensemble: ensemble)
    }

    /// Fills the weights of one tree's rows and lists them.
    private static func draw(
        _ rows: TrainingRows, into weights: NumberBuffer<Float>, _ bootstraps: Bool, _ seed: Seed
    ) -> NumberBuffer<Int32> {
        let count = rows.rows.count
        guard bootstraps, count > 1 else {
            for row in rows.rows { weights.base[Int(row)] = rows.weights?.base[Int(row)] ?? 1 }
            return NumberBuffer(rows.rows, filler: 0)
        }
        var random = seed.generator()
        for row in rows.rows { weights.base[Int(row)] = 0 }
        if let own = rows.weights {
            // Heavy rows are drawn more often: weights inside fully grown trees would say little.
            var sums: [Double] = []
            sums.reserveCapacity(count)
            var sum = 0.0
            for row in rows.rows {
                sum += Double(own.base[Int(row)])
                sums.append(sum)
            }
            for _ in 0..<count {
                let point = random.unit() * sum
                var (low, high) = (0, count - 1)
                while low < high {
                    let middle = (low + high) / 2
                    if sums[middle] > point { high = middle } else { low = middle + 1 }
                }
                weights.base[Int(rows.rows[low])] += 1
            }
        } else {
            for _ in 0..<count { weights.base[Int(rows.rows[random.below(count)])] += 1 }
        }
        return NumberBuffer(rows.rows.filter { weights.base[Int($0)] > 0 }, filler: 0)
    }
}
