import Foundation
import Network
import Synchronization
import Testing

@Suite("Connections")
struct ConnectionTests {
    let loop: EventLoop

    init() throws { loop = try EventLoop(name: "test") }

    private func connect(_ server: SocketServer, _ handler: any ConnectionHandler, options: ConnectionOptions = .init())
        async throws -> Connection
    {
        try await Connection.connect(
            to: server.endpoint, on: loop, timeout: .seconds(20), options: options, handler: handler)
    }

    @Test("bytes go there and come back, and the end is orderly")
    func echo() async throws {
        let server = try SocketServer.echo()
        let collector = Collector()
        let connection = try await connect(server, collector)
        connection.send([1, 2])
        connection.send { $0.append("three") }
        #expect(await collector.bytes(atLeast: 7) == [1, 2] + Array("three".utf8))
        await connection.close()
        #expect(await collector.end() == nil)
        #expect(collector.closings == 1)
        await loop.stop()
    }

    @Test("callers at the same time: every byte arrives once and each array whole")
    func manyCallers() async throws {
        let server = try SocketServer.echo()
        let collector = Collector()
        let connection = try await connect(server, collector)
        await withTaskGroup(of: Void.self) { group in
            for caller in 0..<64 {
                group.addTask {
                    for _ in 0..<50 { connection.send([UInt8](repeating: UInt8(caller), count: 1 + caller * 7)) }
                }
            }
        }
        let total = (0..<64).reduce(0) { $0 + 50 * (1 + $1 * 7) }
        let bytes = await collector.bytes(atLeast: total)
        #expect(bytes.count == total)
        var place = 0
        while place < bytes.count {
            let length = 1 + Int(bytes[place]) * 7
            #expect(bytes[place..<min(place + length, bytes.count)].allSatisfy { $0 == bytes[place] })
            place += length
        }
        #expect(connection.pendingBytes == 0)
        await connection.close()
        await loop.stop()
    }

    @Test("4 MiB and larger values pass through a slow reader, whole and in order", arguments: [4 << 20, 9 << 20])
    func slowReader(size: Int) async throws {
        let server = try SocketServer { peer in
            var all: [UInt8] = []
            // Small reads, so that the sender's socket is full most of the time.
            while all.count < 3 * size, let bytes = peer.read(3000) { all += bytes }
            _ = peer.write(all)
        }
        let collector = Collector()
        let connection = try await connect(server, collector)
        let values = (0..<3).map { pattern(size, seed: $0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for value in values { group.addTask { try await connection.sendWaiting(value) } }
            try await group.waitForAll()
        }
        let bytes = await collector.bytes(atLeast: 3 * size)
        let received = Set((0..<3).map { Array(bytes[$0 * size..<($0 + 1) * size]) })
        #expect(received == Set(values))
        await connection.close()
        await loop.stop()
    }
}
