import AutoML
import Foundation
import Learners
import Tabular
import Testing

/// Models that earlier versions wrote, of every task and every learner, with what `martlet predict` gave for
/// them then: they load for ever and predict the same.
struct OldModelTests {
    private static let folder = Bundle.module.bundleURL.appendingPathComponent("Resources")
    private static let models: [String] = ["version-1", "version-2"].flatMap { version in
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(version).path)
        return (names ?? []).filter { $0.hasSuffix(".martlet") }.sorted().map { "\(version)/\($0.dropLast(8))" }
    }

    @Test func someAreThere() { #expect(OldModelTests.models.count >= 21) }

    @Test(arguments: models)
    func itPredictsWhatItPredictedThen(_ name: String) throws {
        let folder = OldModelTests.folder
        func table(_ name: String) throws -> Table {
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
            return try TableReader.read(.bytes(bytes), ReadOptions()).table
        }
        let file = folder.appendingPathComponent(name + ".martlet")
        let model = try ModelArtifact(loading: [UInt8](Data(contentsOf: file)))
        let predictions = try model.predict(try table("table.csv"))
        let outputs = predictions.outputCount
        let then = try table(name + ".csv").columns
            .filter { outputs == 1 || $0.name.hasPrefix("probability_") }.compactMap { $0.doubles() }
        try #require(then.count == outputs && then.allSatisfy { $0.count == predictions.rowCount })
        for row in 0..<predictions.rowCount {
            for output in 0..<outputs {
                let (now, before) = (predictions.values[row * outputs + output], then[output][row])
                #expect(abs(now - before) <= 1e-12 * max(1, abs(before)), "row \(row)")
            }
        }
    }
}
