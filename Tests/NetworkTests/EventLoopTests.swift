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

    @Test("tasks that prefer it run on its thread, and elsewhere once it has ended")
    func executor() async throws {
        let loop = try EventLoop(name: "test")
        let server = try SocketServer.echo()
        let executor = loop.executor
        await withTaskExecutorPreference(executor) {
            #expect(loop.isCurrent)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        await Task.yield()
                        return loop.isCurrent
                    }
                }
                for await isCurrent in group { #expect(isCurrent) }
            }
            await withCheckedContinuation { continuation in
                _ = loop.schedule(after: .milliseconds(5)) { continuation.resume() }
            }
            #expect(loop.isCurrent)
        }
        #expect(!loop.isCurrent)
        let echoed = try await withTaskExecutorPreference(executor) {
            let collector = Collector()
            let connection = try await Connection.connect(
                to: server.endpoint, on: loop, timeout: .seconds(120), handler: collector)
            connection.send(Array("hello".utf8))
            let bytes = await collector.bytes(atLeast: 5)
            #expect(loop.isCurrent)
            await loop.stop()
            #expect(!loop.isCurrent)
            return bytes
        }
        #expect(echoed == Array("hello".utf8))
        await withTaskExecutorPreference(executor) { #expect(!loop.isCurrent) }
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
            _ = try await Connection.connect(to: server.endpoint, on: loop, timeout: .seconds(120), handler: collector)
        }
        await loop.stop()
        for collector in collectors { #expect(await collector.end()?.code == .loopStopped) }
        #expect(!loop.execute {})
        await loop.stop()
        await #expect {
            _ = try await Connection.connect(
                to: server.endpoint, on: loop, timeout: .seconds(120), handler: Collector())
        } throws: { ($0 as? NetworkError)?.code == .loopStopped }
    }

    @Test("1,000 connections open at a time on one loop")
    func manyConnections() async throws {
        try raiseDescriptorLimit(to: 4096)
        let server = try SocketServer.echo()
        let loop = try EventLoop(name: "test")
        let open = try await withThrowingTaskGroup(of: (Connection, Collector).self) { group in
            var open: [(Connection, Collector)] = []
            for number in 0..<1000 {
                group.addTask {
                    let collector = Collector()
                    let connection = try await Connection.connect(
                        to: server.endpoint, on: loop, timeout: .seconds(120), handler: collector)
                    return (connection, collector)
                }
                // A listener's queue of connections not yet accepted has its bounds.
                if number >= 200, let next = try await group.next() { open.append(next) }
            }
            for try await next in group { open.append(next) }
            return open
        }
        #expect(open.count == 1000)
        for (number, (connection, _)) in open.enumerated() { connection.send(pattern(1000 + number, seed: number)) }
        for (number, (connection, collector)) in open.enumerated() {
            #expect(await collector.bytes(atLeast: 1000 + number) == pattern(1000 + number, seed: number))
            await connection.close()
            #expect(await collector.end() == nil)
        }
        await loop.stop()
    }
}
