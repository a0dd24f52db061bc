import HTTP
import HTTPTestClient
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2)))
struct RequestBodyTests {
    @Test func aSlowReaderHoldsTheSenderBack() async throws {
        // 64 MB through a handler that takes one chunk at a time and looks how far the sender is ahead.
        let sent = Counter()
        let chunk = [UInt8](repeating: 7, count: 256 * 1024)
        let total = 256 * chunk.count
        try await withServer({ $0.bodyBuffer = 64 * 1024 }) {
            $0.on(.post, "/upload", bodyLimit: total) { request in
                var received = 0
                var sum = 0
                var furthest = 0
                for try await bytes in request.body {
                    received += bytes.count
                    sum += Int(bytes[0])
                    furthest = max(furthest, sent.value - received)
                    if received % 1024 < 8 { await Task.yield() }
                }
                return .text("\(received) \(furthest)")
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: \(total)\r\n\r\n")
            for _ in 0..<256 {
                try await client.send(chunk)
                sent.add(chunk.count)
            }
            let response = try await client.response()
            let numbers = response.text.split(separator: " ").compactMap { Int($0) }
            #expect(response.status == 200 && numbers.first == total)
            // The kernel's buffers on loopback hold a few megabytes; the rest waits at the client.
            #expect(numbers[1] < 16 << 20)
        }
    }

    @Test func nothingIsReadForAHandlerThatDoesNotTakeIt() async throws {
        let go = Signal()
        let sent = Counter()
        let chunk = [UInt8](repeating: 1, count: 1 << 20)
        try await withServer({ $0.bodyBuffer = 64 * 1024 }) {
            $0.on(.post, "/upload", bodyLimit: 64 << 20) { request in
                await go.wait()
                var received = 0
                for try await bytes in request.body { received += bytes.count }
                return .text("\(received)")
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: \(64 << 20)\r\n\r\n")
            async let sending: Void = {
                for _ in 0..<64 {
                    try await client.send(chunk)
                    sent.add(1)
                }
            }()
            // Another client is served meanwhile, and the first cannot finish before the handler reads.
            for _ in 0..<20 { _ = try await TestConnection(port: port).request("GET", "/none") }
            #expect(sent.value < 64)
            go.fire()
            try await sending
            #expect(try await client.response().text == "\(64 << 20)")
        }
    }

    @Test func chunkedBodiesAreReadToTheirEnd() async throws {
        try await withServer {
            $0.on(.post, "/echo") { Response(body: .bytes(try await $0.body.collect(upTo: 1000))) }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            try await client.send("5\r\nhello\r\n")
            try await client.send("7\r\n, world\r\n0\r\n\r\n")
            #expect(try await client.response().text == "hello, world")
            #expect(try await client.request("POST", "/echo", body: [65]).text == "A")
        }
    }

    @Test func expectContinueIsAnsweredOnlyWhenTheBodyIsWanted() async throws {
        try await withServer {
            $0.on(.post, "/take") { .text("\(try await $0.body.collect(upTo: 1000).count)") }
            $0.on(.post, "/refuse") { _ in throw HTTPError(status: .conflict, message: "no") }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            let expect = "Host: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
            try await client.send("POST /take HTTP/1.1\r\n" + expect)
            #expect(try await client.response().status == 100)
            try await client.send("abcd")
            #expect(try await client.response().text == "4")
            try await client.send("POST /refuse HTTP/1.1\r\n" + expect)
            #expect(try await client.response().status == 409)
        }
    }

    @Test func bodiesBeyondTheLimitGet413() async throws {
        try await withServer({ $0.bodyLimit = 100_000 }) {
            $0.on(.post, "/count") { .text("\(try await $0.body.reduce(0) { $0 + $1.count })") }
            $0.on(.post, "/large", bodyLimit: 1_000_000) { .text("\(try await $0.body.reduce(0) { $0 + $1.count })") }
            $0.on(.post, "/collect") { .text("\(try await $0.body.collect(upTo: 10).count)") }
        } body: { port, _ in
            let body = [UInt8](repeating: 1, count: 200_000)
            #expect(try await TestConnection(port: port).request("POST", "/count", body: body).status == 413)
            #expect(try await TestConnection(port: port).request("POST", "/large", body: body).text == "200000")
            #expect(try await TestConnection(port: port).request("POST", "/collect", body: [1, 2]).text == "2")
            let collected = try await TestConnection(port: port).request(
                "POST", "/collect", body: [UInt8](repeating: 1, count: 11))
            #expect(collected.status == 413)

            // A chunked body names no length; what is beyond the limit is dropped and the answer still arrives.
            let client = try TestConnection(port: port)
            try await client.send("POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 1, count: 65536) + [13, 10]
            try await client.send(repeating: chunk, times: 10)
            try await client.send("0\r\n\r\n")
            #expect(try await client.response().status == 413)

            // A body far too long is refused before it is sent.
            let early = try TestConnection(port: port)
            try await early.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
            #expect(try await early.response().status == 413)
        }
    }

    @Test func aHandlerMayAnswerWithoutTheBody() async throws {
        try await withServer({ $0.discardLimit = 1 << 20 }) {
            $0.on(.post, "/ignore", bodyLimit: 1 << 30) { _ in .text("ignored") }
            $0.on(.post, "/first", bodyLimit: 1 << 30) { request in
                var iterator = request.body.makeAsyncIterator()
                return .text("\(try await iterator.next()?.first ?? 0)")
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            let body = [UInt8](repeating: 9, count: 500_000)
            #expect(try await client.request("POST", "/ignore", body: body).text == "ignored")
            // What was not read is dropped, so the connection serves on.
            #expect(try await client.request("POST", "/first", body: body).text == "9")
            #expect(try await client.request("POST", "/ignore", body: body).text == "ignored")
        }
    }

    @Test func aClientThatLeavesWhileSendingEndsTheBody() async throws {
        let failed = Signal()
        let error = Mutex<HTTPError?>(nil)
        try await withServer {
            $0.on(.post, "/upload") { request in
                do {
                    for try await _ in request.body {}
                } catch let caught as HTTPError {
                    error.withLock { $0 = caught }
                    failed.fire()
                    throw caught
                }
                return .text("whole")
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            try await client.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc")
            client.close()
            await failed.wait()
            #expect(error.withLock { $0?.code } == .disconnected)
        }
    }
}
