import Platform
import Tabular
import Testing

@Suite struct DatasetStoreConformance {
    private func record(_ id: String, _ name: String = "table") -> DatasetRecord {
        DatasetRecord(
            id: id, name: name, rows: 3, bytes: 17,
            columns: [.init(name: "größe", type: .float, missing: 1, distinct: 2)], chunks: 2, layoutChunks: 1,
            createdAt: Timestamp(milliseconds: 1_700_000_000_123))
    }

    @Test(arguments: StoreKind.present) func aDatasetIsSeenOnlyWhenComplete(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.datasets
            let id = Identifier.make()
            try await store.begin(id)
            try await store.put([DatasetChunk(index: 0, bytes: [1, 2, 3])], of: id)
            #expect(try await store.dataset(id) == nil)
            #expect(try await store.chunk(0, of: id) == nil)
            #expect(try await store.datasets(limit: 10, after: nil).items.isEmpty)
            try await store.complete(record(id), profile: [9])
            #expect(try await store.dataset(id) == record(id))
            #expect(try await store.chunk(0, of: id) == [1, 2, 3])
            #expect(try await store.chunk(1, of: id) == nil)
            #expect(try await store.profile(of: id) == [9])
        }
    }

    @Test(arguments: StoreKind.present) func writesMayBeRepeated(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.datasets
            let id = Identifier.make()
            for _ in 0..<2 {
                try await store.begin(id)
                try await store.put([DatasetChunk(index: 3, bytes: [7])], of: id)
            }
            try await store.complete(record(id), profile: [])
            try await store.complete(record(id), profile: [])
            #expect(try await store.chunk(3, of: id) == [7])
            #expect(try await store.datasets(limit: 10, after: nil).items.count == 1)
        }
    }

    @Test(arguments: StoreKind.present) func manyChunksAreWrittenTogether(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.datasets
            let id = Identifier.make()
            try await store.begin(id)
            let chunks = (0..<100).map { DatasetChunk(index: $0, bytes: [UInt8($0), 1]) }
            try await store.put(chunks, of: id)
            try await store.put([], of: id)
            let large = [UInt8](repeating: 9, count: 3 * ChunkLimits.bytes)
            try await store.complete(record(id), profile: large)
            for index in [0, 31, 32, 99] { #expect(try await store.chunk(index, of: id) == [UInt8(index), 1]) }
            #expect(try await store.profile(of: id) == large)
        }
    }

    @Test(arguments: StoreKind.present) func chunksHaveALimit(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.datasets
            let id = Identifier.make()
            try await store.begin(id)
            let largest = [UInt8](repeating: 5, count: ChunkLimits.bytes)
            try await store.put([DatasetChunk(index: 0, bytes: largest)], of: id)
            let tooLarge = await #expect(throws: PlatformError.self) {
                try await store.put([DatasetChunk(index: 1, bytes: largest + [1])], of: id)
            }
            #expect(tooLarge?.code == .invalid)
            try await store.complete(record(id), profile: [])
            #expect(try await store.chunk(0, of: id) == largest)
        }
    }

    @Test(arguments: StoreKind.present) func unknownDatasetsAreErrors(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.datasets
            let wasThere = try await store.delete("none")
            #expect(!wasThere)
            #expect(try await store.dataset("none") == nil)
            #expect(try await store.profile(of: "none") == nil)
            let put = await #expect(throws: PlatformError.self) {
                try await store.put([DatasetChunk(index: 0, bytes: [1])], of: "none")
            }
            #expect(put?.code == .notFound)
            let complete = await #expect(throws: PlatformError.self) {
                try await store.complete(record("none"), profile: [])
            }
            #expect(complete?.code == .notFound)
        }
    }

    @Test(arguments: StoreKind.present) func listsComeInPagesTheNewestFirst(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.datasets
            let ids = (0..<7).map { _ in Identifier.make() }
            for id in ids.shuffled() {
                try await store.begin(id)
                try await store.complete(record(id), profile: [])
            }
            var seen: [String] = []
            var cursor: Cursor?
            repeat {
                let page = try await store.datasets(limit: 3, after: cursor)
                #expect(page.items.count <= 3)
                seen += page.items.map(\.id)
                cursor = page.nextCursor.map { Cursor(text: $0.text) }
            } while cursor != nil
            #expect(seen == ids.reversed())
            let bad = await #expect(throws: PlatformError.self) {
                _ = try await store.datasets(limit: 3, after: Cursor(text: "%%%"))
            }
            #expect(bad?.field == "cursor")
        }
    }

    @Test(arguments: StoreKind.present) func deletionLeavesNothing(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.datasets
            let id = Identifier.make()
            try await store.begin(id)
            try await store.put([DatasetChunk(index: 0, bytes: [1])], of: id)
            try await store.complete(record(id), profile: [2])
            #expect(try await store.delete(id))
            #expect(try await store.dataset(id) == nil)
            #expect(try await store.chunk(0, of: id) == nil)
            #expect(try await store.profile(of: id) == nil)
            #expect(try await store.delete(id) == false)
        }
    }

    @Test(arguments: StoreKind.present) func onlyTheIncompleteAreCleared(_ kind: StoreKind) async throws {
        try await kind.withStores { stores in
            let store = stores.datasets
            let (done, begun) = (Identifier.make(), Identifier.make())
            try await store.begin(done)
            try await store.complete(record(done), profile: [])
            try await store.begin(begun)
            try await store.removeIncomplete(begunBefore: Timestamp(milliseconds: 0))
            try await store.put([DatasetChunk(index: 0, bytes: [1])], of: begun)
            try await store.removeIncomplete(begunBefore: Timestamp.now().adding(seconds: 1))
            #expect(try await store.dataset(done) != nil)
            await #expect(throws: PlatformError.self) {
                try await store.put([DatasetChunk(index: 0, bytes: [1])], of: begun)
            }
        }
    }
}
