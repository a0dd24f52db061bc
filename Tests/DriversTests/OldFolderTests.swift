import Foundation
import Learners
import Platform
import SQLite
import Tabular
import Testing

@testable import Drivers

/// Data folders of versions before this one.
struct OldFolderTests {
    @Test func documentsAndBlobsOfEarlierFoldersAreFound() async throws {
        let folder = try TemporaryFolder()
        let record = DatasetRecord(
            id: "00000000000000000000000001", name: "old", rows: 2, bytes: 9,
            columns: [.init(name: "a", type: .integer, missing: 0, distinct: 2)], chunks: 1, layoutChunks: 1,
            createdAt: Timestamp(milliseconds: 7))
        // The steps of before profiles had a table of their own.
        let steps = DataDirectory.migrations.steps
        let last = try #require(steps.firstIndex { $0.name == "documents and sizes" })
        var options = Database.Options()
        options.applicationID = 0x6d72_746c
        let database = try Database(path: folder.path + "/martlet.db", options: options)
        let encoded = try RecordCodec.encode(record)
        try await database.write { connection in
            try Migrations(Array(steps[..<last])).apply(to: connection)
            try connection.execute(
                "INSERT INTO datasets (id, begun_at, record, profile) VALUES (?, 5, ?, ?)", record.id, encoded,
                Array("{}".utf8))
            try connection.execute("INSERT INTO datasets (id, begun_at) VALUES ('unfinished', 6)")
            for (id, chunk) in [(record.id, 0), (record.id, 1), ("unfinished", 0)] {
                try connection.execute(
                    "INSERT INTO dataset_chunks (dataset_id, chunk, bytes) VALUES (?, ?, ?)", id, chunk,
                    [UInt8(chunk), 8])
            }
            let blob = [UInt8](repeating: 3, count: ChunkLimits.bytes + 4)
            for (piece, bytes) in ChunkLimits.pieces(of: blob).enumerated() {
                try connection.execute(
                    "INSERT INTO model_blobs (experiment_id, name, piece, bytes) VALUES ('e', 'm', ?, ?)", piece, bytes)
            }
        }
        await database.close()

        let stores = try await DataDirectory(path: folder.path).stores()
        #expect(try await stores.datasets.dataset(record.id) == record)
        #expect(try await stores.datasets.datasets(limit: 9, after: nil).items == [record])
        #expect(try await stores.datasets.profile(of: record.id) == Array("{}".utf8))
        #expect(try await stores.datasets.chunk(1, of: record.id) == [1, 8])
        #expect(try await stores.datasets.chunk(0, of: "unfinished") == nil)
        #expect(try await stores.models.open("m", of: "e")?.size == ChunkLimits.bytes + 4)
        #expect(
            try await stores.models.blob("m", of: "e") == [UInt8](repeating: 3, count: ChunkLimits.bytes + 4))
        try await stores.datasets.removeIncomplete(begunBefore: Timestamp(milliseconds: 100))
        #expect(try await stores.datasets.dataset(record.id) == record)
        let wasThere = try await stores.datasets.delete(record.id)
        #expect(wasThere)
        #expect(try await stores.datasets.chunk(0, of: record.id) == nil)
        await stores.close()
        let left = try Database(path: folder.path + "/martlet.db", options: options)
        let rows = try await left.read {
            try $0.first("SELECT count(*) FROM dataset_chunks") { try $0.value(0, as: Int.self) }
        }
        #expect(rows == 0)
        await left.close()
    }
}
