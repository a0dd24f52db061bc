import Learners
import Search
import Tabular
import Testing

/// Every learner takes what a feature plan makes of a table: date parts, text, categories and numbers.
@Suite struct FeatureConformanceTests {
    private func target(_ task: Task, _ values: [Double]) -> Target {
        switch task {
        case .binary: Target(task: task, classes: ["n", "y"], values: values.map { $0 > 0 ? 1 : 0 })
        case .multiclass:
            Target(task: task, classes: ["a", "b", "c"], values: values.map { $0 > 0.5 ? 2 : $0 > -0.5 ? 1 : 0 })
        case .regression: Target(task: task, values: values)
        }
    }

    /// The target hangs on the weekday and the month alone.
    @Test(arguments: ConformanceCase.all)
    func dates(_ subject: ConformanceCase) throws {
        var random = Seed(4).generator()
        let days = (0..<400).map { _ in Int64(19_000 + random.below(1_500)) }
        let values = days.map { (day: Int64) -> Double in
            let weekday = (day + 3) % 7
            return weekday >= 4 ? 1 : -1
        }
        let table = Table(columns: [.dates("when", days), .numbers("same", days.map { _ in 1 })])
        let plan = FeaturePlan(fitting: table)
        #expect(plan.featureNames.contains("when.weekday") && !plan.featureNames.contains("same"))
        let problem = LearningProblem(features: try plan.apply(table), target: target(subject.task, values))
        let held = (300..<Int32(400)).map { $0 }
        let model = try subject.fit(problem, training: (0..<300).map { $0 })
        let predictions = try model.predict(problem, rows: held, context: TrainingContext())
        subject.check(predictions, rows: 100, problem.target)
        switch subject.task {
        case .regression: #expect(Metric.r2.evaluate(predictions, problem.target, rows: held) > 0.3)
        default: #expect(Metric.rocAUC.evaluate(predictions, problem.target, rows: held) > 0.8)
        }
    }

    /// The target hangs on a word of the text alone; learners over encoded rows find it.
    @Test(arguments: ConformanceCase.all)
    func text(_ subject: ConformanceCase) throws {
        var random = Seed(5).generator()
        let filler = ["red", "blue", "green", "small", "large", "round", "flat"]
        var texts: [String?] = []
        var values: [Double] = []
        for row in 0..<400 {
            let isGood = random.below(2) == 1
            let words = (0..<3).map { _ in filler[random.below(filler.count)] }
            texts.append("Item \(row) \(words[0]) \(isGood ? "great" : "poor") \(words[1])")
            values.append(isGood ? 1 : -1)
        }
        let table = Table(columns: [.strings("note", texts, type: .text)])
        let problem = LearningProblem(features: table, target: target(subject.task, values))
        let held = (300..<Int32(400)).map { $0 }
        let model = try subject.fit(problem, training: (0..<300).map { $0 })
        let predictions = try model.predict(problem, rows: held, context: TrainingContext())
        subject.check(predictions, rows: 100, problem.target)
        guard ["linear", "k_nearest_neighbors", "gaussian_naive_bayes"].contains(subject.learner.name) else { return }
        switch subject.task {
        case .regression: #expect(Metric.r2.evaluate(predictions, problem.target, rows: held) > 0.3)
        default: #expect(Metric.rocAUC.evaluate(predictions, problem.target, rows: held) > 0.8)
        }
    }

    /// Where nothing is sampled, binned or cross-fitted, a weight of two is a row that is there twice.
    @Test(arguments: ConformanceCase.all.filter { $0.learner.name == "linear" })
    func aWeightOfTwoIsARepeatedRow(_ subject: ConformanceCase) throws {
        let x = (0..<60).map { Double($0 * 37 % 60) }
        let values = x.map { (value: Double) -> Double in value * value / 900 - 2 + (value > 30 ? 1 : 0) }
        let features = Table(columns: [.numbers("x", x)])
        let target = target(subject.task, values)
        let rows = (0..<Int32(60)).map { $0 }
        // All rows twice, and all weights doubled: means and deviations stay the same.
        let plain: Configuration = ["knots": .integer(0)]
        let twice = try subject.fit(
            LearningProblem(features: features, target: target), training: rows + rows, configuration: plain)
        let heavy = try subject.fit(
            LearningProblem(features: features, target: target, weights: [Float](repeating: 2, count: 60)),
            training: rows, configuration: plain)
        let a = try twice.predict(features, context: TrainingContext())
        let b = try heavy.predict(features, context: TrainingContext())
        #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) < 1e-3 })
    }
}
