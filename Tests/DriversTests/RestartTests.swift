import AutoML
import Drivers
import Foundation
import Platform
import SQLite
import Tabular
import Testing

/// Experiments over an embedded folder, interrupted and resumed.
struct RestartTests {
    private func table() -> [UInt8] {
        var lines = ["a,b,c,y"]
        var state: UInt32 = 3
        func next() -> Double {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Double(state >> 8) / Double(1 << 24)
        }
        for row in 0..<150 {
            let (a, b) = (next(), next())
            let colour = ["x", "y", "z"][row % 3]
            lines.append(
                "\(String(format: "%.4f", a)),\(String(format: "%.4f", b)),\(colour),\(a + b + next() * 0.6 > 1.3 ? 1 : 0)"
            )
        }
        return Array(lines.joined(separator: "\n").utf8)
    }

    private func settings(_ trials: Int) -> ExperimentSettings {
        ExperimentSettings(target: "y", budget: .trials(trials), seed: 5, folds: 3)
    }

    private func service(_ folder: TemporaryFolder) async throws -> MartletService {
        let directory = try DataDirectory(path: folder.path)
        var options = MartletService.Options()
        options.slots = 2
        options.threads = 1
        options.spoolFolder = directory.spoolFolder
        let service = MartletService(stores: try await directory.stores(), options: options)
        try await service.start()
        return service
    }

    @Test func anInterruptedExperimentEndsAsIfNothingHadHappened() async throws {
        let table = try TableReader.read(.bytes(table())).table
        let local = try await LocalExperiment(table, settings: settings(14)).run()
        let folder = try TemporaryFolder()
        var running = try await service(folder)
        let dataset = try await running.createDataset(from: .bytes(self.table()), name: "t")
        let id = try await running.createExperiment(
            ExperimentRequest(datasetID: dataset.id, settings: settings(14))
        ).id
        // Ended twice in its midst, each time after a few more results.
        for place in [3, 8] {
            var finished = 0
            for try await event in try await running.events(ofExperiment: id, after: 0)
            where event.kind == .trialFinished {
                finished += 1
                if finished == place { break }
            }
            await running.shutdown()
            running = try await service(folder)
        }
        var events: [EventRecord] = []
        for try await event in try await running.events(ofExperiment: id, after: 0) { events.append(event) }
        #expect(events.map(\.sequence) == Array(1...events.count))
        // No trial that had ended was trained again.
        #expect(events.filter { $0.kind == .trialFinished }.compactMap(\.trial?.index).sorted() == Array(0..<14))
        let board = try await running.leaderboard(ofExperiment: id).leaderboard
        #expect(board.entries.map(\.model) == local.leaderboard.entries.map(\.model))
        #expect(board.entries.map(\.score) == local.leaderboard.entries.map(\.score))
        let best = try #require(try await running.experiment(id).bestModelID)
        let artifact = try await running.artifact(ofModel: best)
        #expect(artifact == local.artifact)
        // Models outlive their dataset and the process.
        try await running.deleteDataset(dataset.id)
        await running.shutdown()
        running = try await service(folder)
        for model in try await running.models(ofExperiment: id).items {
            let bytes = try await running.artifact(ofModel: model.id)
            #expect(throws: Never.self) { _ = try ModelArtifact(loading: bytes) }
        }
        await running.shutdown()
    }

    /// A copy of the database as it is at some commit is what the sudden end of the process would have left.
    @Test func aKilledProcessLosesNothing() async throws {
        let table = try TableReader.read(.bytes(table())).table
        let local = try await LocalExperiment(table, settings: settings(12)).run()
        let folder = try TemporaryFolder()
        let running = try await service(folder)
        let dataset = try await running.createDataset(from: .bytes(self.table()), name: "t")
        let id = try await running.createExperiment(
            ExperimentRequest(datasetID: dataset.id, settings: settings(12))
        ).id
        let onlooker = try Database(path: folder.path + "/martlet.db")
        var copies: [TemporaryFolder] = []
        for try await event in try await running.events(ofExperiment: id, after: 0)
        where event.kind == .trialFinished || event.isLast {
            if copies.count == 4, !event.isLast { continue }
            let copy = try TemporaryFolder()
            let path = copy.path + "/martlet.db"
            try await onlooker.maintain { try $0.execute("VACUUM INTO ?", path) }
            copies.append(copy)
        }
        await onlooker.close()
        await running.shutdown()
        for copy in copies {
            let resumed = try await service(copy)
            for try await _ in try await resumed.events(ofExperiment: id, after: 0) {}
            let board = try await resumed.leaderboard(ofExperiment: id).leaderboard
            #expect(board.entries.map(\.model) == local.leaderboard.entries.map(\.model))
            #expect(board.entries.map(\.score) == local.leaderboard.entries.map(\.score))
            let models = try await resumed.models(ofExperiment: id).items
            let best = try #require(models.first { $0.name == board.best?.model })
            let artifact = try await resumed.artifact(ofModel: best.id)
            #expect(artifact == local.artifact)
            await resumed.shutdown()
        }
    }
}
