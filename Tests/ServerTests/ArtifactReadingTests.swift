import Foundation
import HTTPTestClient
import Platform
import Synchronization
import Testing

@testable import Server

/// How often the bytes of models are read.
@Suite(.timeLimit(.minutes(5)))
struct ArtifactReadingTests {
    @Test func anArtifactIsReadOnceInPiecesAndAModelOnceForAll() async throws {
        let counting = CountingModelStore()
        try await withMartlet(models: counting) { martlet in
            let (_, id) = try await martlet.trained()
            // A model much larger than a piece would be the same: pieces are counted by their bytes.
            counting.read.withLock { $0 = 0 }
            let file = try await martlet.request("GET", "/api/v1/models/\(id)/artifact")
            #expect(file.status == 200)
            #expect(file.headers["content-length"] == String(file.body.count))
            #expect(counting.read.withLock { $0 } == file.body.count)

            counting.read.withLock { $0 = 0 }
            let row = #"{"rows": [{"length": 1.5, "colour": "red"}]}"#
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await martlet.post("/api/v1/models/\(id)/predict", json: row).status }
                }
                for try await status in group { #expect(status == 200) }
            }
            #expect(counting.read.withLock { $0 } == file.body.count)

            counting.read.withLock { $0 = 0 }
            let evaluation = try await martlet.request("GET", "/api/v1/models/\(id)/evaluation").json
            #expect(evaluation["bytes"] == .integer(Int64(file.body.count)))
            #expect(counting.read.withLock { $0 } == 0)
        }
    }

    @Test func modelsInMemoryAreBoundedByBytes() async throws {
        let counting = CountingModelStore()
        try await withMartlet(models: counting, modelCache: 1) { martlet in
            let (experiment, _) = try await martlet.trained()
            let models = try await martlet.request("GET", "/api/v1/experiments/\(experiment)/models").json
            let ids = (models["items"]?.elements ?? []).compactMap { $0["id"]?.text }
            try #require(ids.count > 1)
            let row = #"{"rows": [{"length": 1.5, "colour": "red"}]}"#
            func read(_ id: String) async throws -> Int {
                counting.read.withLock { $0 = 0 }
                let answer = try await martlet.post("/api/v1/models/\(id)/predict", json: row)
                #expect(answer.status == 200)
                return counting.read.withLock { $0 }
            }
            #expect(try await read(ids[0]) > 0)
            // The one used last stays; with no room for two, the other one goes.
            #expect(try await read(ids[0]) == 0)
            #expect(try await read(ids[1]) > 0)
            #expect(try await read(ids[0]) > 0)
        }
    }
}

/// A store of models that counts the bytes of artifacts that are read from it.
private final class CountingModelStore: ModelStore {
    let store = MemoryModelStore()
    let read = Mutex(0)

    func open(_ name: String, of experimentID: String) async throws -> StoredBlob? {
        guard let stored = try await store.open(name, of: experimentID) else { return nil }
        return StoredBlob(version: stored.version, size: stored.size) { [self] index in
            let piece = try await stored.piece(index)
            if name.hasSuffix(".martlet") { read.withLock { $0 += piece.count } }
            return piece
        }
    }

    func put(_ blob: [UInt8], name: String, of id: String) async throws {
        try await store.put(blob, name: name, of: id)
    }
    func removeBlobs(_ names: [String], of id: String) async throws { try await store.removeBlobs(names, of: id) }
    func put(_ record: ModelRecord) async throws { try await store.put(record) }
    func model(_ id: String) async throws -> ModelRecord? { try await store.model(id) }
    func models(of id: String, limit: Int, after cursor: Cursor?) async throws -> Page<ModelRecord> {
        try await store.models(of: id, limit: limit, after: cursor)
    }
    func deleteAll(of experimentID: String) async throws { try await store.deleteAll(of: experimentID) }
}
