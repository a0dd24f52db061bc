import HTTPTestClient
import Telemetry
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2)))
struct RequestLogTests {
    @Test func requestsKeepTheNameTheyCameWith() async throws {
        try await withMartlet { martlet in
            let kept = try await martlet.request("GET", "/healthz", headers: ["X-Request-Id": "a-1.b:2"])
            #expect(kept.headers["x-request-id"] == "a-1.b:2")
            for wrong in ["two words", String(repeating: "x", count: 129), "a\"b"] {
                let answer = try await martlet.request("GET", "/nothing", headers: ["X-Request-Id": wrong])
                let name = try #require(answer.headers["x-request-id"])
                #expect(name != wrong && name.count == 16)
            }
        }
    }

    @Test func requestsAreLoggedForWhoLooksForAFault() async throws {
        let (lines, written) = AsyncStream.makeStream(of: String.self)
        let log = Logger(level: .debug, format: .text) { written.yield($0) }
        try await withMartlet(instruments: Instruments(log: log)) { martlet in
            _ = try await martlet.request("GET", "/api/v1/datasets/none?x=secret", headers: ["X-Request-Id": "r-1"])
            let line = await lines.first { $0.contains("request_id=r-1") }
            #expect(line?.contains(" DEBUG   request method=GET path=/api/v1/datasets/none status=400") == true)
            #expect(line?.contains("secret") == false)
        }
    }
}
