import Learners
import Search
import Tabular
import Testing

@Suite struct GaussianNaiveBayesTests {
    /// Posteriors of scikit-learn's GaussianNB (1.9) on the same numbers.
    @Test func agreesWithScikitLearn() throws {
        let features = Table(columns: [
            .numbers("a", [1, 2, 3, 6, 7, 8.5]), .numbers("b", [0.5, 1, 0, 0.2, 2, 1.5]),
        ])
        let target = Target(task: .binary, classes: ["n", "y"], values: [0, 0, 0, 0, 1, 1])
        let model = try GaussianNaiveBayesLearner().fit(
            LearningProblem(features: features, target: target), training: [0, 1, 2, 3, 4, 5], validation: [],
            configuration: [
                "numbers": .string("standard"), "variance_smoothing": .double(1e-12), "likelihood_weight": .double(1),
            ], seed: Seed(1), context: TrainingContext())
        let other = Table(columns: [.numbers("a", [6, 5, 8]), .numbers("b", [1.2, 1.6, 1])])
        let predictions = try model.predict(other, context: TrainingContext())
        let expected = [0.24806453720938054, 0.3027263690795193, 0.6925094535207325]
        #expect((0..<3).allSatisfy { abs(predictions.values[$0 * 2 + 1] - expected[$0]) < 1e-6 })
    }

    @Test func aRegressionIsUnsuitable() {
        let problem = LearningProblem(
            features: Table(columns: [.numbers("a", [1, 2])]), target: Target(task: .regression, values: [1, 2]))
        #expect(throws: TrainingError.unsuitable("naive Bayes predicts classes only")) {
            _ = try GaussianNaiveBayesLearner().fit(
                problem, training: [0, 1], validation: [], configuration: [:], seed: Seed(1), context: TrainingContext()
            )
        }
    }

    @Test func aMissingNumberSaysNothing() throws {
        let features = Table(columns: [.numbers("a", [1, 2, 3, 11, 12, 13])])
        let target = Target(task: .binary, classes: ["n", "y"], values: [0, 0, 0, 1, 1, 1])
        let model = try GaussianNaiveBayesLearner().fit(
            LearningProblem(features: features, target: target), training: [0, 1, 2, 3, 4, 5], validation: [],
            configuration: [:], seed: Seed(1), context: TrainingContext())
        let predictions = try model.predict(Table(columns: [.numbers("a", [.nan])]), context: TrainingContext())
        #expect(abs(predictions.values[0] - 0.5) < 1e-9)
    }

    /// Shares with one row added to each value, and the prior of the classes.
    @Test func aNumberOfTwoValuesIsCounted() throws {
        let features = Table(columns: [.numbers("flag", [0, 0, 0, 1, 1, 1, 1, 0])])
        let target = Target(task: .binary, classes: ["n", "y"], values: [0, 0, 0, 0, 1, 1, 1, 1])
        let model = try GaussianNaiveBayesLearner().fit(
            LearningProblem(features: features, target: target), training: [0, 1, 2, 3, 4, 5, 6, 7], validation: [],
            configuration: ["level_smoothing": .double(1), "likelihood_weight": .double(1)], seed: Seed(1),
            context: TrainingContext())
        let predictions = try model.predict(Table(columns: [.numbers("flag", [1, 0])]), context: TrainingContext())
        #expect(abs(predictions.values[1] - 4.0 / 6) < 1e-6)
        #expect(abs(predictions.values[3] - 2.0 / 6) < 1e-6)
    }
}
