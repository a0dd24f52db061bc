import Foundation
public import Tabular

/// Boosted trees with the bins of their features.
public struct GradientBoostingModel: StagedModel, Hashable {
    /// `gradient_boosting`.
    public static let kind = "gradient_boosting"

    let objective: Objective
    package let isLogTarget: Bool
    let outputCount: Int
    package let encoder: TreeFeatureEncoder
    /// The raw scores before any tree; trees take turns in their order.
    public let baseScores: [Double]
    /// The bins of each feature that a tree may ask for.
    public let mappers: [BinMapper]
    /// The trees; tree t belongs to score t mod `baseScores.count`.
    public let ensemble: TreeEnsemble
    /// What each iteration was worth; of a model that was just trained alone.
    public let watchedLosses: [Double]
    /// The trees laid out for contributions, from the first that are asked for.
    let layout = Kept<TreeLayout?>()

    init(
        objective: Objective, isLogTarget: Bool, outputCount: Int, baseScores: [Double],
        encoder: TreeFeatureEncoder, mappers: [BinMapper], ensemble: TreeEnsemble, watchedLosses: [Double] = []
    ) {
        self.watchedLosses = watchedLosses
        self.objective = objective
        self.isLogTarget = isLogTarget
        self.outputCount = outputCount
        self.baseScores = baseScores
        (self.mappers, self.ensemble) = ensemble.keepingUsedFeatures(of: mappers)
        self.encoder = encoder.needed(by: self.mappers)
    }

    /// How raw scores become outputs, apart from a target that was taken as its logarithm.
    package enum Link {
        case identity, exponential, sigmoid, softmax
    }

    /// The objective's link.
    package var link: Link {
        switch objective {
        case .squaredError, .huber: .identity
        case .poisson, .gamma, .tweedie: .exponential
        case .logistic: .sigmoid
        case .softmax: .softmax
        }
    }

    /// Iterations, each of one tree a score.
    public var stageCount: Int { ensemble.treeCount / baseScores.count }

    /// The model of the first iterations.
    public func keepingStages(_ count: Int) -> any FittedModel {
        var ensemble = ensemble
        ensemble.keepFirst(max(0, count) * baseScores.count)
        return GradientBoostingModel(
            objective: objective, isLogTarget: isLogTarget, outputCount: outputCount, baseScores: baseScores,
            encoder: encoder, mappers: mappers, ensemble: ensemble)
    }

    /// Predicts every row.
    public func predict(_ features: Table, context: TrainingContext) throws -> Predictions {
        let features = try encoder.adding(to: features)
        return try predict(BinnedTable(features, mappers: mappers, pool: context.pool), context)
    }

    /// Predicts rows of the problem from its shared bins.
    public func predict(_ problem: LearningProblem, rows: [Int32], context: TrainingContext) throws -> Predictions {
        let features = problem.binnedFeatures(pool: context.pool)
        let known = Set(features.mappers)
        guard mappers.allSatisfy(known.contains) else {
            return try predict(problem.features.selecting(rows), context: context)
        }
        return try predict(BinnedTable(features, mappers: mappers, rows: rows, pool: context.pool), context)
    }

    private func predict(_ table: BinnedTable, _ context: TrainingContext) throws -> Predictions {
        let scores = baseScores.count
        let outputs = NumberBuffer<Double>(repeating: 0, count: table.rowCount * outputCount)
        let raw = NumberBuffer<Double>(repeating: 0, count: table.rowCount * scores)
        context.pool.forEachRowBlock(of: table.rowCount, size: 512) { _, range in
            if context.cancellation.isCancelled { return }
            let block = raw.base + range.lowerBound * scores
            for row in 0..<range.count {
                for score in 0..<scores { block[row * scores + score] = baseScores[score] }
            }
            for score in 0..<scores {
                ensemble.add(
                    bins: table.bins.base + range.lowerBound * table.width, width: table.width, rows: range.count,
                    first: score, step: scores, scores: block + score, scoreStride: scores)
            }
            for row in range {
                objective.finish(raw.base + row * scores, into: outputs.base + row * outputCount)
                if isLogTarget { outputs.base[row] = expm1(min(700, outputs.base[row])) }
            }
        }
        if context.cancellation.isCancelled { throw TrainingError.cancelled }
        return Predictions(
            outputCount: outputCount,
            values: Array(UnsafeBufferPointer(start: outputs.base, count: table.rowCount * outputCount)))
    }
}
