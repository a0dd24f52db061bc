import HTTPTestClient
import Testing

@testable import Server

/// What the pages of the web UI ask for.
@Suite(.timeLimit(.minutes(5)))
struct PageTests {
    /// A number that names rows, one that tells the target, one that is the target again, and a group.
    private static let table: String = {
        var csv = "row_id,useful,leak,house,when,zip,kind\n"
        for row in 0..<160 {
            let isTall = (row * 7919) % 160 % 2 == 0
            csv += "\(row + 1000),\((isTall ? 3 : 0) + row % 5),\(isTall ? 17 : 4),h\(row / 4),"
            csv += "2024-\(row / 28 + 1 < 10 ? "0" : "")\(row / 28 + 1)-\(row % 28 + 1 < 10 ? "0" : "")\(row % 28 + 1),"
            csv += "\(row % 6 + 100),\(isTall ? "tall" : "short")\n"
        }
        return csv
    }()

    private func plan(
        _ martlet: TestService, _ dataset: String, _ more: String = ""
    ) async throws -> TestConnection.Response {
        try await martlet.post(
            "/api/v1/experiments/plan", json: #"{"dataset_id": "\#(dataset)", "target": "kind"\#(more)}"#)
    }

    @Test func aProfileSuggestsATargetAndOtherTypes() async throws {
        try await withMartlet { martlet in
            let dataset = try await martlet.upload(PageTests.table)
            let profile = try await martlet.request("GET", "/api/v1/datasets/\(dataset)/profile").json
            #expect(profile["suggested_target"] == "kind")
            func column(_ name: String) -> JSONValue? {
                profile["columns"]?.elements?.first { $0["name"]?.text == name }
            }
            #expect(column("zip")?["castable"] == ["integer", "float", "categorical", "text"])
            #expect(column("kind")?["target_task"] == "binary" && column("zip")?["target_task"] == "multiclass")
            #expect(column("row_id")?["target_task"] == .null && column("when")?["target_task"] == .null)
        }
    }

    @Test func aPlanSaysWhatWouldHappen() async throws {
        try await withMartlet { martlet in
            let dataset = try await martlet.upload(PageTests.table)
            let plan = try await plan(martlet, dataset, #", "exclude": ["house"], "trials": 7"#).json
            #expect(plan["task"] == "binary" && plan["task_reason"]?.text?.isEmpty == false)
            #expect(plan["metric"] == "roc_auc" && plan["metrics"]?.elements?.first?["name"] == "roc_auc")
            #expect(plan["rows"] == 160 && plan["class_count"] == 2)
            #expect(plan["classes"]?.elements?.first == ["count": 80, "value": "short"])
            func column(_ name: String) -> JSONValue? { plan["columns"]?.elements?.first { $0["name"]?.text == name } }
            #expect(column("leak")?["is_leaking"] == true && column("useful")?["is_leaking"] == false)
            #expect(column("row_id")?["is_used"] == false && column("house")?["is_used"] == false)
            #expect(column("house")?["reason"]?.text?.isEmpty == false && column("kind") == nil)
            #expect(plan["estimate"]?["trials"] == 7)
            #expect(plan["learners"]?.elements?.isEmpty == false)
            // Nothing was started.
            #expect(try await martlet.request("GET", "/api/v1/experiments").json["items"] == [])
        }
    }

    @Test func theRowsThatAreScoredCanBeChosen() async throws {
        try await withMartlet { martlet in
            let dataset = try await martlet.upload(PageTests.table)
            for (more, validation) in [
                (#", "holdout": 0.25"#, "hold-out of 40 rows"), (#", "folds": 4"#, "4-fold cross-validation"),
                (#", "time": "when""#, "hold-out of 32 rows, the latest by \"when\""),
                (#", "group": "house", "folds": 4"#, "rows of one \"house\" kept together"),
            ] {
                let text = try await plan(martlet, dataset, more).json["validation"]?.text
                #expect(text?.contains(validation) == true, "\(more): \(text ?? "")")
            }
            let grouped = try await plan(martlet, dataset, #", "group": "house""#).json
            let house = grouped["columns"]?.elements?.first { $0["name"] == "house" }
            #expect(house?["is_used"] == false)
        }
    }

    @Test func typesCanBeChosenAndTravelWithTheModel() async throws {
        try await withMartlet { martlet in
            let dataset = try await martlet.upload(PageTests.table)
            let plan = try await plan(martlet, dataset, #", "types": {"zip": "categorical"}"#).json
            let zip = plan["columns"]?.elements?.first { $0["name"] == "zip" }
            #expect(zip?["type"] == "categorical" && zip?["is_used"] == true)
            let created = try await martlet.post(
                "/api/v1/experiments",
                json: """
                    {"dataset_id": "\(dataset)", "target": "kind", "trials": 1, "folds": 2, "exclude": ["leak", "when"],
                     "types": {"zip": "categorical"}, "learners": ["decision_tree"]}
                    """
            ).json
            let id = try #require(created["id"]?.text)
            #expect(created["types"] == ["zip": "categorical"])
            _ = try await martlet.events(of: id)
            let best = try #require(
                try await martlet.request("GET", "/api/v1/experiments/\(id)").json["best_model_id"]?.text)
            let schema = try await martlet.request("GET", "/api/v1/models/\(best)/schema").json
            let taken = schema["columns"]?.elements?.first { $0["name"] == "zip" }
            #expect(taken?["type"] == "categorical" && taken?["levels"]?.elements?.count == 6)
            // The number that the file holds is still what one may send.
            let predicted = try await martlet.request(
                "POST", "/api/v1/models/\(best)/predict", headers: ["Content-Type": "text/csv"],
                body: "zip,useful,house\n101,2,h1\n")
            #expect(predicted.status == 200, "\(predicted.text)")
        }
    }

    @Test(arguments: [
        (#", "types": {"zip": "date"}"#, "types.zip"), (#", "types": {"zip": "colour"}"#, "types.zip"),
        (#", "types": {"none": "text"}"#, "types.none"), (#", "types": 3"#, "types"),
        (#", "types": {"house": "float"}"#, "types.house"), (#", "holdout": 0.9"#, "holdout"),
        (#", "holdout": 0.2, "folds": 3"#, "holdout"), (#", "group": "none""#, "group"),
        (#", "group": "kind""#, "group"), (#", "time": "house""#, "time"), (#", "time": "when", "folds": 3"#, "folds"),
        (#", "time": "when", "group": "house""#, "group"), (#", "colour": 1"#, "colour"),
        (#", "exclude": ["none"]"#, "exclude"), (#", "positive": "none""#, "positive"),
        (#", "threshold": "often""#, "threshold"), (#", "threshold": 2"#, "threshold"),
        (#", "threshold": {"none": 2}"#, "threshold"),
    ])
    func whatCannotBeIsNamed(_ more: String, _ field: String) async throws {
        try await withMartlet { martlet in
            let dataset = try await martlet.upload(PageTests.table)
            #expect(try problemFields(try await plan(martlet, dataset, more), status: 422) == [field])
        }
    }

    @Test func aModelsPageHasWhatItNeeds() async throws {
        try await withMartlet { martlet in
            let (experiment, model) = try await martlet.trained()
            let page = try await martlet.request("GET", "/api/v1/models/\(model)/evaluation").json
            #expect(page["card"]?["target"] == "kind" && page["evaluation"]?["metrics"]?.elements?.isEmpty == false)
            let schema = try await martlet.request("GET", "/api/v1/models/\(model)/schema").json
            #expect(schema["columns"]?.elements?.map { $0["name"]?.text } == ["length", "colour"])
            let colour = try #require(schema["columns"]?.elements?[1])
            #expect(Set(colour["levels"]?.elements ?? []) == ["red", "blue", "white"])
            let example = try #require(schema["example"])
            let body = JSONValue.object([.init(name: "rows", value: .array([example]))]).encoded
            let predicted = try await martlet.request(
                "POST", "/api/v1/models/\(model)/predict", headers: ["Content-Type": "application/json"], body: body)
            #expect(predicted.status == 200, "\(predicted.text)")
            let report = try await martlet.request("GET", "/api/v1/models/\(model)/report")
            #expect(report.status == 200 && report.text.hasPrefix("<!doctype html>"))
            #expect(report.headers["content-disposition"]?.hasPrefix("attachment") == true)

            let board = try await martlet.request("GET", "/api/v1/experiments/\(experiment)/leaderboard").json
            for entry in board["entries"]?.elements ?? [] {
                #expect(entry["metrics"]?["roc_auc"] == entry["score"] && entry["metrics"]?["accuracy"] != nil)
            }
            let trials = try await martlet.request("GET", "/api/v1/experiments/\(experiment)/trials?limit=1").json
            #expect(trials["items"]?.elements?.map { $0["index"] } == [0])
            let cursor = try #require(trials["next_cursor"]?.text)
            let rest = try await martlet.request(
                "GET", "/api/v1/experiments/\(experiment)/trials?limit=1&cursor=\(cursor)"
            ).json
            #expect(rest["items"]?.elements?.map { $0["index"] } == [1] && rest["next_cursor"] == .null)
            #expect(rest["items"]?.elements?.first?["worker"] == .null)
        }
    }

    @Test func anEndedExperimentCanBeDeleted() async throws {
        try await withMartlet { martlet in
            let (experiment, model) = try await martlet.trained()
            #expect(try await martlet.request("GET", "/api/v1/models/\(model)").status == 200)
            #expect(try await martlet.request("DELETE", "/api/v1/experiments/\(experiment)").status == 204)
            for path in ["experiments/\(experiment)", "models/\(model)", "models/\(model)/evaluation"] {
                #expect(try await martlet.request("GET", "/api/v1/\(path)").status == 404, "\(path)")
            }
            #expect(try await martlet.request("DELETE", "/api/v1/experiments/\(experiment)").status == 404)
            #expect(try await martlet.request("GET", "/api/v1/experiments").json["items"] == [])
        }
    }

    @Test func theClusterTellsOfItsStoresAndLinks() async throws {
        try await withMartlet {
            $0.links = [.init(title: "Grafana", href: "http://grafana.example")]
        } body: { martlet in
            let cluster = try await martlet.request("GET", "/api/v1/cluster").json
            #expect(cluster["links"] == [["href": "http://grafana.example", "title": "Grafana"]])
            let stores = try #require(cluster["storage"]?.elements)
            #expect(stores.map { $0["name"] } == ["datasets", "experiments", "models", "messages"])
            #expect(stores.allSatisfy { $0["healthy"] == true })
        }
    }
}
