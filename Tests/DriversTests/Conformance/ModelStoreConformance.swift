import Learners
import Platform
import Testing

@Suite struct ModelStoreConformance {
    private func record(_ id: String, _ experiment: String) -> ModelRecord {
        ModelRecord(
            id: id, experimentID: experiment, datasetID: "d", name: "gradient_boosting_0", learner: "gradient_boosting",
            target: "y", task: .binary, metric: .rocAUC, score: 0.75, createdAt: Timestamp(milliseconds: 5))
    }

    @Test(arguments: StoreKind.present) func blobsOfAnySizeComeBack(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.models
            for size in [0, 1, ChunkLimits.bytes, ChunkLimits.bytes * 2 + 77] {
                let blob = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
                try await store.put(blob, name: "blob-\(size)", of: "e")
                #expect(try await store.blob("blob-\(size)", of: "e") == blob)
            }
            #expect(try await store.blob("none", of: "e") == nil)
            #expect(try await store.blob("blob-1", of: "other") == nil)
        }
    }

    @Test(arguments: StoreKind.present) func aBlobIsReplacedAsAWhole(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.models
            try await store.put([UInt8](repeating: 1, count: 3 * ChunkLimits.bytes), name: "b", of: "e")
            try await store.put([2], name: "b", of: "e")
            #expect(try await store.blob("b", of: "e") == [2])
            try await store.removeBlobs(["b", "none"], of: "e")
            #expect(try await store.blob("b", of: "e") == nil)
        }
    }

    @Test(arguments: StoreKind.present) func aBlobIsReadInPieces(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.models
            for size in [0, 1, ChunkLimits.bytes, ChunkLimits.bytes * 2 + 77] {
                let blob = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
                try await store.put(blob, name: "blob", of: "e")
                let stored = try #require(try await store.open("blob", of: "e"))
                #expect(stored.size == size)
                var pieces: [[UInt8]] = []
                for index in 0..<stored.pieceCount { pieces.append(try await stored.piece(index)) }
                #expect(pieces.dropLast().allSatisfy { $0.count == ChunkLimits.bytes })
                #expect(Array(pieces.joined()) == blob)
            }
            #expect(try await store.open("none", of: "e")?.size == nil)
            try await store.removeBlobs(["blob"], of: "e")
            #expect(try await store.open("blob", of: "e")?.size == nil)
        }
    }

    @Test(arguments: StoreKind.present) func whatIsReplacedWhileItIsReadIsNotMixed(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.models
            let old = [UInt8](repeating: 1, count: ChunkLimits.bytes + 5)
            try await store.put(old, name: "b", of: "e")
            let stored = try #require(try await store.open("b", of: "e"))
            _ = try await stored.piece(0)
            // The same bytes once more do not disturb who reads them.
            try await store.put(old, name: "b", of: "e")
            _ = try? await stored.piece(1)
            try await store.put([UInt8](repeating: 2, count: ChunkLimits.bytes + 5), name: "b", of: "e")
            do {
                #expect(try await stored.piece(1) == [1, 1, 1, 1, 1])
            } catch let error as PlatformError {
                #expect(error.code == .conflict)
            }
        }
    }

    @Test(arguments: StoreKind.present) func recordsComeInPages(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.models
            let ids = (0..<5).map { "e-0000\($0)" }
            for id in ids.shuffled() { try await store.put(record(id, "e")) }
            try await store.put(record("f-00000", "f"))
            try await store.put(record("e-00003", "e"))
            #expect(try await store.model("e-00003") == record("e-00003", "e"))
            #expect(try await store.model("none") == nil)
            let first = try await store.models(of: "e", limit: 3, after: nil)
            #expect(first.items.map(\.id) == Array(ids.prefix(3)))
            let second = try await store.models(of: "e", limit: 3, after: first.nextCursor)
            #expect(second.items.map(\.id) == Array(ids.suffix(2)))
            #expect(second.nextCursor == nil)
        }
    }

    @Test(arguments: StoreKind.present) func allOfAnExperimentGoes(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.models
            for experiment in ["e", "f"] {
                try await store.put(record("\(experiment)-00000", experiment))
                try await store.put([1], name: "b", of: experiment)
            }
            try await store.deleteAll(of: "e")
            #expect(try await store.model("e-00000") == nil)
            #expect(try await store.blob("b", of: "e") == nil)
            #expect(try await store.model("f-00000") != nil)
            #expect(try await store.blob("b", of: "f") == [1])
        }
    }
}
