import HTTPTestClient
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(5)))
struct ExperimentTests {
    @Test func anExperimentRunsAndTellsWhatHappens() async throws {
        try await withMartlet { martlet in
            let dataset = try await martlet.upload(TestService.flowers)
            let id = try await martlet.experiment(on: dataset, target: "kind")
            let events = try await martlet.events(of: id)
            #expect(events.map(\.id) == Array(1...events.count))
            let last = try #require(events.last)
            #expect(last.kind == "state" && last.data["state"] == "completed" && last.data["progress"] == 1)
            #expect(events.count { $0.kind == "trial_finished" } == 2)

            let record = try await martlet.request("GET", "/api/v1/experiments/\(id)").json
            #expect(record["state"] == "completed" && record["dataset_id"]?.text == dataset)
            #expect(record["target"] == "kind" && record["trials"] == 2 && record["seed"] == 3)
            let best = try #require(record["best_model_id"]?.text)

            let leaderboard = try await martlet.request("GET", "/api/v1/experiments/\(id)/leaderboard").json
            let entries = try #require(leaderboard["entries"]?.elements)
            #expect(leaderboard["task"] == "binary" && leaderboard["metric"] == "roc_auc")
            #expect(entries.first?["model_id"]?.text == best && entries.first?["rank"] == 1)
            let models = try await martlet.request("GET", "/api/v1/experiments/\(id)/models?limit=1").json
            #expect(models["items"]?.elements?.count == 1 && models["next_cursor"]?.text != nil)
            let list = try await martlet.request("GET", "/api/v1/experiments").json
            #expect(list["items"]?.elements?.map { $0["id"]?.text } == [id])

            // A client that comes back gets what it has missed, and no stream when there is nothing to come.
            let later = try await martlet.events(of: id, headers: ["Last-Event-ID": "2"])
            #expect(later.map(\.id) == Array(events.map(\.id).dropFirst(2)))
            let over = try await martlet.request(
                "GET", "/api/v1/experiments/\(id)/events", headers: ["Last-Event-ID": "\(events.count)"])
            #expect(over.status == 204)
            let after = try await martlet.request("GET", "/api/v1/experiments/\(id)/events?after=\(events.count)")
            #expect(after.status == 204)
            for wrong in ["x", "-1"] {
                let refused = try await martlet.request(
                    "GET", "/api/v1/experiments/\(id)/events", headers: ["Last-Event-ID": wrong])
                #expect(try problemFields(refused, status: 400) == ["Last-Event-ID"])
            }
        }
    }

    @Test func anExperimentCanBeCancelled() async throws {
        try await withMartlet {
            $0.heartbeat = .milliseconds(5)
        } body: { martlet in
            let dataset = try await martlet.upload(TestService.flowers)
            let created = try await martlet.post(
                "/api/v1/experiments",
                json: #"{"dataset_id": "\#(dataset)", "target": "kind", "time_budget_seconds": 600}"#)
            let id = try #require(try created.json["id"]?.text)
            let client = try TestConnection(port: martlet.port)
            try await client.send("GET /api/v1/experiments/\(id)/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await client.responseHeader().status == 200)
            // The stream is there and alive before anything has ended.
            var text = ""
            while !text.contains(": alive\n\n"), let chunk = try await client.chunk(), !chunk.isEmpty {
                text += String(decoding: chunk, as: UTF8.self)
            }
            #expect(text.contains(": alive\n\n"))
            #expect(try await martlet.request("DELETE", "/api/v1/datasets/\(dataset)").status == 409)
            #expect(try await martlet.request("DELETE", "/api/v1/experiments/\(id)").status == 409)
            #expect(try await martlet.request("POST", "/api/v1/experiments/\(id)/cancel").status == 200)
            while let chunk = try await client.chunk(), !chunk.isEmpty {
                text += String(decoding: chunk, as: UTF8.self)
            }
            #expect(try Event.all(in: text).last?.data["state"] == "cancelled")
            #expect(try await martlet.request("GET", "/api/v1/experiments/\(id)").json["state"] == "cancelled")
        }
    }

    @Test func badRequestsNameTheField() async throws {
        try await withMartlet { martlet in
            let dataset = try await martlet.upload(TestService.flowers)
            let start = #"{"dataset_id": "\#(dataset)", "target": "kind""#
            for (json, field, status) in [
                (start + #", "colour": 1}"#, "colour", 422), (start + #", "trials": 0}"#, "trials", 422),
                (start + #", "trials": "two"}"#, "trials", 422), (start + #", "trials": 1.5}"#, "trials", 422),
                (start + #", "task": "ranking"}"#, "task", 422), (start + #", "metric": "rmse"}"#, "metric", 422),
                (start + #", "task": "regression"}"#, "task", 422), (start + #", "folds": 1}"#, "folds", 422),
                (start + #", "time_budget_seconds": -1}"#, "time_budget_seconds", 422),
                (start + #", "trials": 2, "time_budget_seconds": 2}"#, "trials", 422),
                (start + #", "learners": ["magic"]}"#, "learners", 422),
                (start + #", "exclude": ["nothing"]}"#, "exclude", 422),
                (#"{"dataset_id": "\#(dataset)", "target": "nothing"}"#, "target", 422),
                (#"{"dataset_id": "\#(dataset)"}"#, "target", 422), (#"{"target": "kind"}"#, "dataset_id", 422),
                (#"{"dataset_id": 7, "target": "kind"}"#, "dataset_id", 422),
                (#"{"dataset_id": "nothing", "target": "kind"}"#, "dataset_id", 422), ("[]", "body", 422),
            ] {
                let refused = try await martlet.post("/api/v1/experiments", json: json)
                #expect(try problemFields(refused, status: status) == [field], "\(json)")
            }
            let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
            for json in ["", "{", start + "}}", "{\"a\":1,\"a\":2}", "nonsense", deep] {
                #expect(try problemFields(await martlet.post("/api/v1/experiments", json: json), status: 400) == [])
            }
            let bytes = try await martlet.request(
                "POST", "/api/v1/experiments", headers: ["Content-Type": "application/json"],
                body: [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D])
            #expect(try problemFields(bytes, status: 400) == [])
            for type in ["text/plain", "application/x-www-form-urlencoded", ""] {
                let refused = try await martlet.request(
                    "POST", "/api/v1/experiments", headers: type.isEmpty ? [:] : ["Content-Type": type],
                    body: start + "}")
                #expect(try problemFields(refused, status: 415) == ["Content-Type"])
            }
        }
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        try await withMartlet { martlet in
            for (method, target) in [
                ("GET", "/api/v1/experiments/nothing"), ("POST", "/api/v1/experiments/nothing/cancel"),
                ("GET", "/api/v1/experiments/nothing/leaderboard"), ("GET", "/api/v1/experiments/nothing/events"),
                ("GET", "/api/v1/experiments/nothing/models"), ("GET", "/api/v1/models/nothing"),
                ("GET", "/api/v1/models/nothing/artifact"), ("GET", "/api/v1/experiments/%00"), ("GET", "/api/v2"),
                ("GET", "/api/v1/experiments/..%2F..%2Fetc"),
            ] {
                let missing = try await martlet.request(method, target)
                #expect(missing.status == (target.contains("%00") ? 400 : 404), "\(target)")
                #expect(missing.headers["content-type"] == "application/problem+json")
            }
            let wrong = try await martlet.request("PUT", "/api/v1/experiments")
            #expect(try problemFields(wrong, status: 405) == [])
            #expect(wrong.headers["allow"] == "GET, HEAD, POST")
        }
    }
}
