import Drivers
import Foundation
import Platform
import Testing

struct DataDirectoryTests {
    @Test func oneProcessOwnsAFolder() async throws {
        let folder = try TemporaryFolder()
        let stores = try await DataDirectory(path: folder.path + "/data").stores()
        let error = #expect(throws: PlatformError.self) { _ = try DataDirectory(path: folder.path + "/data") }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("in use by another process") == true)
        await stores.close()
        await (try await DataDirectory(path: folder.path + "/data").stores()).close()
    }

    @Test func whatIsNoDatabaseIsRefused() throws {
        let folder = try TemporaryFolder()
        try Data(repeating: 7, count: 4096).write(to: URL(fileURLWithPath: folder.path + "/martlet.db"))
        let error = #expect(throws: PlatformError.self) { _ = try DataDirectory(path: folder.path) }
        #expect(error?.code == .damaged)
    }

    @Test func messagesSurviveTheProcess() async throws {
        let folder = try TemporaryFolder()
        var stores = try await DataDirectory(path: folder.path).stores()
        try await stores.log.createTopic("t", partitions: 3, retention: .untilCommitted)
        let consumer = try await stores.log.consumer(of: "t", group: "g")
        for index in 0..<5 { try await stores.log.append([UInt8(index)], key: "k", to: "t") }
        let first = try #require(try await consumer.next())
        let second = try #require(try await consumer.next())
        try await consumer.commit(second)
        await stores.close()

        stores = try await DataDirectory(path: folder.path).stores()
        #expect(try await stores.log.lag(of: "t", group: "g") == 4)
        let newest = try await stores.log.newest(9, of: "t", partition: first.partition, before: nil)
        #expect(newest.map(\.payload) == [[4], [3], [2], [0]])
        let again = try await stores.log.consumer(of: "t", group: "g")
        var payloads: [UInt8] = []
        for _ in 0..<4 {
            let message = try #require(try await again.next())
            payloads += message.payload
            try await again.commit(message)
        }
        #expect(payloads == [0, 2, 3, 4])
        #expect(first.payload == [0])
        try await stores.log.append([9], key: "k", to: "t")
        let last = try #require(try await again.next())
        #expect(last.offset == 5)
        await stores.close()
    }

    @Test func deletedDatasetsGiveTheirSpaceBack() async throws {
        let folder = try TemporaryFolder()
        let stores = try await DataDirectory(path: folder.path).stores()
        let id = Identifier.make()
        try await stores.datasets.begin(id)
        for index in 0..<12 {
            let bytes = [UInt8](repeating: 3, count: ChunkLimits.bytes)
            try await stores.datasets.put([DatasetChunk(index: index, bytes: bytes)], of: id)
        }
        try await stores.datasets.delete(id)
        await stores.close()
        let size = try FileManager.default.attributesOfItem(atPath: folder.path + "/martlet.db")[.size] as? Int
        #expect(try #require(size) < ChunkLimits.bytes)
    }
}
