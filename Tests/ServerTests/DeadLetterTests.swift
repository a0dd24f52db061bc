import HTTPTestClient
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2)))
struct DeadLetterTests {
    @Test func theNewestComeFirstInParts() async throws {
        try await withMartlet { martlet in
            let path = "/api/v1/cluster/dead-letters"
            let none = try await martlet.request("GET", path)
            #expect(none.status == 200 && none.text == #"{"items":[],"next_cursor":null}"#)
            for trial in 0..<3 { try await martlet.giveUp(trial: trial) }
            let first = try await martlet.request("GET", path + "?limit=2").json
            #expect(first["items"]?.elements?.map { $0["trial"] } == [2, 1])
            let letter = try #require(first["items"]?.elements?.first)
            #expect(letter["experiment_id"] == "e" && letter["learner"] == "linear")
            #expect(letter["at"] == "2026-03-04T05:06:07.089Z" && letter["reason"] == "3 workers ended with it")
            #expect(
                letter["starts"] == [
                    ["began_at": "2026-03-04T05:05:01.000Z", "worker": "a"],
                    ["began_at": "2026-03-04T05:05:02.000Z", "failure": "it is refused", "worker": "b"],
                ])
            let cursor = try #require(first["next_cursor"]?.text)
            let last = try await martlet.request("GET", path + "?limit=2&cursor=\(cursor)").json
            #expect(last["items"]?.elements?.map { $0["trial"] } == [0])
            #expect(last["next_cursor"] == .null)
            for (query, field) in [("limit=0", "limit"), ("cursor=none", "cursor"), ("page=2", "page")] {
                let refused = try await martlet.request("GET", path + "?" + query)
                #expect((400..<500).contains(refused.status), "\(query)")
                #expect(try problemFields(refused, status: refused.status) == [field])
            }
        }
    }
}
