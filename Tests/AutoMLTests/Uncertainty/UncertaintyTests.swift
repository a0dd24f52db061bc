import Foundation
import Learners
import Search
import Tabular
import Testing

@testable import AutoML

/// Ranges of predictions, tried on rows that had no part in anything.
struct UncertaintyTests {
    /// A number whose noise grows with `x` from 0 to 2.
    private static func spreading(rows: Int, seed: UInt64, origin: Double = 0) -> Table {
        var random = RandomSource(seed: seed)
        var (x, z, y): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<rows {
            let (a, b) = (random.unit(), random.normal())
            x.append(a)
            z.append(b)
            y.append(origin + 3 * a + b + 2 * a * random.normal())
        }
        return Table(columns: [Fixtures.numbers("x", x), Fixtures.numbers("z", z), Fixtures.numbers("y", y)])
    }

    private static func trained(_ table: Table, _ settings: ExperimentSettings) throws -> FinishedExperiment {
        try LocalExperiment(table, settings: settings, options: .init(threads: 2)).runBlocking()
    }

    private static func intervals(
        _ model: ModelArtifact, _ table: Table, _ level: Double
    ) throws -> (low: [Double], high: [Double]) {
        let ranges = try model.ranges(try model.predict(table), of: table, level: level)
        guard case .intervals(let low, let high) = ranges else { return ([], []) }
        return (low, high)
    }

    @Test(arguments: [0.0, 1e6])
    func intervalsCoverAndAreWideWhereTheNoiseIs(origin: Double) throws {
        let settings = ExperimentSettings(
            target: "y", budget: .trials(3), learners: ["linear", "gradient_boosting"])
        let finished = try UncertaintyTests.trained(
            UncertaintyTests.spreading(rows: 1500, seed: 1, origin: origin), settings)
        let model = try ModelArtifact(loading: finished.artifact)
        let new = UncertaintyTests.spreading(rows: 4000, seed: 2, origin: origin)
        let (x, truth) = (new.column("x")?.doubles() ?? [], new.column("y")?.doubles() ?? [])
        let predictions = try model.predict(new).values
        for level in [0.5, 0.8, 0.9, 0.95] {
            let (low, high) = try UncertaintyTests.intervals(model, new, level)
            try #require(low.count == truth.count)
            let covered = truth.indices.count { truth[$0] >= low[$0] && truth[$0] <= high[$0] }
            #expect(abs(Double(covered) / Double(truth.count) - level) < 0.03, "\(level)")
            #expect(predictions.indices.allSatisfy { low[$0] <= predictions[$0] && predictions[$0] <= high[$0] })
            func width(_ isIn: (Double) -> Bool) -> Double {
                let rows = x.indices.filter { isIn(x[$0]) }
                return rows.reduce(0) { $0 + high[$1] - low[$1] } / Double(rows.count)
            }
            #expect(width { $0 < 0.2 } < 0.6 * width { $0 > 0.8 })
            let measured = try #require(
                model.evaluation?.document.evaluation.coverage?.first { $0.level == level })
            #expect(abs(measured.coverage - level) < 0.03)
            #expect(abs(measured.size / width { _ in true } - 1) < 0.2)
        }
        // What is loaded says what was made.
        let made = try UncertaintyTests.intervals(finished.model, new, 0.9)
        #expect(made == (try UncertaintyTests.intervals(model, new, 0.9)))
    }

    @Test func tooFewRowsAreToldAndNothingLiesBelowWhatCannotBe() throws {
        var random = RandomSource(seed: 5)
        let x = (0..<60).map { _ in random.normal() }
        let table = Table(columns: [
            Fixtures.numbers("x", x), Fixtures.numbers("y", x.map { max(0, $0 + random.normal()) }),
        ])
        let model = try UncertaintyTests.trained(
            table, ExperimentSettings(target: "y", budget: .trials(2), learners: ["linear"])
        ).model
        let (low, high) = try UncertaintyTests.intervals(model, table, 0.9)
        #expect(low.contains(0) && zip(low, high).allSatisfy { $0 <= $1 })
        #expect(zip(low, try model.predict(table).values).allSatisfy { $0 >= min(0, $1) })
        #expect(abs((model.highestInterval ?? 0) - (1 - 2.0 / 61)) < 1e-12)
        for level in [0.99, 1.0, 0, -1, .nan] {
            let error = #expect(throws: AutoMLError.self) { try model.checkInterval(level) }
            #expect(error?.field == "interval")
        }
    }

    @Test func setsHoldTheTruthOfEveryClass() throws {
        // One class in twenty is rare, and all overlap.
        func table(_ rows: Int, _ seed: UInt64) -> Table {
            var random = RandomSource(seed: seed)
            let kinds = (0..<rows).map { _ in random.below(20) == 0 ? 2 : random.below(2) }
            return Table(columns: [
                Fixtures.numbers("x", kinds.map { Double($0) + random.normal() }),
                Fixtures.strings("kind", kinds.map { ["a", "b", "c"][$0] }),
            ])
        }
        let finished = try UncertaintyTests.trained(
            table(3000, 1), ExperimentSettings(target: "kind", budget: .trials(2), learners: ["linear"]))
        let model = try ModelArtifact(loading: finished.artifact)
        let new = table(6000, 2)
        let predictions = try model.predict(new)
        let predicted = model.predictedClasses(predictions)
        let truth = try #require(new.column("kind")).strings().map { Int32(["a", "b", "c"].firstIndex(of: $0) ?? -1) }
        for level in [0.8, 0.9, 0.95] {
            guard case .labels(let sets) = try model.ranges(predictions, of: new, level: level) else {
                Issue.record("no sets")
                return
            }
            for kind in Int32(0)..<3 {
                let rows = truth.indices.filter { truth[$0] == kind }
                let covered = Double(rows.count { sets[$0].contains(kind) }) / Double(rows.count)
                #expect(covered > level - 0.05, "\(kind) at \(level)")
            }
            let covered = Double(truth.indices.count { sets[$0].contains(truth[$0]) }) / Double(truth.count)
            #expect(abs(covered - level) < 0.03, "\(level)")
            #expect(zip(sets, predicted).allSatisfy { $0.contains($1) && $0 == $0.sorted() })
        }
        #expect(model.evaluation?.document.evaluation.coverage?.count == 4)
    }

    @Test func aSureModelHasSetsOfOne() throws {
        let kinds = (0..<200).map { $0 % 2 == 0 ? "a" : "b" }
        let table = Table(columns: [
            Fixtures.numbers("x", kinds.map { $0 == "a" ? 0 : 1 }), Fixtures.strings("kind", kinds),
        ])
        let model = try UncertaintyTests.trained(
            table, ExperimentSettings(target: "kind", budget: .trials(1), learners: ["decision_tree"])
        ).model
        let ranges = try model.ranges(try model.predict(table), of: table, level: 0.9)
        #expect(ranges == .labels(kinds.map { $0 == "a" ? [0] : [1] }))
    }

    @Test func modelsOfBeforeSayThatTheyHaveNone() throws {
        let file = Bundle.module.bundleURL.appendingPathComponent("Resources/version-1")
        let names = try FileManager.default.contentsOfDirectory(atPath: file.path).filter { $0.hasSuffix(".martlet") }
        let name = try #require(names.min())
        let model = try ModelArtifact(loading: [UInt8](Data(contentsOf: file.appendingPathComponent(name))))
        #expect(model.highestInterval == nil)
        #expect(throws: AutoMLError.self) { try model.checkInterval(0.9) }
    }
}

extension Column {
    /// The values of a column of strings.
    fileprivate func strings() -> [String] {
        guard case .strings(let codes, let levels) = storage else { return [] }
        return (0..<codes.count).map { levels[Int(codes[$0])] }
    }
}
