import AutoML
import Foundation
import Learners
import Search
import Tabular
import Testing

@Suite struct ONNXExportTests {
    private static let combinations = LearnerCatalogue.all.flatMap { learner in
        Task.allCases.filter(learner.isSuitable).map { (learner.name, $0) }
    }

    private static func train(
        _ table: Table, learners: [String]? = nil, trials: Int = 2, metric: Metric? = nil
    ) throws -> ModelArtifact {
        let settings = ExperimentSettings(
            target: "y", metric: metric, budget: .trials(trials), seed: 3, folds: 2, learners: learners)
        return try LocalExperiment(table, settings: settings, options: .init(threads: 2)).runBlocking().model
    }

    /// Compares every row; the answer is the largest difference of a probability, or of a value by the spread of all.
    @discardableResult
    private static func compare(_ model: ModelArtifact, on table: Table, file: [UInt8]? = nil) throws -> Double {
        let expected = try model.predict(table)
        let outputs = try OnnxRuntime.run(try file ?? model.onnx(), on: table)
        #expect(outputs.error == nil)
        let found = try #require(outputs.probabilities ?? outputs.prediction)
        #expect(found.count == expected.rowCount)
        let values = found.flatMap { $0 }
        try #require(values.count == expected.values.count)
        if model.header.task.isClassification { #expect(outputs.label == model.labels(expected)) }
        let mean = expected.values.reduce(0, +) / Double(values.count)
        let spread = expected.values.reduce(0) { max($0, abs($1 - mean)) }
        let unit = model.header.task == .regression ? max(spread, 1) : 1
        let largest = zip(values, expected.values).reduce(0) { max($0, abs($1.0 - $1.1)) } / unit
        #expect(largest < 1e-5)
        return largest
    }

    @Test(.enabled(if: OnnxRuntime.isThere, Comment(rawValue: OnnxRuntime.absence)), arguments: combinations)
    func everyLearnerPredictsTheSame(learner: String, task: Task) throws {
        var source = MixedTable(seed: 11)
        let model = try ONNXExportTests.train(source.table(rows: 450, task: task), learners: [learner])
        try ONNXExportTests.compare(model, on: source.table(rows: 150, task: task, isNew: true))
    }

    @Test(.enabled(if: OnnxRuntime.isThere, Comment(rawValue: OnnxRuntime.absence)), arguments: Task.allCases)
    func everyTrialOfAPortfolioPredictsTheSame(task: Task) throws {
        var source = MixedTable(seed: 12)
        let model = try ONNXExportTests.train(source.table(rows: 300, task: task), trials: 12)
        #expect(model.header.members.count > 1)
        try ONNXExportTests.compare(model, on: source.table(rows: 200, task: task, isNew: true))
    }

    @Test(.enabled(if: OnnxRuntime.isThere, Comment(rawValue: OnnxRuntime.absence)))
    func theDecisionThresholdIsTheModels() throws {
        var random = RandomSource(seed: 4)
        func table(_ rows: Int) -> Table {
            let x = (0..<rows).map { _ in random.normal() }
            let label = x.map { value -> String? in value + 3 * random.normal() > 4.5 ? "rare" : "common" }
            return Table(columns: [
                Fixtures.numbers("x", x), Fixtures.numbers("z", x.map { $0 * random.normal() }),
                Fixtures.strings("y", label),
            ])
        }
        let model = try ONNXExportTests.train(table(400), trials: 4, metric: .f1)
        #expect(model.header.threshold != 0.5)
        try ONNXExportTests.compare(model, on: table(200))
    }

    @Test(.enabled(if: OnnxRuntime.isThere, Comment(rawValue: OnnxRuntime.absence)))
    func valuesAtThresholdsGoTheSameWay() throws {
        // Halves of whole numbers lie on the thresholds between them; their neighbours lie just beside.
        var random = RandomSource(seed: 5)
        let x = (0..<400).map { _ in Double(random.below(12)) * 0.1 }
        let table = Table(columns: [
            Fixtures.numbers("x", x),
            Fixtures.numbers("y", x.map { ($0 * 10).truncatingRemainder(dividingBy: 3) + $0 }),
        ])
        let model = try ONNXExportTests.train(table, learners: ["decision_tree"])
        let edges = (0..<12).flatMap { step -> [Double] in
            let middle = Double(step) * 0.1 / 2 + Double(step + 1) * 0.1 / 2
            return [middle.nextDown, middle, middle.nextUp, Double(Float(middle))]
        }
        let ends = [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude, .nan]
        let difference = try ONNXExportTests.compare(
            model, on: Table(columns: [Fixtures.numbers("x", edges + ends)]))
        #expect(difference < 1e-7)
    }

    @Test(.enabled(if: OnnxRuntime.isThere, Comment(rawValue: OnnxRuntime.absence)))
    func datesAreReadInEveryFormOfISO8601() throws {
        var source = MixedTable(seed: 14)
        let table = source.table(rows: 300, task: .regression)
        let columns = table.columns.filter { ["day", "time", "y"].contains($0.name) }
        let model = try ONNXExportTests.train(Table(columns: columns), learners: ["gradient_boosting"])
        let file = try model.onnx()
        let same = [
            "2024-02-29T23:30:00Z", "2024-02-29 23:30", "2024-02-29T23:30:00.000", "2024-03-01T01:00:00+01:30",
            "2024-2-29 18:00:00-05:30",
        ]
        let days = ["2011-12-31", "2011-12-31 00:00:00", "2011-12-31T00:00:00Z", "2011-12-31T00:00", "2011-12-31"]
        let found = try #require(
            try OnnxRuntime.run(file, columns: ["day": days, "time": same]).prediction
        ).flatMap { $0 }
        let moment = Column(
            name: "time", type: .datetime, storage: .datetimes([Int64](repeating: 1_709_249_400_000_000, count: 5)))
        let day = Column(
            name: "day", type: .date, storage: .dates(PackedIntegers([Int64](repeating: 15_339, count: 5))))
        let expected = try model.predict(Table(columns: [day, moment])).values
        for (one, other) in zip(found, expected) { #expect(abs(one - other) < 1e-6 * abs(other)) }
        for bad in ["2023-02-29", "31.12.2011", "2011-13-01", "yesterday", "2011-12-31 24"] {
            let outputs = try OnnxRuntime.run(file, columns: ["day": [bad, "2011-12-31"], "time": ["", ""]])
            #expect(outputs.error?.contains("column \"day\"") == true, "\(bad): \(outputs)")
        }
    }

    @Test(.enabled(if: OnnxRuntime.isThere, Comment(rawValue: OnnxRuntime.absence)))
    func truthIsReadInAnyCaseAndNothingElseIs() throws {
        var source = MixedTable(seed: 15)
        let table = source.table(rows: 300, task: .binary)
        let columns = table.columns.filter { ["flag", "number", "y"].contains($0.name) }
        let file = try ONNXExportTests.train(Table(columns: columns), learners: ["linear"]).onnx()
        func probabilities(_ words: [String]) throws -> [Double] {
            let rows = words.map { _ in 0.5 }
            return try #require(
                try OnnxRuntime.run(file, columns: ["flag": words, "number": rows]).probabilities
            ).map { $0[1] }
        }
        let yes = try probabilities(["yes", "YES", "True", "t", "1"])
        let no = try probabilities(["no", "False", "FALSE", "n", "0"])
        #expect(Set(yes).count == 1 && Set(no).count == 1 && yes[0] != no[0])
        let outputs = try OnnxRuntime.run(file, columns: ["flag": ["maybe"], "number": [1]])
        #expect(outputs.error?.contains("column \"flag\"") == true)
    }

    @Test(arguments: Task.allCases) func theSameModelGivesTheSameBytes(task: Task) throws {
        var source = MixedTable(seed: 16)
        let model = try ONNXExportTests.train(source.table(rows: 150, task: task), trials: 5)
        // A caller that does not want it any more ends it.
        #expect(throws: CancellationError.self) { try model.onnx(check: { throw CancellationError() }) }
        let file = try model.onnx()
        #expect(try model.onnx() == file)
        #expect(try ModelArtifact(loading: try model.encoded()).onnx() == file)
    }

    @Test(arguments: ["gradient_boosting", "random_forest", "linear", "k_nearest_neighbors", "gaussian_naive_bayes"])
    func wordsAreRefusedByTheNameOfTheirColumn(learner: String) throws {
        var random = RandomSource(seed: 6)
        let words = (0..<120).map { _ in (0..<8).map { _ in "word\(random.below(30))" }.joined(separator: " ") }
        let table = Table(columns: [
            Fixtures.strings("review", words, type: .text), Fixtures.numbers("x", words.map { _ in random.normal() }),
            Fixtures.strings("y", words.map { $0.contains("word7") ? "a" : "b" }),
        ])
        let model = try ONNXExportTests.train(table, learners: [learner])
        do {
            _ = try model.onnx()
            Issue.record("it was written")
        } catch let error as AutoMLError {
            #expect(error.code == .notExportable && error.field == "review")
            #expect(error.message.contains("\"review\"") && error.message.contains("hashed"))
        }
    }

    @Test func anEmptyCategoryIsRefused() throws {
        let levels = (0..<90).map { ["", "a", "b"][$0 % 3] }
        let table = Table(columns: [
            Fixtures.strings("kind", levels), Fixtures.strings("y", levels.map { $0 == "" ? "p" : "q" }),
        ])
        let model = try ONNXExportTests.train(table, learners: ["decision_tree"])
        let error = #expect(throws: AutoMLError.self) { _ = try model.onnx() }
        #expect(error?.field == "kind")
    }
}
