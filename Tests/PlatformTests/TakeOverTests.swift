import AutoML
import Foundation
import Tabular
import Testing

@testable import Platform

/// Several services over the same stores, as processes of a cluster are.
@Suite struct TakeOverTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A master that trains nothing.
    private func master(_ stores: Stores, _ name: String) async throws -> MartletService {
        var options = Fixture.options(folder, slots: 0)
        options.spoolFolder = folder.path + "/" + name
        let service = MartletService(stores: stores, options: options)
        try await service.start()
        return service
    }

    private func worker(_ stores: Stores, slots: Int = 1) async throws -> MartletWorker {
        var options = MartletWorker.Options()
        options.slots = slots
        options.threads = 1
        options.grace = 0
        let worker = MartletWorker(stores: stores, options: options)
        try await worker.start()
        return worker
    }

    private func submit(_ trials: Int, to service: MartletService) async throws -> String {
        let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
        return try await service.createExperiment(
            ExperimentRequest(datasetID: dataset.id, settings: Fixture.settings(trials: trials))
        ).id
    }

    @Test(arguments: [1, 3]) func workersAndAMasterGiveWhatOneProcessGives(_ count: Int) async throws {
        let local = try await Fixture.local(trials: 12)
        let stores = Stores.inMemory()
        var workers: [MartletWorker] = []
        for _ in 0..<count { workers.append(try await worker(stores)) }
        let service = try await master(stores, "spool")
        let id = try await submit(12, to: service)
        let record = try await service.ended(id)
        #expect(record.state == .completed)
        let board = try await service.leaderboard(ofExperiment: id)
        let (ours, theirs) = (try board.leaderboard.timeless, try local.leaderboard.timeless)
        #expect(ours == theirs)
        let status = try await service.cluster()
        #expect(status.workers.map(\.name) == workers.map(\.name).sorted())
        #expect(status.slots == count)
        for worker in workers { await worker.shutdown() }
        await service.shutdown()
    }

    /// What starts workers when the queue is not empty sees an experiment with a time budget too.
    @Test func aTimeBudgetQueuesATrialWhereNobodyTrains() async throws {
        let stores = Stores.inMemory()
        let service = try await master(stores, "spool")
        let dataset = try await service.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
        var settings = Fixture.settings(trials: 1)
        settings.budget = .seconds(60)
        let id = try await service.createExperiment(
            ExperimentRequest(datasetID: dataset.id, settings: settings)
        ).id
        let trials = try await stores.log.consumer(of: Topics.trials, group: "scaler")
        let message = try await trials.next()
        #expect(message?.decoded(TrialMessage.self)?.trial == TrialKey(experimentID: id, index: 0))
        _ = try await service.cancelExperiment(id)
        #expect(try await service.ended(id).state == .cancelled)
        await service.shutdown()
    }

    @Test func anotherMasterGoesOnWhereOneEnded() async throws {
        let local = try await Fixture.local(trials: 14)
        let stores = Stores.inMemory()
        let trainer = try await worker(stores, slots: 2)
        let (first, second) = (try await master(stores, "a"), try await master(stores, "b"))
        // Which of the two coordinates it, its partition says; it is submitted to the other.
        var owners = [first, second]
        let id = try await submit(14, to: first)
        var isCut = false
        for try await event in try await second.events(ofExperiment: id, after: 0) where event.kind == .trialFinished {
            isCut = true
            break
        }
        #expect(isCut)
        // The master that coordinates it ends; where it was the other one, so does that.
        await owners.removeFirst().shutdown()
        let survivor = owners[0]
        let record = try await survivor.ended(id)
        #expect(record.state == .completed)
        #expect(record.trialsCompleted == 14)
        let board = try await survivor.leaderboard(ofExperiment: id)
        let (ours, theirs) = (try board.leaderboard.timeless, try local.leaderboard.timeless)
        #expect(ours == theirs)
        let finished = try await stores.experiments.events(of: id, after: 0, limit: 1000)
            .filter { $0.kind == .trialFinished }.compactMap(\.trial?.index)
        #expect(finished.sorted() == Array(0..<14))
        await trainer.shutdown()
        await survivor.shutdown()
    }

    @Test func aWorkerThatStopsHandsItsTrialsBack() async throws {
        let local = try await Fixture.local(trials: 10)
        let stores = Stores.inMemory()
        let service = try await master(stores, "spool")
        let first = try await worker(stores)
        let id = try await submit(10, to: service)
        for try await event in try await service.events(ofExperiment: id, after: 0) where event.kind == .trialProposed {
            break
        }
        let second = try await worker(stores)
        await first.shutdown()
        #expect(try await service.ended(id).state == .completed)
        let board = try await service.leaderboard(ofExperiment: id)
        let (ours, theirs) = (try board.leaderboard.timeless, try local.leaderboard.timeless)
        #expect(ours == theirs)
        await second.shutdown()
        await service.shutdown()
    }

    @Test func aTrialThatEveryWorkerFailsAtIsGivenUp() async throws {
        var stores = Stores.inMemory()
        let service = try await master(stores, "spool")
        // Workers whose store refuses what trial 2 gives.
        stores.models = RefusingModelStore(store: stores.models, refused: "trial-00002.predictions")
        var workers: [MartletWorker] = []
        for _ in 0..<3 { workers.append(try await worker(stores)) }
        let id = try await submit(6, to: service)
        let experiment = try await service.ended(id)
        #expect(experiment.state == .completed)
        #expect(experiment.trialsFailed == 1)
        let trial = try #require(try await service.trials(ofExperiment: id).first { $0.index == 2 })
        #expect(trial.state == .failed)
        let reason = try #require(trial.result?.reason)
        // Each time it went to another one.
        for worker in workers { #expect(reason.contains(worker.name)) }
        #expect(try await stores.log.lag(of: "martlet.dead-letters", group: "readers") == 0)
        let letters = try await stores.log.consumer(of: "martlet.dead-letters", group: "readers")
        let letter = try #require(try await letters.next())
        let content = try #require(try JSONSerialization.jsonObject(with: Data(letter.payload)) as? [String: Any])
        let names = try #require(content["workers"] as? [String])
        #expect(names.sorted() == workers.map(\.name).sorted())
        await letters.close()
        let page = try await service.deadLetters(limit: 10)
        #expect(page.items.count == 1 && page.nextCursor == nil)
        let record = try #require(page.items.first)
        #expect(record.experimentID == id && record.trial == 2 && record.learner == trial.spec.learner)
        #expect(record.starts.map(\.worker).sorted() == workers.map(\.name).sorted())
        for start in record.starts {
            #expect(start.failure == "it is refused")
            #expect(try #require(start.beganAt) <= record.at)
        }
        // Who gave it up is not among those who began it.
        let another = TrialStart(id: Identifier.make(), worker: "another")
        #expect(try await stores.experiments.putStart(another, ofTrial: 2, of: id).count == 4)
        for worker in workers { await worker.shutdown() }
        await service.shutdown()
    }

    @Test func aMessageThatComesTwiceHasOneEffect() async throws {
        let local = try await Fixture.local(trials: 8)
        let inner = Stores.inMemory()
        var stores = inner
        stores.log = DoublingMessageLog(log: inner.log)
        let service = try await master(stores, "spool")
        let workers = [try await worker(stores), try await worker(stores)]
        let id = try await submit(8, to: service)
        #expect(try await service.ended(id).state == .completed)
        let board = try await service.leaderboard(ofExperiment: id)
        let (ours, theirs) = (try board.leaderboard.timeless, try local.leaderboard.timeless)
        #expect(ours == theirs)
        let events = try await inner.experiments.events(of: id, after: 0, limit: 1000)
        #expect(events.filter { $0.kind == .trialFinished }.count == 8)
        for worker in workers { await worker.shutdown() }
        await service.shutdown()
    }
}

/// A store that does not take one blob.
private struct RefusingModelStore: ModelStore {
    let store: any ModelStore
    let refused: String

    func put(_ blob: [UInt8], name: String, of experimentID: String) async throws {
        if name == refused { throw PlatformError(.invalid, "it is refused") }
        try await store.put(blob, name: name, of: experimentID)
    }

    func open(_ name: String, of experimentID: String) async throws -> StoredBlob? {
        try await store.open(name, of: experimentID)
    }
    func removeBlobs(_ names: [String], of id: String) async throws { try await store.removeBlobs(names, of: id) }
    func put(_ record: ModelRecord) async throws { try await store.put(record) }
    func model(_ id: String) async throws -> ModelRecord? { try await store.model(id) }
    func models(of id: String, limit: Int, after cursor: Cursor?) async throws -> Page<ModelRecord> {
        try await store.models(of: id, limit: limit, after: cursor)
    }
    func deleteAll(of experimentID: String) async throws { try await store.deleteAll(of: experimentID) }
}

/// A log that takes every message twice.
private struct DoublingMessageLog: MessageLog {
    let log: any MessageLog

    func append(
        _ payload: [UInt8], key: String, to topic: String, partition: Int?, headers: [String: String]
    ) async throws {
        for _ in 0..<2 {
            try await log.append(payload, key: key, to: topic, partition: partition, headers: headers)
        }
    }

    func createTopic(_ topic: String, partitions: Int, retention: Retention) async throws {
        try await log.createTopic(topic, partitions: partitions, retention: retention)
    }
    func consumer(
        of topic: String, group: String, onChange: (@Sendable (PartitionChange) async -> Void)?
    ) async throws -> any MessageConsumer {
        try await log.consumer(of: topic, group: group, onChange: onChange)
    }
    func watcher(of topic: String) async throws -> any MessageConsumer { try await log.watcher(of: topic) }
    func lag(of topic: String, group: String) async throws -> Int { try await log.lag(of: topic, group: group) }
    func newest(_ limit: Int, of topic: String, partition: Int, before offset: Int64?) async throws -> [Message] {
        try await log.newest(limit, of: topic, partition: partition, before: offset)
    }
}
