import AutoML
import Foundation
import Synchronization
import Tabular
import Testing

@testable import Platform

/// Stores that cannot take or give anything for a while: nothing is lost by it.
@Suite struct FaultTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [PlatformError.Code.noRoom, .unavailable]) func anExperimentOutlastsIt(_ code: PlatformError.Code)
        async throws
    {
        let local = try await Fixture.local(trials: 6)
        let faults = Faults(code)
        var stores = Stores.inMemory()
        stores.datasets = FaultyDatasetStore(store: stores.datasets, faults: faults)
        let first = MartletService(stores: stores, options: Fixture.options(folder, slots: 0))
        try await first.start()
        let dataset = try await first.createDataset(from: .bytes(Fixture.csv()), name: "kinds")
        let request = ExperimentRequest(datasetID: dataset.id, settings: Fixture.settings(trials: 6))
        // With what users ask for nobody waits.
        faults.begin(1)
        let refused = await #expect(throws: PlatformError.self) { _ = try await first.createExperiment(request) }
        #expect(refused?.code == code)
        let id = try await first.createExperiment(request).id
        await first.shutdown()
        // More often in a row than anything is tried that fails for another reason.
        faults.begin(5)
        let service = MartletService(stores: stores, options: Fixture.options(folder))
        try await service.start()
        let record = try await service.ended(id)
        #expect(record.state == .completed && record.trialsFailed == 0)
        #expect(faults.left == 0)
        let board = try await service.leaderboard(ofExperiment: id)
        let (ours, theirs) = (try board.leaderboard.timeless, try local.leaderboard.timeless)
        #expect(ours == theirs)
        await service.shutdown()
    }
}

/// How often a store is still to fail.
private final class Faults: Sendable {
    let code: PlatformError.Code
    private let count = Mutex(0)

    init(_ code: PlatformError.Code) { self.code = code }

    var left: Int { count.withLock { $0 } }

    func begin(_ faults: Int) { count.withLock { $0 = faults } }

    func check() throws {
        let fails = count.withLock { count in
            guard count > 0 else { return false }
            count -= 1
            return true
        }
        if fails { throw PlatformError(code, "it cannot be done at the moment") }
    }
}

private struct FaultyDatasetStore: DatasetStore {
    let store: any DatasetStore
    let faults: Faults

    func begin(_ id: String) async throws { try await store.begin(id) }
    func put(_ chunks: [DatasetChunk], of id: String) async throws { try await store.put(chunks, of: id) }
    func complete(_ record: DatasetRecord, profile: [UInt8]) async throws {
        try await store.complete(record, profile: profile)
    }
    func dataset(_ id: String) async throws -> DatasetRecord? { try await store.dataset(id) }
    func datasets(limit: Int, after cursor: Cursor?) async throws -> Page<DatasetRecord> {
        try await store.datasets(limit: limit, after: cursor)
    }
    func profile(of id: String) async throws -> [UInt8]? { try await store.profile(of: id) }
    func chunk(_ index: Int, of id: String) async throws -> [UInt8]? {
        try faults.check()
        return try await store.chunk(index, of: id)
    }
    func delete(_ id: String) async throws -> Bool { try await store.delete(id) }
    func removeIncomplete(begunBefore moment: Timestamp) async throws {
        try await store.removeIncomplete(begunBefore: moment)
    }
}
