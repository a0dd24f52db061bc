import Foundation
import Search

/// One run of gradient boosting: rows, scores and gradients, and the loop over iterations.
struct BoostingTrainer {
    let problem: LearningProblem
    let parameters: BoostingParameters
    let objective: Objective
    let isLogTarget: Bool
    let features: BinnedFeatures
    let rows: TrainingRows
    let validation: [Int32]
    let seed: Seed
    let context: TrainingContext

    /// What training gave.
    struct Result {
        var ensemble = TreeEnsemble()
        var baseScores: [Double]
        /// The summed loss of the validation rows after each iteration.
        var losses: [Double] = []
    }

    /// Runs until the trees are grown, the validation loss has not fallen for some iterations, or the deadline passes. All
    /// iterations are kept.
    func run() throws -> Result {
        let scoreCount = objective.scoreCount
        let rowCount = problem.rowCount
        let values = isLogTarget ? problem.target.values.map { log1p(max(0, $0)) } : problem.target.values
        var mean = 0.0
        for row in rows.rows { mean += values[Int(row)] * Double(rows.weights?.base[Int(row)] ?? 1) }
        mean /= max(rows.totalWeight, 1e-300)
        let base = objective.baseScores(weightedMean: mean, classWeights: rows.classWeights)
        // Around their mean and in standard deviations, targets keep their digits in 32 bits, and no result depends on their
        // unit: a factor that is a power of two gives the same bits.
        let isCentred = objective.isCentred
        let unit = isCentred ? rows.deviation(of: values, around: base[0]) : 1
        let learnt = isCentred ? values.map { ($0 - base[0]) / unit } : values
        let targets = NumberBuffer<Float>(repeating: 0, count: rowCount)
        for row in 0..<rowCount { targets.base[row] = Float(learnt[row]) }
        let scores = NumberBuffer<Float>(repeating: 0, count: rowCount * scoreCount)
        let store = GradientStore(rowCount: rowCount, scoreCount: scoreCount)
        let all = NumberBuffer(rows.rows, filler: 0)
        let atOnce = min(scoreCount, context.pool.threadCount)
        let growers = (0..<atOnce).map { _ in
            TreeGrower(
                features: features, parameters: parameters.tree, activeCapacity: rows.rows.count,
                passiveCapacity: rows.rows.count + validation.count)
        }
        let shifts = base.map { Float($0) }
        var result = Result(baseScores: base)
        var bestLoss = Double.infinity
        var bestIteration = 0
        for iteration in 0..<parameters.trees {
            if context.cancellation.isCancelled { throw TrainingError.cancelled }
            if context.deadline.hasPassed || rows.rows.isEmpty { break }
            if case .softmax(let classes) = objective {
                store.computeSoftmax(
                    classes: classes, rows: all, scores: scores, base: shifts, targets: targets, weights: rows.weights,
                    pool: context.pool)
            } else {
                store.compute(
                    objective, rows: all, scores: scores, shift: isCentred ? 0 : shifts[0], targets: targets,
                    weights: rows.weights, pool: context.pool)
            }
            let (active, passive) = sample(all, iteration: iteration)
            let grown = grow(
                iteration, growers: growers, store: store, scores: scores, active: active, passive: passive,
                computed: all.count)
            guard let grown else {
                if context.cancellation.isCancelled { throw TrainingError.cancelled }
                break
            }
            for (tree, values) in grown { result.ensemble.append(tree, values: values, features: features) }
            let isStuck = grown.allSatisfy { $0.0.nodes.isEmpty }
            if !validation.isEmpty {
                let loss = validationLoss(scores, values: learnt, base: isCentred ? [0] : base)
                result.losses.append(loss)
                if loss < bestLoss - abs(bestLoss) * 1e-9 || iteration == 0 {
                    bestLoss = loss
                    bestIteration = iteration
                } else if parameters.patience > 0, iteration - bestIteration >= parameters.patience {
                    break
                }
            }
            context.progress(Double(iteration + 1) / Double(parameters.trees))
            if isStuck, parameters.rowFraction >= 1, parameters.tree.featureFraction >= 1 { break }
        }
        result.ensemble.scaleLeaves(by: unit)
        return result
    }

    /// The rows this iteration learns from, and those carried along.
    private func sample(_ all: NumberBuffer<Int32>, iteration: Int) -> (NumberBuffer<Int32>, NumberBuffer<Int32>) {
        guard parameters.rowFraction < 1 else {
            return (all, NumberBuffer(validation, filler: 0))
        }
        var random = seed.child("rows", iteration).generator()
        var active: [Int32] = []
        var passive: [Int32] = []
        let threshold = UInt64(parameters.rowFraction * 0x1p53)
        for index in 0..<all.count {
            if random.next() >> 11 < threshold {
                active.append(all.base[index])
            } else {
                passive.append(all.base[index])
            }
        }
        if active.isEmpty { swap(&active, &passive) }
        return (NumberBuffer(active, filler: 0), NumberBuffer(passive + validation, filler: 0))
    }

    /// Grows one tree a score and adds it to the scores; nil when the context asked for the end. As many whole rounds of
    /// the threads as there are grow side by side, the trees left over one after the other on all threads.
    private func grow(
        _ iteration: Int, growers: [TreeGrower], store: GradientStore, scores: NumberBuffer<Float>,
        active: NumberBuffer<Int32>, passive: NumberBuffer<Int32>, computed: Int
    ) -> [(TreeGrower.Tree, [Float])]? {
        let scoreCount = objective.scoreCount
        let threads = context.pool.threadCount
        let sideBySide = threads > 1 ? scoreCount / threads * threads : 0
        let results = ResultSlots<(TreeGrower.Tree, [Float])?>(repeating: nil, count: scoreCount)
        let free = FreeList(growers)
        let trainer = self
        @Sendable func one(_ score: Int, _ pool: ThreadPool) {
            let grower = free.take()
            results.set(
                score,
                trainer.growOne(
                    iteration, score: score, grower: grower, store: store, scores: scores, active: active,
                    passive: passive, computed: computed, pool: pool))
            free.put(grower)
        }
        if sideBySide > 0 {
            context.pool.forEach(sideBySide) { one($0, .single) }
        }
        for score in sideBySide..<scoreCount { one(score, context.pool) }
        let trees = results.values.compactMap { $0 }
        return trees.count == scoreCount ? trees : nil
    }

    private func growOne(
        _ iteration: Int, score: Int, grower: TreeGrower, store: GradientStore, scores: NumberBuffer<Float>,
        active: NumberBuffer<Int32>, passive: NumberBuffer<Int32>, computed: Int, pool: ThreadPool
    ) -> (TreeGrower.Tree, [Float])? {
        let treeSeed = seed.child("tree", iteration * objective.scoreCount + score)
        let quantized = store.quantize(
            score: score, rows: active, computed: computed,
            isConstantHessian: objective.hasConstantHessian && rows.weights == nil, seed: treeSeed, pool: pool)
        let grown = grower.grow(
            activeRows: active, passiveRows: passive, gradients: quantized, seed: treeSeed, context: context, pool: pool
        )
        guard let tree = grown else { return nil }
        let values = NumberBuffer<Float>(repeating: 0, count: tree.leaves.count)
        let shared = scores.base + score * problem.rowCount
        let target = ScoreColumn(base: shared)
        let parameters = parameters
        pool.forEach(tree.leaves.count) { index in
            let leaf = tree.leaves[index]
            let active = grower.active.rows.base + leaf.active.lowerBound
            let (gradient, hessian) = store.sums(score: score, rows: active, count: leaf.active.count)
            let size = max(0, abs(gradient) - parameters.tree.l1)
            let l2 = parameters.tree.l2 + (leaf.isBelowSorted ? parameters.tree.categoryL2 : 0)
            let step = min(objective.largestStep, hessian + l2 > 0 ? size / (hessian + l2) : 0)
            let value = Float((gradient > 0 ? -step : step) * parameters.learningRate)
            values.base[index] = value
            for place in 0..<leaf.active.count { target.base[Int(active[place])] += value }
            let passive = grower.passive.rows.base + leaf.passive.lowerBound
            for place in 0..<leaf.passive.count { target.base[Int(passive[place])] += value }
        }
        return (tree, (0..<values.count).map { values.base[$0] })
    }

    /// The loss of the validation rows, added in blocks of fixed size.
    private func validationLoss(_ scores: NumberBuffer<Float>, values: [Double], base: [Double]) -> Double {
        let (rows, objective, weights, rowCount) = (validation, objective, problem.weights, problem.rowCount)
        let blocks = (rows.count + 2047) / 2048
        let losses = NumberBuffer<Double>(repeating: 0, count: blocks)
        context.pool.forEachRowBlock(of: rows.count, size: 2048) { block, range in
            var sum = 0.0
            for index in range {
                let row = Int(rows[index])
                let loss = objective.loss(
                    scores: scores.base + row, scoreStride: rowCount, base: base, target: values[row])
                sum += loss * Double(weights?[row] ?? 1)
            }
            losses.base[block] = sum
        }
        return (0..<blocks).reduce(0) { $0 + losses.base[$1] }
    }
}

/// One score's column, for the threads of a pool.
private struct ScoreColumn: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
}
