public import Search

/// Gradient boosting of histogram trees, second order (Friedman 2001; Chen, Guestrin 2016; Ke et al. 2017), with missing
/// values and categories handled by the splits themselves.
public struct GradientBoosting: Learner {
    /// `gradient_boosting`.
    public let name = "gradient_boosting"

    /// The iterations done so far.
    public let keepsPartialModels = true
    /// True.
    public let usesBins = true
    /// True: the iterations.
    public let hasStages = true

    /// The learner.
    public init() {}

    /// With that number of trees.
    public func configuration(_ configuration: Configuration, stages: Int) -> Configuration {
        var configuration = configuration
        configuration.values["trees"] = .integer(max(1, stages))
        return configuration
    }

    /// Trains; at the deadline the iterations done so far are the model, be it none.
    public func fit(
        _ problem: LearningProblem, training: [Int32], validation: [Int32], configuration: Configuration, seed: Seed,
        context: TrainingContext
    ) throws -> any FittedModel {
        try context.check()
        let parameters = BoostingParameters(configuration)
        let target = problem.target
        let rows = TrainingRows(problem, rows: training, balancesClasses: parameters.balancesClasses)
        let isLogTarget =
            target.task == .regression && parameters.targetTransform == "log1p"
            && training.allSatisfy { target.values[Int($0)] >= 0 }
        let (features, encoder) = try TreeFeatureEncoder.features(
            of: problem, training: rows.rows, seed: seed.child("encoder"), context: context)
        let trainer = BoostingTrainer(
            problem: problem, parameters: parameters, objective: try objective(parameters, target, rows),
            isLogTarget: isLogTarget, features: features, rows: rows, validation: validation.sorted(), seed: seed,
            context: context)
        let result = try trainer.run()
        return GradientBoostingModel(
            objective: trainer.objective, isLogTarget: isLogTarget, outputCount: target.outputCount,
            baseScores: result.baseScores, encoder: encoder, mappers: features.mappers, ensemble: result.ensemble,
            watchedLosses: result.losses)
    }

    private func objective(
        _ parameters: BoostingParameters, _ target: Target, _ rows: TrainingRows
    ) throws -> Objective {
        switch target.task {
        case .binary: return .logistic
        case .multiclass:
            return .softmax(target.classes.count)
        case .regression:
            let least = rows.rows.reduce(Double.infinity) { min($0, target.values[Int($1)]) }
            func require(_ holds: Bool, _ what: String) throws {
                if !holds { throw TrainingError.unsuitable("the loss \(parameters.loss) needs a target \(what)") }
            }
            switch parameters.loss {
            case "huber":
                return .huber(delta: 1)
            case "poisson":
                try require(least >= 0, "that is never negative")
                return .poisson
            case "gamma":
                try require(least > 0, "above 0")
                return .gamma
            case "tweedie":
                try require(least >= 0, "that is never negative")
                return .tweedie(power: 1.5)
            default: return .squaredError
            }
        }
    }
}
