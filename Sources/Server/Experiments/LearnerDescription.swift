internal import Learners

/// A learner in words.
struct LearnerDescription: Sendable, Encodable {
    let name: String
    let title: String
    let description: String
    let tasks: [Task]

    init(_ learner: any Learner) {
        name = learner.name
        let words = LearnerDescription.words[learner.name]
        title = words?.title ?? LearnerDescription.title(of: learner.name)
        description = words?.description ?? ""
        tasks = Task.allCases.filter(learner.isSuitable)
    }

    private static func title(of name: String) -> String {
        let text = name.replacing("_", with: " ")
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    private static let words: [String: (title: String, description: String)] = [
        "gradient_boosting": (
            "Gradient boosting", "Many small trees, each correcting those before it; most often the best."
        ),
        "random_forest": ("Random forest", "The mean of deep trees on resampled rows; hard to get wrong."),
        "extra_trees": ("Extra trees", "A forest with random splits; faster, and smoother in its predictions."),
        "decision_tree": ("Decision tree", "One tree that can be read from top to bottom."),
        "linear": ("Linear model", "A weighted sum of the columns; simple to explain, good with text."),
        "nearest_neighbors": ("Nearest neighbours", "What the most similar rows have; for small tables."),
        "gaussian_naive_bayes": ("Naive Bayes", "How usual each value is for each class; trained in an instant."),
    ]
}
