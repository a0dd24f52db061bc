import Learners
import Search
import Testing

/// The unit of a target, and where its zero lies, change no result.
@Suite struct UnitConformanceTests {
    private static let regressions = ConformanceCase.all.filter { $0.task == .regression }

    private static func predictions(
        _ subject: ConformanceCase, _ problem: LearningProblem, _ change: (Double) -> Double
    ) throws -> Predictions {
        let target = Target(task: .regression, values: problem.target.values.map(change))
        let own = LearningProblem(features: problem.features, target: target)
        return try subject.fit(
            own, training: (0..<Int32(300)).map { $0 }, configuration: configuration(subject, problem)
        )
        .predict(own, rows: (300..<Int32(400)).map { $0 }, context: TrainingContext())
    }

    /// The plain loss: others mean the unit.
    private static func configuration(_ subject: ConformanceCase, _ problem: LearningProblem) -> Configuration {
        var configuration = subject.configuration(problem)
        configuration.values["loss"] = nil
        configuration.values["target_transform"] = nil
        return configuration
    }

    @Test(arguments: regressions, [-40, 30])
    func aPowerOfTwoGivesTheSameBits(_ subject: ConformanceCase, _ exponent: Int) throws {
        let problem = subject.problem(rows: 400)
        let factor = exponent < 0 ? 1 / Double(1 << -exponent) : Double(1 << exponent)
        let plain = try Self.predictions(subject, problem) { $0 }
        let scaled = try Self.predictions(subject, problem) { $0 * factor }
        #expect(plain.values.map { $0 * factor } == scaled.values)
    }

    @Test(arguments: regressions, [1e-9, 7e7])
    func anyFactorGivesTheSameScore(_ subject: ConformanceCase, _ factor: Double) throws {
        let problem = subject.problem(rows: 400)
        let rows = (300..<Int32(400)).map { $0 }
        let plain = try Self.predictions(subject, problem) { $0 }
        let scaled = try Self.predictions(subject, problem) { $0 * factor }
        let target = Target(task: .regression, values: problem.target.values.map { $0 * factor })
        let before = Metric.rmse.evaluate(plain, problem.target, rows: rows)
        let after = Metric.rmse.evaluate(scaled, target, rows: rows) / factor
        #expect(abs(after - before) < 0.01 * before, "\(before) \(after)")
    }

    /// 10^8 standard deviations away.
    @Test(arguments: regressions)
    func anOffsetGivesTheSameScore(_ subject: ConformanceCase) throws {
        let problem = subject.problem(rows: 400)
        let rows = (300..<Int32(400)).map { $0 }
        let offset = 5e9
        let plain = try Self.predictions(subject, problem) { $0 }
        let moved = try Self.predictions(subject, problem) { $0 + offset }
        let target = Target(task: .regression, values: problem.target.values.map { $0 + offset })
        let before = Metric.rmse.evaluate(plain, problem.target, rows: rows)
        let after = Metric.rmse.evaluate(moved, target, rows: rows)
        #expect(abs(after - before) < 0.01 * before, "\(before) \(after)")
    }
}
