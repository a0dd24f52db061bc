import AutoML
import Foundation
import Learners
import Platform
import Tabular

/// Small tables and services that tests share.
enum Fixture {
    /// Three classes over two numbers and a category, with missing cells; the same on every call.
    static func csv(rows: Int = 120) -> [UInt8] {
        var lines = ["length,width,colour,kind"]
        var state: UInt32 = 7
        func next() -> Double {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Double(state >> 8) / Double(1 << 24)
        }
        for row in 0..<rows {
            let kind = row % 3
            let length = Double(kind) * 1.3 + next() * 2
            let width = row % 17 == 0 ? "" : String(format: "%.3f", Double(2 - kind) * 0.8 + next() * 1.5)
            let colour = next() < 0.7 ? ["red", "green", "blue"][kind] : "grey"
            lines.append("\(String(format: "%.3f", length)),\(width),\(colour),k\(kind)")
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// Settings of a quick experiment.
    static func settings(trials: Int, seed: UInt64 = 11) -> ExperimentSettings {
        ExperimentSettings(target: "kind", budget: .trials(trials), seed: seed, folds: 3)
    }

    /// What an experiment in one process gives, without the platform.
    static func local(trials: Int, seed: UInt64 = 11) async throws -> FinishedExperiment {
        let table = try TableReader.read(.bytes(csv())).table
        return try await LocalExperiment(table, settings: settings(trials: trials, seed: seed)).run()
    }

    /// Options that tests use.
    static func options(_ folder: TemporaryFolder, slots: Int = 2, threads: Int = 1) -> MartletService.Options {
        var options = MartletService.Options()
        options.slots = slots
        options.threads = threads
        options.spoolFolder = folder.path + "/spool"
        return options
    }
}

extension Leaderboard {
    /// The leaderboard's JSON without measured times.
    var timeless: String {
        get throws {
            var copy = self
            for index in copy.entries.indices {
                copy.entries[index].fitSeconds = 0
                copy.entries[index].predictSeconds = 0
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            return String(decoding: try encoder.encode(copy), as: UTF8.self)
        }
    }
}

extension MartletService {
    /// Waits until the experiment has ended, following its events.
    func ended(_ id: String) async throws -> ExperimentRecord {
        for try await _ in try await events(ofExperiment: id, after: 0) {}
        return try await experiment(id)
    }
}
