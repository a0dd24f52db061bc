import Foundation
import Learners
import Search
import Tabular
import Testing

@testable import AutoML

struct ExplanationTests {
    private static func train(
        _ task: Task, trials: Int = 10, learners: [String]? = nil, rows: Int = 300
    ) throws -> ModelArtifact {
        let table: Table =
            switch task {
            case .binary: Fixtures.binary(rows: rows)
            case .multiclass: Fixtures.multiclass(rows: rows)
            case .regression: Fixtures.regression(rows: rows)
            }
        return try LocalExperiment(
            table,
            settings: ExperimentSettings(
                target: task == .regression ? "y" : "label", budget: .trials(trials), folds: 3, learners: learners),
            options: .init(threads: 2)
        ).runBlocking().model
    }

    private static func table(_ task: Task) -> Table {
        switch task {
        case .binary: Fixtures.binary(rows: 40, seed: 9)
        case .multiclass: Fixtures.multiclass(rows: 40, seed: 9)
        case .regression: Fixtures.regression(rows: 40, seed: 9)
        }
    }

    @Test(arguments: [Task.binary, .multiclass, .regression])
    func contributionsAndBaseSumToThePrediction(_ task: Task) throws {
        let kinds = [
            ["gradient_boosting"], ["random_forest"], ["linear"], ["k_nearest_neighbors"],
            ["gradient_boosting", "linear"],
        ]
        for learners in kinds + (task == .regression ? [] : [["gaussian_naive_bayes"]]) {
            let model = try ExplanationTests.train(task, trials: 2, learners: learners, rows: 150)
            let table = ExplanationTests.table(task)
            let predictions = try model.predict(table)
            let own = try model.contributions(table, predictionBudget: 4_000)
            #expect(own.columns == model.header.plan.sources.map(\.name))
            #expect(own.scale == (task == .regression ? .targetUnits : .probability))
            for row in 0..<table.rowCount {
                for output in own.outputs.indices {
                    let expected =
                        predictions.values[row * predictions.outputCount + (task == .binary ? 1 : output)]
                    #expect(abs(own.total(row: row, output: output) - expected) < 1e-4, "\(learners)")
                }
            }
            let isSampled = learners == ["k_nearest_neighbors"] || learners == ["gaussian_naive_bayes"]
            #expect((own.standardErrors != nil) == isSampled)
            #expect(own.members.allSatisfy { ($0.method == .sampled) == isSampled })
        }
    }

    @Test func marginsAreGivenWhereMembersShareThem() throws {
        let boosted = try ExplanationTests.train(.binary, trials: 1, learners: ["gradient_boosting"])
        let own = try boosted.contributions(ExplanationTests.table(.binary), scale: .margin)
        #expect(own.scale == .logOdds)
        let bayes = try ExplanationTests.train(.binary, trials: 1, learners: ["gaussian_naive_bayes"])
        #expect(throws: AutoMLError.self) {
            try bayes.contributions(ExplanationTests.table(.binary), scale: .margin)
        }
    }

    @Test func sampledValuesAgreeWithExactOnesOfAnAdditiveModel() throws {
        // A linear regression's values do not depend on the order, so any number of orders differs by the background alone.
        let model = try ExplanationTests.train(.regression, trials: 1, learners: ["linear"], rows: 400)
        let table = ExplanationTests.table(.regression)
        let exact = try model.contributions(table)
        let features = try model.features(of: table)
        let background = try model.features(of: try #require(model.evaluation).sample.table)
        let sampled = try SampledShapley(
            bag: model.bags[0], background: background, columnOf: ["a": 0, "b": 1], columnCount: 2, isBinary: false
        ).values(features, budget: 40_000, context: TrainingContext())
        for row in 0..<40 {
            for column in 0..<2 {
                let index = row * 2 + column
                #expect(abs(sampled.values[index] - exact.values[index]) < 6 * sampled.errors[index] + 0.3)
            }
        }
    }

    @Test(arguments: [Task.binary, .multiclass, .regression])
    func everyPartIsThereAndBounded(_ task: Task) throws {
        let model = try ExplanationTests.train(task, trials: 6)
        var options = Explainer.Options()
        options.importanceSeconds = 1
        options.dependenceSeconds = 1
        options.group = task == .binary ? "colour" : "a"
        let explanation = try Explainer(model, options: options).explain()
        let evaluation = try #require(explanation.evaluation)
        #expect(explanation.subject.kind == .outOfFold && explanation.subject.rows == 300)
        #expect(evaluation.rows == 300)
        #expect(evaluation.metrics.map(\.metric) == Metric.all(for: task))
        for score in evaluation.metrics {
            let ends = try #require(score.interval)
            #expect(ends[0] <= score.score ?? .nan && score.score ?? .nan <= ends[1], "\(score.metric)")
        }
        let headline = try #require(evaluation.metrics.first { $0.metric == model.header.metric }?.score)
        #expect(abs(headline - (model.header.score ?? 0)) < 0.05 * max(1, abs(headline)))
        let curve = try #require(explanation.learningCurve)
        #expect(curve.points.count == 5 && curve.scoredRows == 300)
        #expect(zip(curve.points, [25, 50, 100, 200, 200]).allSatisfy { abs($0.rows - $1) < 4 })
        #expect(curve.points.map(\.isModel) == [false, false, false, false, true])
        #expect(curve.model == model.header.members.max { $0.weight < $1.weight }?.model)
        for point in curve.points {
            let ends = try #require(point.interval)
            #expect(ends[0] <= point.score && point.score <= ends[1])
        }
        let importance = try #require(explanation.importance)
        #expect(Set(importance.columns.map(\.column)) == Set(model.header.schema.columns.map(\.name)))
        #expect(["a", "b"].contains(importance.columns[0].column))
        if task == .binary {
            #expect(importance.columns.last?.column == "noise" || importance.columns.last?.column == "colour")
            #expect(evaluation.thresholds?.count ?? 0 > 90)
            #expect(evaluation.curves?.count == 1)
        }
        if task == .regression {
            #expect(explanation.residuals?.count == 2)
            #expect(evaluation.residuals?.counts.reduce(0, +) == 300)
        } else {
            #expect(evaluation.confusion?.counts.flatMap { $0 }.reduce(0, +) == 300)
        }
        #expect(explanation.contributions?.columns.isEmpty == false)
        #expect(explanation.dependence.count == model.header.plan.sources.count)
        #expect(explanation.interactions.allSatisfy { $0.h >= 0 && $0.h <= 1 })
        #expect(explanation.groups?.groups.isEmpty == false)
        #expect(explanation.card.origin == nil && explanation.leaderboard.allSatisfy { $0.fitSeconds == nil })

        let json = String(decoding: try ReportCoding.encoder().encode(explanation), as: UTF8.self)
        #expect(json.contains("\"expected_calibration_error\"") == (task != .regression))
        let page = HTMLReport(explanation, name: "<model>", madeOn: .here()).text
        #expect(page.contains("&lt;model&gt;") && !page.contains("<model>"))
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"))
        #expect(!page.contains("nan") && !page.contains("inf'"))
    }

    @Test func aGivenTableIsEvaluatedAndExplained() throws {
        let model = try ExplanationTests.train(.binary, trials: 3)
        var options = Explainer.Options()
        options.importanceSeconds = 1
        options.dependenceSeconds = 1
        let given = try Explainer(model, options: options).explain(on: Fixtures.binary(rows: 150, seed: 4))
        #expect(given.subject.kind == .given && given.subject.rows == 150)
        let without = Table(columns: Fixtures.binary(rows: 80, seed: 4).columns.filter { $0.name != "label" })
        let blind = try Explainer(model, options: options).explain(on: without)
        #expect(blind.evaluation == nil && blind.importance == nil && blind.contributions != nil)
        let strange = Table(
            columns: Fixtures.binary(rows: 80, labels: ("left", "right")).columns)
        #expect(throws: AutoMLError.self) { try Explainer(model, options: options).explain(on: strange) }
        options.group = "none"
        #expect(throws: AutoMLError.self) { try Explainer(model, options: options).explain() }
    }

    /// What is between the seals of a model's file.
    private static func content(_ file: [UInt8]) throws -> [UInt8] {
        var reader = try Sealed.open(file, ModelArtifact.magic, versions: 3...3, what: "the model").content
        return try (0..<reader.remaining).map { _ in try reader.read(UInt8.self) }
    }

    @Test func aFileOfTheFirstVersionIsRead() throws {
        let model = try ExplanationTests.train(.binary, trials: 2)
        let plain = try ModelArtifact(
            header: model.header, bags: model.bags, goldenRows: model.goldenRows, context: TrainingContext())
        let content = try ExplanationTests.content(plain.encoded())
        // Version 1 ended with the last model; after it come bytes that say that there is no evaluation and no uncertainty.
        let old = Sealed.seal(ModelArtifact.magic, version: 1, Array(content.dropLast(2)))
        let loaded = try ModelArtifact(loading: old)
        #expect(loaded.evaluation == nil)
        let table = ExplanationTests.table(.binary)
        #expect(try loaded.predict(table) == model.predict(table))
        let explanation = try Explainer(loaded).explain()
        #expect(explanation.subject.kind == .seen && explanation.evaluation == nil)
        #expect(!explanation.notes.isEmpty)
        let future = Sealed.seal(ModelArtifact.magic, version: 4, content)
        #expect(throws: AutoMLError.self) { try ModelArtifact(loading: future) }
    }

    @Test func theEvaluationSurvivesTheFileAndDamageIsFound() throws {
        let model = try ExplanationTests.train(.binary, trials: 2, rows: 80)
        let bytes = try model.encoded()
        #expect(try ModelArtifact(loading: bytes).evaluation == model.evaluation)
        // Seals that fit, over content that does not.
        let content = try ExplanationTests.content(bytes)
        var random = RandomSource(seed: 3)
        for _ in 0..<200 {
            var broken = content
            if random.below(2) == 0 {
                broken[broken.count - 1 - random.below(2_000)] ^= UInt8(1 << random.below(8))
            } else {
                broken.removeLast(1 + random.below(2_000))
            }
            _ = try? ModelArtifact(loading: Sealed.seal(ModelArtifact.magic, version: 3, broken))
        }
    }
}
