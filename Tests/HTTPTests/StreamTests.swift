import Foundation
import HTTP
import HTTPTestClient
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2)))
struct StreamTests {
    @Test func streamsArriveWhileTheyAreMade() async throws {
        let next = Signal()
        try await withServer {
            $0.on(.get, "/events") { _ in
                .events { writer in
                    try await writer.write(ServerSentEvent(id: "1", event: "tick", data: "a\nb"))
                    await next.wait()
                    try await writer.write(ServerSentEvent.comment("still here"))
                    try await writer.write(ServerSentEvent(data: "end"))
                }
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            let header = try await client.responseHeader()
            #expect(header.status == 200 && header.headers["content-type"] == "text/event-stream")
            #expect(try await client.chunk() == Array("id: 1\nevent: tick\ndata: a\ndata: b\n\n".utf8))
            next.fire()
            var rest: [UInt8] = []
            while let chunk = try await client.chunk(), !chunk.isEmpty { rest += chunk }
            #expect(rest == Array(": still here\n\ndata: end\n\n".utf8))
            try await client.send("HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.response(toHead: true).status == 200)
        }
    }

    @Test func aSlowClientHoldsTheProducerBack() async throws {
        let made = Counter()
        let chunk = [UInt8](repeating: 5, count: 64 * 1024)
        try await withServer {
            $0.on(.get, "/download") { _ in
                Response(
                    body: .stream(
                        .init(length: 1024 * chunk.count) { writer in
                            for _ in 0..<1024 {
                                try await writer.write(chunk)
                                made.add(1)
                            }
                        }))
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("GET /download HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.responseHeader().headers["content-length"] == "\(1024 * chunk.count)")
            for _ in 0..<20 { _ = try await TestConnection(port: port).request("GET", "/none") }
            #expect(made.value < 1024)
            let second = try await TestConnection(port: port).request("GET", "/download")
            #expect(second.isComplete && second.body.count == 1024 * chunk.count)
        }
    }

    @Test func aClientThatLeavesCancelsTheStream() async throws {
        let cancelled = Signal()
        try await withServer {
            $0.on(.get, "/events") { _ in
                .events { writer in
                    try await writer.write(ServerSentEvent(data: "first"))
                    do {
                        try await Task.sleep(for: .seconds(3600))
                    } catch {
                        cancelled.fire()
                        throw error
                    }
                }
            }
        } body: { port, server in
            let client = try TestConnection(port: port)
            try await client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await client.responseHeader()
            _ = try await client.chunk()
            client.close()
            await cancelled.wait()
        }
    }

    @Test func aClientThatLeavesCancelsTheHandler() async throws {
        let started = Signal()
        let cancelled = Signal()
        try await withServer {
            $0.on(.get, "/slow") { _ in
                started.fire()
                do {
                    try await Task.sleep(for: .seconds(3600))
                } catch {
                    cancelled.fire()
                    throw error
                }
                return .text("late")
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            await started.wait()
            client.close()
            await cancelled.wait()
        }
    }

    @Test func aFailingProducerBreaksTheResponseOff() async throws {
        struct Broken: Error {}
        try await withServer {
            $0.on(.get, "/broken") { _ in
                Response(
                    body: .stream(
                        .init { writer in
                            try await writer.write("half")
                            throw Broken()
                        }))
            }
        } body: { port, _ in
            let response = try await TestConnection(port: port).request("GET", "/broken")
            #expect(!response.isComplete)
        }
    }

    @Test func filesAreSent() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("http-\(UUID().uuidString)").path
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withServer {
            $0.on(.get, "/file") { _ in Response(body: .file(path: path)) }
            $0.on(.get, "/once") { _ in Response(body: .file(path: path, isTemporary: true)) }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            let response = try await client.request("GET", "/file")
            #expect(response.body == bytes)
            #expect(try await client.request("HEAD", "/file").headers["content-length"] == "300000")
            #expect(try await client.request("GET", "/once").body == bytes)
            #expect(try await client.request("GET", "/once").status == 500)
        }
    }
}

@Suite(.timeLimit(.minutes(2)))
struct ShutdownTests {
    @Test func endsStreamsAndFinishesRequests() async throws {
        let started = Signal()
        let finish = Signal()
        var router = Router()
        router.on(.get, "/events") { _ in
            .events { writer in
                try await writer.write(ServerSentEvent(data: "first"))
                try await Task.sleep(for: .seconds(3600))
            }
        }
        router.on(.get, "/slow") { _ in
            started.fire()
            await finish.wait()
            return .text("done")
        }
        let server = try HTTPServer(router: router)
        let port = try server.start()
        let events = try TestConnection(port: port)
        try await events.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await events.responseHeader()
        _ = try await events.chunk()
        let slow = try TestConnection(port: port)
        try await slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        await started.wait()
        let idle = try TestConnection(port: port)
        _ = try await idle.request("GET", "/none")

        async let stopped: Void = server.shutdown(grace: .seconds(60))
        // The stream ends as its framing says, though its producer would have gone on for an hour.
        #expect(try await events.chunk() == [])
        let refused = try await idle.request("GET", "/none")
        #expect(refused.status == 503 && refused.headers["connection"] == "close")
        finish.fire()
        let done = try await slow.response()
        #expect(done.text == "done" && done.headers["connection"] == "close")
        await stopped
        #expect(server.activeRequests == 0)
        #expect(throws: TestConnection.Failure.self) { try TestConnection(port: port) }
    }

    @Test func breaksOffWhatDoesNotEndInTime() async throws {
        let started = Signal()
        let cancelled = Signal()
        var router = Router()
        router.on(.get, "/slow") { _ in
            started.fire()
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                cancelled.fire()
            }
            return .text("late")
        }
        router.on(.post, "/upload") { .text("\(try await $0.body.collect(upTo: 1000).count)") }
        router.on(.get, "/endless") { _ in
            Response(
                body: .stream(
                    .init { writer in while true { try await writer.write([UInt8](repeating: 0, count: 65536)) } }))
        }
        let server = try HTTPServer(router: router)
        let port = try server.start()
        let slow = try TestConnection(port: port)
        try await slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        let half = try TestConnection(port: port)
        try await half.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
        let header = try TestConnection(port: port)
        try await header.send("GET /slow HTT")
        let endless = try TestConnection(port: port)
        try await endless.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await endless.responseHeader()
        await started.wait()
        await server.shutdown(grace: .zero)
        await cancelled.wait()
        #expect(try await slow.isClosedByServer())
        #expect(try await half.isClosedByServer())
        #expect(server.activeRequests == 0)
        await server.shutdown()
    }
}
