import AutoML
import Foundation
import Learners
import Platform
import Tabular
import Testing

@Suite struct MartletServiceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func withService(
        slots: Int = 2, _ body: (MartletService) async throws -> Void
    ) async throws {
        let service = MartletService(stores: .inMemory(), options: Fixture.options(folder, slots: slots))
        try await service.start()
        do {
            try await body(service)
        } catch {
            await service.shutdown()
            throw error
        }
        await service.shutdown()
    }

    @Test func aDatasetComesBackAsTheTableItWas() async throws {
        try await withService { service in
            let bytes = Fixture.csv(rows: 70_000)
            let table = try TableReader.read(.bytes(bytes)).table
            let record = try await service.createDataset(from: .bytes(bytes), name: "kinds")
            #expect(record.rows == 70_000)
            #expect(record.bytes == bytes.count)
            #expect(record.columns.map(\.name) == ["length", "width", "colour", "kind"])
            #expect(record.columns[1].missing == 4118)
            #expect(record.chunks > 8)
            for range in [0..<5, 32_766..<32_770, 69_990..<70_000] {
                let rows = try await service.rows(ofDataset: record.id, offset: range.lowerBound, limit: range.count)
                #expect(rows == table.slice(range))
            }
            #expect(try await service.rows(ofDataset: record.id, offset: 70_000, limit: 9).rowCount == 0)
            let profile = try JSONDecoder().decode(
                TableProfile.self, from: Data(try await service.profile(ofDataset: record.id)))
            #expect(profile.rows == 70_000)
        }
    }

    @Test func aFailedUploadLeavesNothing() async throws {
        try await withService { service in
            let broken = Array("a,b\n1,2\n3,\"open\n".utf8)
            await #expect(throws: TableError.self) {
                _ = try await service.createDataset(from: .bytes(broken), name: "broken")
            }
            let left = try await service.datasets()
            #expect(left.items.isEmpty)
        }
    }

    @Test func laterRowsAreScoredAsInOneProcess() async throws {
        var lines = ["day,size,y"]
        for row in 0..<300 {
            let day = (row * 37) % 300
            let noise = Double((row * 7_919) % 101) / 50
            lines.append(
                "\(2000 + day / 28 / 12)-\(String(format: "%02d-%02d", day / 28 % 12 + 1, day % 28 + 1)),\(row % 23),\(Double(day) / 100 + noise)"
            )
        }
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        let settings = ExperimentSettings(target: "y", budget: .trials(3), seed: 5, folds: 3)
        let table = try TableReader.read(.bytes(bytes)).table
        let local = try await LocalExperiment(table, settings: settings).run()
        let time = try #require(local.leaderboard.timeScore)
        #expect(time.time == "day" && time.score != nil)
        try await withService { service in
            let dataset = try await service.createDataset(from: .bytes(bytes), name: "days")
            let record = try await service.createExperiment(.init(datasetID: dataset.id, settings: settings))
            let ended = try await service.ended(record.id)
            #expect(ended.state == .completed)
            let board = try await service.leaderboard(ofExperiment: record.id).leaderboard
            #expect(board.timeScore == time)
            #expect(try board.timeless == local.leaderboard.timeless)
        }
    }

    @Test func examplesBecomeDatasets() async throws {
        try await withService { service in
            let example = try #require(service.examples().first)
            let record = try await service.createDataset(example: example.name)
            #expect(record.rows == example.rows)
            #expect(record.columns.count == example.columns)
            #expect(record.column(example.target) != nil)
            let missing = await #expect(throws: PlatformError.self) {
                _ = try await service.createDataset(example: "none")
            }
            #expect(missing?.code == .notFound)
        }
    }

    @Test func theServiceGivesWhatOneProcessGives() async throws {
        let local = try await Fixture.local(trials: 10)
        for slots in [1, 3] {
            try await withService(slots: slots) { service in
                let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
                let created = try await service.createExperiment(
                    ExperimentRequest(datasetID: dataset.id, settings: Fixture.settings(trials: 10)))
                #expect(created.state == .queued)
                #expect(created.resolvedTask == .multiclass)
                let record = try await service.ended(created.id)
                #expect(record.state == .completed)
                #expect(record.error == nil)
                #expect(record.progress == 1)
                #expect(record.trialsCompleted == 10)
                let board = try await service.leaderboard(ofExperiment: created.id)
                let (ours, theirs) = (try board.leaderboard.timeless, try local.leaderboard.timeless)
                #expect(ours == theirs)
                let best = try #require(board.leaderboard.best)
                let bestID = try #require(board.modelID(of: best))
                #expect(record.bestModelID == bestID)
                #expect(try await service.artifact(ofModel: bestID) == local.artifact)
            }
        }
    }

    @Test func everyRankedModelCanBeUsed() async throws {
        try await withService { service in
            let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
            let created = try await service.createExperiment(
                ExperimentRequest(datasetID: dataset.id, settings: Fixture.settings(trials: 6)))
            _ = try await service.ended(created.id)
            let board = try await service.leaderboard(ofExperiment: created.id)
            let rows = try await service.rows(ofDataset: dataset.id, offset: 0, limit: 20)
            let ranked = board.leaderboard.entries.filter { $0.rank != nil }
            #expect(ranked.count >= 6)
            for entry in ranked {
                let id = try #require(board.modelID(of: entry))
                let record = try await service.model(id)
                #expect(record.name == entry.model)
                #expect(record.score == entry.score)
                let (model, predictions) = try await service.predict(model: id, rows)
                #expect(model.header.name == entry.model)
                #expect(predictions.rowCount == 20)
                #expect(model.labels(predictions).allSatisfy { $0.hasPrefix("k") })
            }
            #expect(try await service.models(ofExperiment: created.id).items.count == ranked.count)
            let bad = await #expect(throws: PlatformError.self) {
                _ = try await service.predict(
                    model: board.modelID(of: ranked[0]) ?? "", rows.selecting(columns: ["length"]))
            }
            #expect(bad?.code == .invalid)
        }
    }

    @Test func eventsCanBeResumedAtAnyPlace() async throws {
        try await withService { service in
            let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
            let created = try await service.createExperiment(
                ExperimentRequest(datasetID: dataset.id, settings: Fixture.settings(trials: 4)))
            var events: [EventRecord] = []
            for try await event in try await service.events(ofExperiment: created.id, after: 0) { events.append(event) }
            #expect(events.map(\.sequence) == Array(1...events.count))
            #expect(events.first?.state == .running)
            #expect(events.last?.state == .completed)
            #expect(events.last?.isLast == true)
            #expect(events.filter { $0.kind == .trialFinished }.count == 4)
            #expect(events.filter { $0.kind == .trialProposed }.count == 4)
            var rest: [EventRecord] = []
            for try await event in try await service.events(ofExperiment: created.id, after: 3) { rest.append(event) }
            #expect(rest == Array(events.dropFirst(3)))
            for try await _ in try await service.events(ofExperiment: created.id, after: events.count) {
                Issue.record("there is nothing after the last event")
            }
        }
    }

    @Test func wrongRequestsNameTheirField() async throws {
        try await withService { service in
            let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
            func field(_ change: (inout ExperimentRequest) -> Void) async -> String? {
                var request = ExperimentRequest(datasetID: dataset.id, settings: Fixture.settings(trials: 2))
                change(&request)
                do {
                    _ = try await service.createExperiment(request)
                    return nil
                } catch {
                    let refusal = error as? PlatformError
                    return refusal?.code == .invalid ? refusal?.field : "\(error)"
                }
            }
            #expect(await field { $0.datasetID = "none" } == "dataset_id")
            #expect(await field { $0.settings.target = "none" } == "target")
            #expect(await field { $0.settings.metric = .rmse } == "metric")
            #expect(await field { $0.settings.folds = 1 } == "folds")
            #expect(await field { $0.settings.exclude = ["none"] } == "exclude")
            #expect(await field { $0.settings.budget = .seconds(-1) } == "time_budget_seconds")
            let accepted = try await service.experiments()
            #expect(accepted.items.isEmpty)
        }
    }

    @Test func experimentsWaitForTheirTurn() async throws {
        try await withService { service in
            let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
            var ids: [String] = []
            for seed in 0..<3 {
                ids.append(
                    try await service.createExperiment(
                        ExperimentRequest(
                            datasetID: dataset.id, settings: Fixture.settings(trials: 2, seed: UInt64(seed)))
                    ).id)
            }
            let conflict = await #expect(throws: PlatformError.self) { try await service.deleteDataset(dataset.id) }
            #expect(conflict?.code == .conflict)
            var finished: [Timestamp] = []
            for id in ids {
                let record = try await service.ended(id)
                #expect(record.state == .completed)
                finished.append(try #require(record.finishedAt))
            }
            #expect(finished == finished.sorted())
        }
    }

    @Test func cancellationReachesWaitingAndRunning() async throws {
        try await withService(slots: 1) { service in
            let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
            func create() async throws -> String {
                try await service.createExperiment(
                    ExperimentRequest(datasetID: dataset.id, settings: Fixture.settings(trials: 100_000))
                ).id
            }
            let (running, waiting) = (try await create(), try await create())
            for try await event in try await service.events(ofExperiment: running, after: 0)
            where event.kind == .trialFinished { break }
            _ = try await service.cancelExperiment(waiting)
            #expect(try await service.ended(waiting).state == .cancelled)
            #expect(try await service.experiment(running).state == .running)
            _ = try await service.cancelExperiment(running)
            let record = try await service.ended(running)
            #expect(record.state == .cancelled)
            // What was found until then is kept.
            let best = try #require(record.bestModelID)
            #expect(try await service.artifact(ofModel: best).isEmpty == false)
            #expect(try await service.cancelExperiment(running) == record)
        }
    }

    @Test func aTimeBudgetEndsTheExperiment() async throws {
        try await withService { service in
            let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
            var settings = Fixture.settings(trials: 1)
            settings.budget = .seconds(1.5)
            let created = try await service.createExperiment(
                ExperimentRequest(datasetID: dataset.id, settings: settings))
            let record = try await service.ended(created.id)
            #expect(record.state == .completed)
            #expect(record.usedSeconds > 0)
            #expect(record.trialsCompleted > 0)
        }
    }

    @Test func anUnstartedServiceRefuses() async throws {
        let service = MartletService(stores: .inMemory(), options: Fixture.options(folder))
        let error = await #expect(throws: PlatformError.self) {
            _ = try await service.createExperiment(
                ExperimentRequest(datasetID: "d", settings: Fixture.settings(trials: 1)))
        }
        #expect(error?.code == .unavailable)
    }
}
