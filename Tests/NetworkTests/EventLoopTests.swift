import Network
import Synchronization
import Testing

@Suite("The event loop")
struct EventLoopTests {
    @Test("tasks run on its thread in order, timers after their delay")
    func tasksAndTimers() async throws {
        let loop = try EventLoop(name: "a name longer than the system takes")
        #expect(!loop.isCurrent)
        #expect(
            await withCheckedContinuation { continuation in
                loop.execute { continuation.resume(returning: loop.isCurrent) }
            })
        let order = Mutex<[Int]>([])
        let start = ContinuousClock.now
        await withCheckedContinuation { continuation in
            _ = loop.schedule(after: .milliseconds(40)) {
                order.withLock { $0.append(2) }
                continuation.resume()
            }
            _ = loop.schedule(after: .milliseconds(5)) { order.withLock { $0.append(1) } }
            let cancelled = loop.schedule(after: .milliseconds(5)) { order.withLock { $0.append(9) } }
            #expect(loop.cancel(cancelled))
        }
        #expect(start.duration(to: .now) >= .milliseconds(40))
        #expect(order.withLock { $0 } == [1, 2])
        await loop.stop()
    }

    @Test("a timer set while the loop sleeps for a later one wakes it")
    func earlierTimer() async throws {
        let loop = try EventLoop(name: "test")
        let far = loop.schedule(after: .seconds(1 << 40)) {}
        await withCheckedContinuation { continuation in
            _ = loop.schedule(after: .zero) { continuation.resume() }
        }
        #expect(loop.cancel(far))
        await loop.stop()
    }

    @Test("a stopped loop takes nothing, can be stopped again and closes what was open")
    func stopping() async throws {
        let server = try SocketServer.echo()
        let loop = try EventLoop(name: "test")
        let collectors = (0..<3).map { _ in Collector() }
        for collector in collectors {
            _ = try await Connection.connect(to: server.endpoint, on: loop, timeout: .seconds(20), handler: collector)
        }
        await loop.stop()
        for collector in collectors { #expect(await collector.end()?.code == .loopStopped) }
        #expect(!loop.execute {})
        await loop.stop()
        await #expect {
            _ = try await Connection.connect(to: server.endpoint, on: loop, timeout: .seconds(20), handler: Collector())
        } throws: { ($0 as? NetworkError)?.code == .loopStopped }
    }

    @Test("1,000 connections on one loop")
    func manyConnections() async throws {
        let server = try SocketServer.echo()
        let loop = try EventLoop(name: "test")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let collector = Collector()
                    let connection = try await Connection.connect(
                        to: server.endpoint, on: loop, timeout: .seconds(60), handler: collector)
                    let bytes = pattern(1000 + number, seed: number)
                    connection.send(bytes)
                    #expect(await collector.bytes(atLeast: bytes.count) == bytes)
                    await connection.close()
                    #expect(await collector.end() == nil)
                }
                // A listener's queue of connections not yet accepted has its bounds.
                if number >= 200 { try await group.next() }
            }
            try await group.waitForAll()
        }
        await loop.stop()
    }
}
