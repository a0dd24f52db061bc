import AutoML
import Foundation
import Learners
import Search
import Tabular
import Testing

struct PreparedExperimentTests {
    private func prepare(_ table: Table, _ settings: ExperimentSettings) throws -> PreparedExperiment {
        try PreparedExperiment(table, settings: settings, learners: .window)
    }

    private func error(_ table: Table, _ settings: ExperimentSettings) -> AutoMLError? {
        do {
            _ = try prepare(table, settings)
            return nil
        } catch {
            return error as? AutoMLError
        }
    }

    private func table(_ target: Column) -> Table {
        Table(columns: [Fixtures.numbers("x", (0..<target.count).map { Double($0 % 7) }), target])
    }

    @Test func tasksAreDetected() throws {
        func task(_ column: Column) throws -> Task { try prepare(table(column), .init(target: "y")).task }
        #expect(try task(Fixtures.strings("y", (0..<40).map { $0 % 2 == 0 ? "a" : "b" })) == .binary)
        #expect(try task(Fixtures.strings("y", (0..<40).map { "c\($0 % 4)" })) == .multiclass)
        #expect(try task(Fixtures.integers("y", (0..<40).map { $0 % 2 })) == .binary)
        #expect(try task(Fixtures.integers("y", (0..<60).map { $0 % 5 })) == .multiclass)
        #expect(try task(Fixtures.integers("y", (0..<60).map { $0 })) == .regression)
        #expect(try task(Fixtures.numbers("y", (0..<60).map { Double($0) / 4 })) == .regression)
        let bits = Column(name: "y", type: .boolean, storage: .booleans(Bitmap(words: [0b1011_0110], count: 40)))
        #expect(try task(bits) == .binary)
    }

    @Test func classesAreSpelledAsReadAndSorted() throws {
        let bits = Column(
            name: "y", type: .boolean, storage: .booleans(Bitmap(words: [0b1011_0110], count: 40)),
            booleanLabels: BooleanLabels(no: "No", yes: "Yes"))
        let yes = try prepare(table(bits), .init(target: "y"))
        #expect(yes.classes == ["No", "Yes"])
        #expect(yes.problem.target.values.prefix(3) == [0, 1, 1])
        let numbers = try prepare(table(Fixtures.integers("y", (0..<40).map { [10, 9][$0 % 2] })), .init(target: "y"))
        #expect(numbers.classes == ["10", "9"])
        #expect(numbers.problem.target.values.prefix(2) == [0, 1])
    }

    @Test func theMetricFollowsTheTask() throws {
        #expect(try prepare(Fixtures.binary(), .init(target: "label")).metric == .rocAUC)
        #expect(try prepare(Fixtures.multiclass(), .init(target: "label")).metric == .logLoss)
        #expect(try prepare(Fixtures.regression(), .init(target: "y")).metric == .rmse)
        #expect(try prepare(Fixtures.binary(), .init(target: "label", metric: .f1)).metric == .f1)
    }

    @Test func rowsWithoutATargetAreLeftOut() throws {
        let column = Fixtures.strings("y", (0..<40).map { $0 % 4 == 3 ? nil : $0 % 2 == 0 ? "a" : "b" })
        let prepared = try prepare(table(column), .init(target: "y"))
        #expect(prepared.droppedRowCount == 10)
        #expect(prepared.problem.rowCount == 30)
        #expect(prepared.problem.features.column("x")?.doubles()?.prefix(4) == [0, 1, 2, 4])
    }

    @Test func mistakesAreNamed() {
        let binary = Fixtures.binary()
        let unknown = error(binary, .init(target: "lable"))
        #expect(unknown?.code == .unknownColumn)
        #expect(unknown?.field == "target")
        #expect(unknown?.message.contains("did you mean \"label\"") == true)
        #expect(error(binary, .init(target: "label", exclude: ["colur"]))?.field == "exclude")
        #expect(error(binary, .init(target: "label", task: .regression))?.field == "task")
        #expect(error(binary, .init(target: "label", task: .multiclass))?.field == "task")
        #expect(error(Fixtures.multiclass(), .init(target: "label", task: .binary))?.field == "task")
        #expect(error(binary, .init(target: "label", metric: .rmse))?.field == "metric")
        #expect(error(Fixtures.regression(), .init(target: "y", metric: .rmsle))?.field == "metric")
        #expect(error(binary, .init(target: "label", folds: 1))?.field == "folds")
        #expect(error(binary, .init(target: "label", folds: 21))?.field == "folds")
        #expect(error(binary, .init(target: "label", budget: .seconds(0)))?.field == "time_budget_seconds")
        #expect(error(binary, .init(target: "label", budget: .seconds(.nan)))?.field == "time_budget_seconds")
        #expect(error(binary, .init(target: "label", budget: .trials(0)))?.field == "trials")
        #expect(error(binary, .init(target: "label", learners: ["windw"]))?.field == "learners")
        #expect(error(binary, .init(target: "label", weight: "colour"))?.field == "weight")
        #expect(error(binary, .init(target: "label", weight: "a"))?.field == "weight")
    }

    @Test func targetsThatCannotBeLearnedAreNamed() {
        func code(_ column: Column) -> AutoMLError.Code? { error(table(column), .init(target: "y"))?.code }
        #expect(code(Fixtures.strings("y", (0..<40).map { _ in "same" })) == .unsuitableData)
        #expect(code(Fixtures.strings("y", (0..<40).map { _ in nil })) == .unsuitableData)
        #expect(code(Fixtures.strings("y", (0..<40).map { "name \($0)" })) == .unsuitableData)
        #expect(code(Fixtures.integers("y", [1, 2, 1, 2, 1])) == .unsuitableData)
        let dates = Column(name: "y", type: .date, storage: .dates(PackedIntegers((0..<40).map { Int64($0) })))
        #expect(code(dates) == .unsuitableData)
        let only = Table(columns: [Fixtures.integers("y", (0..<40).map { $0 % 2 })])
        #expect(error(only, .init(target: "y"))?.code == .unsuitableData)
    }

    @Test func weightsAreTakenOutOfTheFeatures() throws {
        let rows = 40
        let table = Table(columns: [
            Fixtures.numbers("x", (0..<rows).map { Double($0 % 7) }),
            Fixtures.numbers("w", (0..<rows).map { Double($0 % 3) }),
            Fixtures.strings("y", (0..<rows).map { $0 % 2 == 0 ? "a" : "b" }),
        ])
        let prepared = try prepare(table, .init(target: "y", weight: "w"))
        #expect(prepared.problem.weights?.prefix(3) == [0, 1, 2])
        #expect(prepared.plan.featureNames == ["x"])
    }

    @Test func settingsTravelAsJSON() throws {
        let settings = ExperimentSettings(
            target: "y", task: .binary, metric: .f1, budget: .trials(7), seed: .max, folds: 3, exclude: ["a"],
            learners: ["window"], weight: "w", validation: .random)
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(ExperimentSettings.self, from: data) == settings)
        let plain = try JSONDecoder().decode(ExperimentSettings.self, from: Data(#"{"target": "y"}"#.utf8))
        #expect(plain == ExperimentSettings(target: "y", validation: nil))
        for wrong in [
            #"{"target": "y", "task": "rank"}"#, #"{"target": "y", "trials": 3, "time_budget_seconds": 4}"#,
            #"{"target": 1}"#, #"{}"#, #"{"target": "y", "seed": -1}"#,
            #"{"target": "y", "validation": "guess"}"#,
        ] {
            #expect(throws: AutoMLError.self) {
                try JSONDecoder().decode(ExperimentSettings.self, from: Data(wrong.utf8))
            }
        }
    }
}
