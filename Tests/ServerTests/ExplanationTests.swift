import HTTPTestClient
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(5)))
struct ExplanationTests {
    private func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    @Test func aModelIsExplainedWholeAndRowByRow() async throws {
        try await withMartlet { martlet in
            let (_, id) = try await martlet.trained()
            let first = try await martlet.request("GET", "/api/v1/models/\(id)/explanation")
            #expect(first.status == 200, "\(first.text)")
            let explanation = try first.json
            #expect(explanation["card"]?["target"] == "kind")
            #expect(explanation["subject"]?["kind"] == "out_of_fold")
            #expect(explanation["evaluation"]?["metrics"]?.elements?.count == 8)
            #expect(explanation["importance"]?["columns"]?.elements?.first?["column"] == "length")
            // Times come from the leaderboard, although the budget was in trials.
            #expect(explanation["leaderboard"]?.elements?.allSatisfy { $0["predict_seconds"] != nil } == true)
            // It is kept: the same bytes again.
            #expect(try await martlet.request("GET", "/api/v1/models/\(id)/explanation").body == first.body)

            var seen = 0
            for offset in [0, 50, 100, 150] {
                let page = try await martlet.request(
                    "GET", "/api/v1/models/\(id)/explanation/rows?offset=\(offset)&limit=50"
                ).json
                #expect(page["total"] == 120)
                let base = try #require(number(page["base"]?.elements?.first))
                let output = try #require(page["outputs"]?.elements?.first?.text)
                for row in page["rows"]?.elements ?? [] {
                    seen += 1
                    let sum = (row["contributions"]?.elements ?? []).reduce(base) {
                        $0 + (number($1.elements?.first) ?? .nan)
                    }
                    let said = try #require(number(row["prediction"]?["probabilities"]?[output]))
                    #expect(abs(sum - said) < 1e-4)
                    #expect(row["actual"]?.text != nil && row["out_of_fold_prediction"] != nil)
                }
            }
            #expect(seen == 120)
            let own = try await martlet.post(
                "/api/v1/models/\(id)/explain", json: #"{"rows": [{"length": 1.2, "colour": "red"}]}"#)
            #expect(own.status == 200, "\(own.text)")
            #expect(try own.json["rows"]?.elements?.count == 1)
        }
    }

    @Test func mistakesNameTheirPlace() async throws {
        try await withMartlet { martlet in
            let (_, id) = try await martlet.trained()
            for (query, field) in [
                ("offset=-1", "offset"), ("limit=201", "limit"), ("scale=odds", "scale"), ("x=1", "x"),
            ] {
                let refused = try await martlet.request("GET", "/api/v1/models/\(id)/explanation/rows?\(query)")
                #expect(try problemFields(refused, status: 400) == [field])
            }
            let row = #"{"length": 1, "colour": "red"}"#
            let many = "{\"rows\": [\(Array(repeating: row, count: 1001).joined(separator: ","))]}"
            let refused = try await martlet.post("/api/v1/models/\(id)/explain", json: many)
            #expect(try problemFields(refused, status: 422) == ["rows"])
            let missing = try await martlet.request("GET", "/api/v1/models/nothing/explanation")
            #expect(try problemFields(missing, status: 404) == [])
        }
    }
}
