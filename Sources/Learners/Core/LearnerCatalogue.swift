/// Every learner, and every kind of trained model.
public enum LearnerCatalogue {
    /// All learners, in a fixed order.
    public static let all: [any Learner] = [
        GradientBoosting(),
        RandomForest(),
        ExtraTrees(),
        DecisionTree(),
        LinearLearner(),
        NearestNeighborsLearner(),
        GaussianNaiveBayesLearner(),
    ]

    /// The types of trained models that artifacts may hold.
    public static let modelTypes: [any FittedModel.Type] = [
        GradientBoostingModel.self,
        ForestModel.self,
        LinearModel.self,
        NearestNeighborsModel.self,
        GaussianNaiveBayesModel.self,
    ]

    /// The learner called `name` on the wire.
    public static func learner(named name: String) -> (any Learner)? { all.first { $0.name == name } }

    /// Reads a trained model of this kind; an unknown kind throws `BinaryReader.Failure`.
    public static func decodeModel(kind: String, from reader: inout BinaryReader) throws -> any FittedModel {
        guard let type = modelTypes.first(where: { $0.kind == kind }) else {
            throw reader.failure("no model is of the kind \"\(kind)\"")
        }
        return try type.init(from: &reader)
    }
}
