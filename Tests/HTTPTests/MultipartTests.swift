import HTTP
import HTTPTestClient
import Synchronization
import Testing

struct MultipartTests {
    private func body(_ text: String, chunk: Int) -> RequestBody {
        let bytes = Array(text.utf8)
        let position = Mutex(0)
        return RequestBody {
            position.withLock { position in
                guard position < bytes.count else { return nil }
                let end = min(bytes.count, position + chunk)
                defer { position = end }
                return Array(bytes[position..<end])
            }
        }
    }

    private func parts(_ text: String, chunk: Int) async throws -> [String] {
        let reader = MultipartReader(body(text, chunk: chunk), boundary: "XX", partLimit: 4)
        var parts: [String] = []
        while let part = try await reader.nextPart() {
            let content = try await part.body.collect(upTo: 10_000)
            parts.append("\(part.name)|\(part.filename ?? "-")|\(String(decoding: content, as: UTF8.self))")
        }
        return parts
    }

    @Test(arguments: [1, 2, 3, 7, 16, 1000])
    func partsAreReadWhateverTheChunks(_ chunk: Int) async throws {
        let text = """
            preamble\r
            --XX\r
            Content-Disposition: form-data; name="a"\r
            \r
            one\r
            --XX  \r
            content-disposition: form-data; name="file"; filename="t.csv"\r
            Content-Type: text/csv\r
            \r
            x,y\r
            \r
            --X\r
            --XY is not it\r\r
            \r
            --XX\r
            Content-Disposition: form-data; name=empty\r
            \r
            \r
            --XX--\r
            epilogue --XX
            """
        #expect(
            try await parts(text, chunk: chunk) == [
                "a|-|one", "file|t.csv|x,y\r\n\r\n--X\r\n--XY is not it\r\r\n", "empty|-|",
            ])
    }

    @Test func partsMayBeSkipped() async throws {
        let text = (1...3).map { "--XX\r\nContent-Disposition: form-data; name=\($0)\r\n\r\nvalue \($0)\r\n" }.joined()
        let reader = MultipartReader(body(text + "--XX--", chunk: 5), boundary: "XX")
        let first = try #require(try await reader.nextPart())
        let second = try #require(try await reader.nextPart())
        #expect(try await first.body.collect(upTo: 100).isEmpty)
        #expect(try await second.body.collect(upTo: 100) == Array("value 2".utf8))
        #expect(try await reader.nextPart()?.name == "3")
        #expect(try await reader.nextPart() == nil)
        #expect(try await reader.nextPart() == nil)
    }

    @Test(arguments: [
        "", "--XX", "no delimiter", "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nnever ends",
        "--XX\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--XX--", "--XX\r\nno colon\r\n\r\nx\r\n--XX--",
        "--XXnothing\r\n", "--XX\r\n\r\nno header\r\n--XX--",
        "--XX\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\nx\r\n--XX--",
        String(repeating: "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n", count: 5) + "--XX--",
    ])
    func malformedBodiesAreRefused(_ text: String) async throws {
        for chunk in [3, 100_000] {
            await #expect {
                _ = try await parts(text, chunk: chunk)
            } throws: {
                ($0 as? HTTPError)?.code == .badMultipart
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func filesStreamThroughAServer() async throws {
        try await withServer {
            $0.on(.post, "/upload", bodyLimit: 100 << 20) { request in
                let reader = try MultipartReader(request)
                var report: [String] = []
                while let part = try await reader.nextPart() {
                    var count = 0
                    for try await bytes in part.body { count += bytes.count }
                    report.append("\(part.name) \(part.filename ?? "-") \(count)")
                }
                return .text(report.joined(separator: ", "))
            }
        } body: { port, _ in
            let client = try TestConnection(port: port)
            let type = ["Content-Type": "multipart/form-data; boundary=\"XX\""]
            let lines = Array(String(repeating: "1,2,3\r\n", count: 2_000_000).utf8)
            var body = Array("--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\ntest\r\n--XX\r\n".utf8)
            body += Array("Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n".utf8)
            body += lines + Array("\r\n--XX--\r\n".utf8)
            let response = try await client.request("POST", "/upload", headers: type, body: body)
            #expect(response.text == "n - 4, file a.csv 14000000")
            let wrong = try await client.request("POST", "/upload", headers: ["Content-Type": "text/csv"], body: [1])
            #expect(wrong.status == 415)
        }
    }
}
