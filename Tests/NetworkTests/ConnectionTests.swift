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

    @Test("a peer that has ended its side alone still gets what is queued")
    func halfClosed() async throws {
        let size = 6 << 20
        let count = Mutex(0)
        let server = try SocketServer { peer in
            var received = peer.read(1)?.count ?? 0
            _ = peer.write([1, 2, 3])
            peer.endSending()
            while let bytes = peer.read() { received += bytes.count }
            let all = received
            count.withLock { $0 = all }
        }
        let collector = Collector()
        let connection = try await connect(server, collector)
        // More than the sockets hold, so that much of it is queued when the end is seen.
        connection.send(pattern(size, seed: 1))
        #expect(await collector.end() == nil)
        #expect(collector.bytes == [1, 2, 3])
        while server.openCount > 0 { await Task.yield() }
        #expect(count.withLock { $0 } == size)
        await loop.stop()
    }

    @Test("a peer that resets the connection is told as lost, and senders that wait are failed")
    func reset() async throws {
        let server = try SocketServer { peer in
            _ = peer.read(10)
            peer.reset()
        }
        let collector = Collector()
        let connection = try await connect(server, collector)
        let sender = Task { while true { try await connection.sendWaiting([UInt8](repeating: 0, count: 256 << 10)) } }
        await #expect(throws: NetworkError.self) { try await sender.value }
        #expect(await collector.end()?.code == .connectionLost)
        #expect(!connection.send { $0.append(1) })
        #expect(connection.pendingBytes == 0)
        await connection.close()
        #expect(collector.closings == 1)
        await loop.stop()
    }

    @Test("senders wait while a peer does not read, in order; a cancelled one sends nothing")
    func waitingSenders() async throws {
        let gate = Gate()
        let server = try SocketServer { peer in
            gate.wait()
            var all: [UInt8] = []
            while let bytes = peer.read() { all += bytes }
            _ = peer.write(
                Array(String(all.reduce(into: [Int](repeating: 0, count: 3)) { $0[Int($1)] += 1 }.description).utf8))
        }
        var options = ConnectionOptions()
        options.highWaterMark = 100_000
        options.closeTimeout = .seconds(60)
        let collector = Collector()
        let connection = try await connect(server, collector, options: options)
        // More than the sockets of both sides hold, so that it stays queued.
        let large = 32 << 20
        connection.send([UInt8](repeating: 0, count: large))
        #expect(connection.pendingBytes > options.highWaterMark)
        let patient = Task { try await connection.sendWaiting([UInt8](repeating: 1, count: 70_000)) }
        let cancelled = Task { try await connection.sendWaiting([UInt8](repeating: 2, count: 70_000)) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        gate.open()
        try await patient.value
        await connection.close()
        #expect(await collector.end() == nil)
        await loop.stop()
    }

    @Test("while reading is paused the peer has to wait, and nothing is lost")
    func pausing() async throws {
        let sent = Mutex(0)
        let size = 48 << 20
        let server = try SocketServer { peer in
            _ = peer.read(1)
            let block = pattern(1 << 20, seed: 3)
            while sent.withLock({ $0 }) < size, peer.write(block) { sent.withLock { $0 += block.count } }
        }
        let holder = Mutex<Connection?>(nil)
        // Pauses with the first bytes.
        let collector = Collector { _ in holder.withLock { $0 }?.pauseReading() }
        let connection = try await connect(server, collector)
        holder.withLock { $0 = connection }
        connection.send([1])
        let first = await collector.bytes(atLeast: 1).count
        // Turns of the loop bring nothing more, though the peer sends as much as it can.
        for _ in 0..<200 { await withCheckedContinuation { turn in _ = loop.execute { turn.resume() } } }
        #expect(collector.bytes.count == first)
        #expect(sent.withLock { $0 } < size)
        holder.withLock { $0 = nil }
        connection.resumeReading()
        #expect(await collector.bytes(atLeast: size).count == size)
        #expect(await collector.end() == nil)
        await loop.stop()
    }

    @Test("close sends what is queued; later sends are dropped; it can be called by many")
    func closing() async throws {
        let size = 8 << 20
        let count = Mutex(0)
        let server = try SocketServer { peer in
            while let bytes = peer.read(10_000) { count.withLock { $0 += bytes.count } }
        }
        let collector = Collector()
        let connection = try await connect(server, collector)
        connection.send(pattern(size, seed: 2))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { await connection.close() } }
        }
        connection.send([1])
        await #expect(throws: NetworkError.self) { try await connection.sendWaiting([1]) }
        #expect(await collector.end() == nil)
        #expect(count.withLock { $0 } == size)
        await loop.stop()
    }

    @Test("close breaks a peer off that takes nothing")
    func closingTimeout() async throws {
        let gate = Gate()
        let server = try SocketServer { _ in gate.wait() }
        var options = ConnectionOptions()
        options.closeTimeout = .milliseconds(30)
        let collector = Collector()
        let connection = try await connect(server, collector, options: options)
        connection.send(pattern(32 << 20, seed: 2))
        await connection.close()
        #expect(await collector.end()?.code == .timedOut)
        gate.open()
        await loop.stop()
    }

    @Test("abort ends at once")
    func aborting() async throws {
        let server = try SocketServer.echo()
        let collector = Collector()
        let connection = try await connect(server, collector)
        connection.abort()
        #expect(await collector.end()?.code == .closed)
        await loop.stop()
    }
}
