import Learners
import Search
import Tabular
import Testing

/// A learner on a task, as the argument of a conformance test.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
    let learner: any Learner
    let task: Task

    var testDescription: String { "\(learner.name), \(task.rawValue)" }

    /// Every learner on every task that it takes.
    static let all: [ConformanceCase] = LearnerCatalogue.all.flatMap { learner in
        Task.allCases.filter(learner.isSuitable).map {
            ConformanceCase(learner: learner, task: $0)
        }
    }

    static let classification = all.filter { $0.task.isClassification }

    /// 200 rows with a clear signal in numbers, categories and text, and with missing values.
    func problem(rows: Int = 200, weights: [Float]? = nil) -> LearningProblem {
        let (features, target) = sample(rows: rows)
        return LearningProblem(features: features, target: target, weights: weights)
    }

    /// The features and the target of `problem`; rows are drawn from `seed`.
    func sample(rows: Int, seed: UInt64 = 17) -> (Table, Target) {
        var random = Seed(seed).generator()
        let words = ["apple", "pear", "plum", "fig", "lime"]
        var first: [Double] = []
        var second: [Double] = []
        var few: [String?] = []
        var many: [String?] = []
        var text: [String?] = []
        var days: [Int64] = []
        var flags: [Bool] = []
        var values: [Double] = []
        for row in 0..<rows {
            let x = random.normal()
            let y = random.normal()
            let group = random.below(3)
            let level = random.below(50)
            let word = random.below(words.count)
            first.append(row % 11 == 3 ? .nan : x)
            second.append(y * 100 + 5)
            few.append(row % 13 == 5 ? nil : ["red", "green", "blue"][group])
            many.append("level \(level)")
            text.append(row % 17 == 2 ? nil : "\(words[word]) \(words[random.below(words.count)]) cake")
            days.append(Int64(19_000 + random.below(900)))
            flags.append(random.unit() < 0.5)
            let signal = 2 * x - y + (group == 0 ? 1.5 : 0) + Double(level % 5 - 2) + (word == 0 ? 1 : 0)
            values.append(signal + 0.3 * random.normal())
        }
        let table = Table(columns: [
            .numbers("first", first), .numbers("second", second), .strings("few", few), .strings("many", many),
            .strings("text", text, type: .text), .integers("day", days), .booleans("flag", flags),
        ])
        return (table, target(values))
    }

    private func target(_ values: [Double]) -> Target {
        switch task {
        case .binary: Target(task: task, classes: ["no", "yes"], values: values.map { $0 > 0.5 ? 1 : 0 })
        case .multiclass:
            Target(task: task, classes: ["a", "b", "c"], values: values.map { $0 > 1.5 ? 2 : $0 > -0.5 ? 1 : 0 })
        case .regression: Target(task: task, values: values.map { 1_000 + 50 * $0 })
        }
    }

    /// The first of the learner's portfolio.
    func configuration(_ problem: LearningProblem) -> Configuration {
        learner.searchSpace(for: ProblemShape(problem, rows: problem.rowCount)).portfolio.first ?? Configuration()
    }

    /// Fits with the first configuration of the portfolio.
    func fit(
        _ problem: LearningProblem, training: [Int32]? = nil, validation: [Int32] = [],
        configuration: Configuration? = nil, context: TrainingContext = TrainingContext()
    ) throws -> any FittedModel {
        try learner.fit(
            problem, training: training ?? (0..<Int32(problem.rowCount)).map { $0 }, validation: validation,
            configuration: configuration ?? self.configuration(problem), seed: Seed(42), context: context)
    }

    /// Records what is wrong with predictions for `rows` rows of `target`'s kind.
    func check(_ predictions: Predictions, rows: Int, _ target: Target, _ comment: Comment? = nil) {
        #expect(predictions.outputCount == target.outputCount, comment)
        #expect(predictions.rowCount == rows, comment)
        #expect(predictions.values.allSatisfy { $0.isFinite }, comment)
        guard task.isClassification else { return }
        #expect(predictions.values.allSatisfy { $0 >= 0 && $0 <= 1 }, comment)
        for row in 0..<predictions.rowCount {
            let sum = predictions.values[row * target.outputCount..<(row + 1) * target.outputCount].reduce(0, +)
            if abs(sum - 1) > 1e-6 {
                Issue.record("row \(row) sums to \(sum)")
                return
            }
        }
    }
}

extension FittedModel {
    /// What `write(to:)` writes.
    var bytes: [UInt8] {
        var writer = BinaryWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// The same model, read back from its bytes through the catalogue.
    func readBack() throws -> any FittedModel {
        var reader = BinaryReader(bytes)
        let copy = try LearnerCatalogue.decodeModel(kind: Self.kind, from: &reader)
        #expect(reader.remaining == 0)
        return copy
    }
}
