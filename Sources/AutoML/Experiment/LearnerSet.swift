public import Learners

/// The learners an experiment may use and the models that can be read back.
public struct LearnerSet: Sendable {
    /// The learners, in the order they are tried.
    public let all: [any Learner]
    /// The types of model an artifact may hold.
    public let models: [any FittedModel.Type]

    /// Every learner that Martlet has.
    public static let standard = LearnerSet(LearnerCatalogue.all, models: LearnerCatalogue.modelTypes)

    /// A set of these; names and kinds must be distinct, and there must be a learner.
    public init(_ all: [any Learner], models: [any FittedModel.Type]) {
        precondition(!all.isEmpty, "a set without learners")
        precondition(Set(all.map(\.name)).count == all.count, "two learners have one name")
        precondition(Set(models.map { $0.kind }).count == models.count, "two models have one kind")
        self.all = all
        self.models = models
    }

    /// The learner called `name`, if there is one.
    public func learner(_ name: String) -> (any Learner)? { all.first { $0.name == name } }

    /// The type of model that calls itself `kind`, if there is one.
    public func model(kind: String) -> (any FittedModel.Type)? { models.first { $0.kind == kind } }
}
