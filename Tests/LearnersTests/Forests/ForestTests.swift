import Search
import Tabular
import Testing

@testable import Learners

@Suite struct ForestTests {
    static let learners: [any Learner] = [RandomForest(), ExtraTrees(), DecisionTree()]

    private func fit(
        _ learner: any Learner, _ problem: LearningProblem, threads: Int = 1, training: Range<Int>,
        _ configuration: Configuration = ["trees": .integer(30)]
    ) throws -> ForestModel {
        let pool = ThreadPool(threadCount: threads)
        let model = try learner.fit(
            problem, training: BoostingSamples.rows(training), validation: [], configuration: configuration,
            seed: Seed(8), context: TrainingContext(pool: pool))
        return try #require(model as? ForestModel)
    }

    @Test(arguments: Learners.Task.allCases, [0, 1, 2])
    func learns(_ task: Learners.Task, _ learner: Int) throws {
        let problem = BoostingSamples.problem(task, rows: 2000)
        let model = try fit(ForestTests.learners[learner], problem, training: 0..<1500)
        let answers = try model.predict(problem.features, context: TrainingContext())
        var error = 0.0
        for row in 1500..<2000 {
            let target = problem.target.values[row]
            error +=
                task == .regression
                ? abs(answers.values[row] - target) / 10
                : 1 - answers.values[row * answers.outputCount + Int(target)]
        }
        #expect(error / 500 < (task == .regression ? 0.6 : 0.35))
    }

    @Test(arguments: Learners.Task.allCases, [0, 1, 2])
    func sameBytesForAnyThreads(_ task: Learners.Task, _ learner: Int) throws {
        let bytes = try [1, 2, 3].map { threads in
            BoostingSamples.bytes(
                try fit(
                    ForestTests.learners[learner], BoostingSamples.problem(task, rows: 800), threads: threads,
                    training: 0..<800))
        }
        #expect(bytes[0] == bytes[1] && bytes[0] == bytes[2])
    }

    @Test func bothWaysOfPredictingGiveTheSameBits() throws {
        let problem = BoostingSamples.problem(.multiclass, rows: 900)
        let model = try fit(RandomForest(), problem, training: 0..<600)
        let rows = BoostingSamples.rows(100..<900)
        #expect(
            try model.predict(problem, rows: rows, context: TrainingContext())
                == model.predict(problem.features.selecting(rows), context: TrainingContext()))
    }

    @Test(arguments: ["gini", "entropy"])
    func aDeepTreeKnowsItsTrainingRows(_ criterion: String) throws {
        let problem = BoostingSamples.problem(.multiclass, rows: 500)
        let model = try fit(
            DecisionTree(), problem, training: 0..<500,
            ["max_depth": .integer(0), "min_data_in_leaf": .integer(1), "criterion": .string(criterion)])
        let classes = try model.predict(problem.features, context: TrainingContext()).predictedClasses()
        let hits = classes.indices.count { Double(classes[$0]) == problem.target.values[$0] }
        #expect(hits == 500)
    }
}
