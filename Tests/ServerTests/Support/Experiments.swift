import HTTPTestClient
import Testing

@testable import Server

extension TestService {
    /// A small table with a number, a category, a missing value and two classes.
    static let flowers: String = {
        var csv = "length,colour,kind\n"
        for row in 0..<120 {
            let length = row % 7 == 0 ? "" : "\(row % 2 == 0 ? 1 : 4).\(row % 9)"
            csv += "\(length),\(["red", "blue", "white"][row % 3]),\(row % 2 == 0 ? "tall" : "short")\n"
        }
        return csv
    }()

    /// Starts an experiment of a few trials and returns its id.
    func experiment(on dataset: String, target: String, trials: Int = 2) async throws -> String {
        let created = try await post(
            "/api/v1/experiments",
            json: """
                {"dataset_id": "\(dataset)", "target": "\(target)", "trials": \(trials), "seed": 3, "folds": 2,
                 "learners": ["decision_tree", "gaussian_naive_bayes"]}
                """)
        try #require(created.status == 201, "\(created.text)")
        return try #require(try created.json["id"]?.text)
    }

    /// Follows an experiment's events to their end and returns them.
    func events(of experiment: String, headers: [String: String] = [:]) async throws -> [Event] {
        let response = try await request("GET", "/api/v1/experiments/\(experiment)/events", headers: headers)
        try #require(response.status == 200 && response.isComplete)
        #expect(response.headers["content-type"] == "text/event-stream")
        return try Event.all(in: response.text)
    }

    /// Trains on the small table and returns the ids of the experiment and of its best model.
    func trained() async throws -> (experiment: String, model: String) {
        let id = try await experiment(on: try await upload(TestService.flowers), target: "kind")
        let last = try #require(try await events(of: id).last)
        try #require(last.data["state"] == "completed")
        let record = try await request("GET", "/api/v1/experiments/\(id)").json
        return (id, try #require(record["best_model_id"]?.text))
    }
}

/// A server-sent event as a client reads it.
struct Event {
    let id: Int
    let kind: String
    let data: JSONValue

    /// The events in a stream's text; comments are passed over.
    static func all(in text: String) throws -> [Event] {
        try text.split(separator: "\n\n").compactMap { block in
            var fields: [Substring: String] = [:]
            for line in block.split(separator: "\n") where !line.hasPrefix(":") {
                guard let colon = line.firstIndex(of: ":") else { continue }
                fields[line[..<colon]] = String(line[line.index(colon, offsetBy: 2)...])
            }
            guard let id = fields["id"].flatMap({ Int($0) }), let data = fields["data"] else { return nil }
            return Event(id: id, kind: fields["event"] ?? "", data: try JSONParser.parse(Array(data.utf8)))
        }
    }
}
