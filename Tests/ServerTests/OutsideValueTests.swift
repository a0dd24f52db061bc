import HTTPTestClient
import Testing

@testable import Server

/// Cells and requests that once ended the process.
@Suite(.timeLimit(.minutes(5)))
struct OutsideValueTests {
    @Test func theSmallestWholeNumberAsAFloatIsShownEverywhere() async throws {
        try await withMartlet { martlet in
            let id = try await martlet.upload("a,b\n-9223372036854775808,x\n0.5,y\n")
            let rows = try await martlet.request("GET", "/api/v1/datasets/\(id)/rows")
            #expect(rows.text.contains("[{\"a\":-9.223372036854776e+18,\"b\":\"x\"},{\"a\":0.5,\"b\":\"y\"}]"))
            let file = try await martlet.request("GET", "/api/v1/datasets/\(id)/file")
            #expect(file.text == "a,b\n-9.223372036854776e+18,x\n0.5,y\n")

            var csv = "length,colour,kind\n"
            for row in 0..<60 {
                let length = row % 5 == 0 ? "-9223372036854775808" : "\(row % 9).5"
                csv += "\(length),\(["red", "blue"][row % 2]),\(["low", "middle", "high"][row % 3])\n"
            }
            let data = try await martlet.upload(csv)
            let experiment = try await martlet.experiment(on: data, target: "kind")
            _ = try await martlet.events(of: experiment)
            let models = try await martlet.request("GET", "/api/v1/experiments/\(experiment)/models").json
            for model in models["items"]?.elements ?? [] {
                let id = try #require(model["id"]?.text)
                #expect(try await martlet.request("GET", "/api/v1/models/\(id)/schema").status == 200)
                let row = #"{"rows": [{"length": -9223372036854775808.0, "colour": "red"}]}"#
                let explained = try await martlet.post("/api/v1/models/\(id)/explain", json: row)
                #expect(explained.status == 200, "\(explained.text)")
                #expect(explained.text.contains("\"length\":-9.223372036854776e+18"))
                // No rows, and rows from beyond the last one on.
                let none = try await martlet.post("/api/v1/models/\(id)/explain", json: #"{"rows": []}"#)
                #expect(try none.json["rows"] == [] && none.json["outputs"]?.elements?.count == 3)
                for offset in ["60", "61", "9223372036854775807"] {
                    let page = try await martlet.request(
                        "GET", "/api/v1/models/\(id)/explanation/rows?offset=\(offset)")
                    #expect(page.status == 200, "\(page.text)")
                    #expect(try page.json["rows"] == [] && page.json["total"] == 60)
                }
            }
            #expect(models["items"]?.elements?.isEmpty == false)
        }
    }

    @Test func cellsNearTheLargestNumberAreProfiled() async throws {
        try await withMartlet { martlet in
            let created = try await martlet.request(
                "POST", "/api/v1/datasets?name=large", body: "a,b\n1e155,1.7e308\n-1e155,-1.7e308\n")
            #expect(created.status == 201, "\(created.text)")
            let id = try #require(try created.json["id"]?.text)
            let profile = try await martlet.request("GET", "/api/v1/datasets/\(id)/profile")
            let columns = try #require(try profile.json["columns"]?.elements)
            #expect(columns[0]["standard_deviation"] == .number(1.414213562373095e155))
            #expect(columns[1]["standard_deviation"] == nil && columns[1]["mean"] == 0)
            for target in ["a", "b"] {
                let refused = try await martlet.post(
                    "/api/v1/experiments/plan",
                    json: #"{"dataset_id": "\#(id)", "target": "\#(target)", "trials": 1, "task": "regression"}"#)
                #expect(try problemFields(refused, status: 422) == ["target"])
            }
        }
    }

    @Test func budgetsThatNoClockHasAreRefused() async throws {
        try await withMartlet { martlet in
            let id = try await martlet.upload(TestService.flowers)
            let budgets = [
                #""time_budget_seconds": 1e300"#, #""time_budget_seconds": -1"#, #""trials": -1"#,
                #""trials": 1, "folds": -9223372036854775808"#, #""trials": 1, "holdout": 1e300"#,
            ]
            for budget in budgets {
                for path in ["experiments", "experiments/plan"] {
                    let refused = try await martlet.post(
                        "/api/v1/\(path)", json: #"{"dataset_id": "\#(id)", "target": "kind", \#(budget)}"#)
                    #expect(try problemFields(refused, status: 422).count == 1, "\(budget)")
                }
            }
        }
    }

    @Test func moreColumnsThanTheLimitAreAProblemThatNamesIt() async throws {
        try await withMartlet {
            $0.columnLimit = 5
        } body: { martlet in
            #expect(try await martlet.upload("a,b,c,d,e\n1,2,3,4,5\n").isEmpty == false)
            let refused = try await martlet.request("POST", "/api/v1/datasets", body: "a,b,c,d,e,f\n1,2,3,4,5,6\n")
            #expect(try problemFields(refused, status: 422) == ["file"])
            #expect(try refused.json["detail"]?.text?.contains("more than 5 columns") == true)
        }
    }
}
