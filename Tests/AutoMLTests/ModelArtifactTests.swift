import AutoML
import Foundation
import Learners
import Search
import Tabular
import Testing

struct ModelArtifactTests {
    private static func train(_ table: Table, target: String, learners: LearnerSet = .window) throws
        -> FinishedExperiment
    {
        try LocalExperiment(
            table, settings: ExperimentSettings(target: target, budget: .trials(4)), learners: learners
        ).runBlocking()
    }

    @Test func itPredictsAfterLoadingWhatItPredictedBefore() throws {
        let table = Fixtures.binary()
        let finished = try ModelArtifactTests.train(table, target: "label", learners: .standard)
        let loaded = try ModelArtifact(loading: finished.artifact)
        #expect(loaded.header == finished.model.header)
        #expect(try loaded.predict(table) == finished.model.predict(table))
        #expect(try loaded.encoded() == finished.artifact)
        #expect(loaded.goldenRows.rowCount == 8)
        #expect(loaded.header.members.allSatisfy { $0.weight > 0 })
    }

    @Test func everyDamageIsFound() throws {
        let finished = try ModelArtifactTests.train(Fixtures.binary(rows: 60), target: "label")
        var random = RandomSource(seed: 9)
        let bytes = finished.artifact
        for _ in 0..<300 {
            var broken = bytes
            broken[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
            #expect(throws: AutoMLError.self) { try ModelArtifact(loading: broken, learners: .window) }
        }
        for count in [0, 1, 7, 8, 12, 20, bytes.count / 2, bytes.count - 1] {
            #expect(throws: AutoMLError.self) {
                try ModelArtifact(loading: Array(bytes[..<count]), learners: .window)
            }
        }
        #expect(throws: AutoMLError.self) { try ModelArtifact(loading: bytes + [0], learners: .window) }
        #expect(throws: AutoMLError.self) { try ModelArtifact(loading: bytes, learners: .standard) }
    }

    @Test func columnsMayComeInAnyOrderAndWithCompany() throws {
        let table = Fixtures.binary()
        let model = try ModelArtifactTests.train(table, target: "label").model
        let shuffled = Table(
            columns: [Fixtures.integers("extra", Array(0..<200))]
                + table.columns.reversed().filter { $0.name != "label" })
        #expect(try model.predict(shuffled) == model.predict(table))
    }

    @Test func whatCannotBePredictedNamesColumnAndRow() throws {
        let table = Fixtures.binary()
        let model = try ModelArtifactTests.train(table, target: "label").model
        func message(_ table: Table) -> String? {
            do {
                _ = try model.predict(table)
                return nil
            } catch {
                return (error as? AutoMLError)?.message
            }
        }
        let without = Table(columns: table.columns.filter { $0.name != "b" })
        #expect(message(without)?.contains("\"b\"") == true)
        let words = Table(
            columns: table.columns.map {
                $0.name == "a" ? Fixtures.strings("a", (0..<200).map { $0 == 2 ? "many" : "1.5" }) : $0
            })
        #expect(message(words)?.contains("column \"a\", row 3") == true)
        let unseen = Table(
            columns: table.columns.map {
                $0.name == "colour" ? Fixtures.strings("colour", (0..<200).map { _ in "violet" }) : $0
            })
        #expect(message(unseen) == nil)
    }

    @Test func noRowsGiveNoPredictions() throws {
        let model = try ModelArtifactTests.train(Fixtures.regression(), target: "y").model
        let none = Fixtures.regression().selecting([])
        #expect(try model.predict(none).rowCount == 0)
    }

    @Test func aMetricOfClassesTunesTheThreshold() throws {
        var random = RandomSource(seed: 4)
        let rows = 400
        let x = (0..<rows).map { _ in random.normal() }
        let label = x.map { value -> String? in value + 3 * random.normal() > 4.5 ? "rare" : "common" }
        let table = Table(columns: [
            Fixtures.numbers("x", x), Fixtures.numbers("z", x.map { -$0 }), Fixtures.strings("y", label),
        ])
        let model = try LocalExperiment(
            table, settings: ExperimentSettings(target: "y", metric: .f1, budget: .trials(4)), learners: .window
        ).runBlocking().model
        let threshold = try #require(model.header.threshold)
        #expect(threshold < 0.5)
        let predictions = try model.predict(table)
        #expect(
            model.labels(predictions).filter { $0 == "rare" }.count
                > predictions.predictedClasses().filter { $0 == 1 }.count)
    }
}
