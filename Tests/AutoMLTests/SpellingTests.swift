import Foundation
import Learners
import Tabular
import Testing

@testable import AutoML

/// Two categories that Swift's strings hold for one: é as one character, and as e with an accent.
struct SpellingTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    /// The two say the opposite of each other.
    private static func table(rows: Int) -> Table {
        let names = [composed, decomposed, "tea"]
        let codes = (0..<rows).map { Int64($0 % 3) }
        let noise = (0..<rows).map { Double($0 * 37 % 101) }
        return Table(columns: [
            Column(name: "drink", type: .categorical, storage: .strings(codes: PackedIntegers(codes), levels: names)),
            Fixtures.numbers("noise", noise),
            Fixtures.strings("y", codes.map { $0 == 0 ? "yes" : $0 == 1 ? "no" : "maybe" }),
        ])
    }

    @Test func aTableKeepsThemApart() throws {
        let bytes = "drink,x\n\(SpellingTests.composed),1\n\(SpellingTests.decomposed),2\n\(SpellingTests.composed),3\n"
        let (table, _) = try TableReader.read(.bytes([UInt8](bytes.utf8)), ReadOptions())
        let halves = [table.slice(0..<1), table.slice(1..<3)]
        for table in [table, try #require(Table(joining: halves))] {
            guard case .strings(let codes, let levels) = try #require(table.column("drink")).storage else {
                Issue.record("categories are strings")
                return
            }
            #expect(
                levels.map { Array($0.utf8) }
                    == [SpellingTests.composed, SpellingTests.decomposed].map { Array($0.utf8) })
            #expect(codes.int64s() == [0, 1, 0])
        }
    }

    @Test(arguments: ["gradient_boosting", "random_forest", "linear", "gaussian_naive_bayes", "k_nearest_neighbors"])
    func everyLearnerKeepsThemApartAndTheFileLoads(_ learner: String) throws {
        let settings = ExperimentSettings(target: "y", budget: .trials(1), seed: 1, folds: 2, learners: [learner])
        let table = SpellingTests.table(rows: 240)
        let model = try LocalExperiment(table, settings: settings, options: .init(threads: 2)).runBlocking().model
        let loaded = try ModelArtifact(loading: try model.encoded())
        let new = table.slice(0..<60)
        let predictions = try loaded.predict(new)
        #expect(predictions == (try model.predict(new)))
        let expected = (0..<60).map { $0 % 3 == 0 ? "yes" : $0 % 3 == 1 ? "no" : "maybe" }
        #expect(loaded.labels(predictions) == expected)
        // Levels in another order, and fewer of them: found by their bytes.
        let turned = Table(columns: [
            Column(
                name: "drink", type: .categorical,
                storage: .strings(
                    codes: PackedIntegers([0, 1]), levels: [SpellingTests.decomposed, SpellingTests.composed])),
            Fixtures.numbers("noise", [1, 2]),
        ])
        #expect(loaded.labels(try loaded.predict(turned)) == ["no", "yes"])
        guard OnnxRuntime.isThere else { return }
        let outputs = try OnnxRuntime.run(
            try model.onnx(), columns: ["drink": [SpellingTests.decomposed, SpellingTests.composed], "noise": [1, 2]])
        #expect(outputs.label == ["no", "yes"])
    }
}
