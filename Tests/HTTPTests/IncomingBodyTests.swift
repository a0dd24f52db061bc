import Testing

@testable import HTTP

@Suite("Incoming bodies")
struct IncomingBodyTests {
    private func take(_ bytes: [UInt8], _ body: IncomingBody) -> IncomingBody.Taking {
        bytes.withUnsafeBytes { body.take($0, limit: 100_000) }
    }

    @Test("bytes that come one by one are not held one by one")
    func smallPieces() async throws {
        let body = IncomingBody(buffer: 1 << 20, wanted: {}, readOn: {})
        for number in 0..<10_000 { _ = take([UInt8(truncatingIfNeeded: number)], body) }
        body.finish()
        var chunks: [[UInt8]] = []
        while let chunk = try await body.next() { chunks.append(chunk) }
        #expect(chunks.count == 3)
        #expect(chunks.flatMap(\.self) == (0..<10_000).map { UInt8(truncatingIfNeeded: $0) })
    }

    @Test("after a failure nothing is held, and the client is not held back")
    func failure() async throws {
        let body = IncomingBody(buffer: 10, wanted: {}, readOn: {})
        guard case .full = take([UInt8](repeating: 1, count: 20), body) else {
            Issue.record("there is room")
            return
        }
        #expect(body.progress.isHeldBack)
        body.fail(HTTPError.disconnected)
        #expect(!body.progress.isHeldBack)
        guard case .dropped = take([1], body) else {
            Issue.record("it was taken")
            return
        }
        await #expect(throws: HTTPError.self) { try await body.next() }
    }
}
