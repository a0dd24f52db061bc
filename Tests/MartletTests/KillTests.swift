import Foundation
import Testing

/// Kills from outside.
@Suite struct KillTests {
    private static let trials = 36
    private static let kills = 20

    private func begin(_ server: Server) async throws -> String {
        let dataset = try #require(try await server.json("POST", "/api/v1/examples/insurance")["id"] as? String)
        let request = """
            {"dataset_id": "\(dataset)", "target": "charges", "trials": \(KillTests.trials), "seed": 3, "folds": 2,
             "learners": ["linear", "decision_tree", "extra_trees", "k_nearest_neighbors"]}
            """
        return try #require(try await server.json("POST", "/api/v1/experiments", request)["id"] as? String)
    }

    private func finished(_ experiment: String, _ server: Server) async throws -> Int {
        let trials = try await server.json("GET", "/api/v1/experiments/\(experiment)/trials?limit=1000")["items"]
        return (trials as? [[String: Any]] ?? []).count { $0["state"] as? String != "proposed" }
    }

    /// The leaderboard without what was measured and without ids, and the best model's bytes.
    private func outcome(_ experiment: String, _ server: Server) async throws -> (board: String, artifact: [UInt8]) {
        try await server.events(experiment)
        let record = try await server.json("GET", "/api/v1/experiments/\(experiment)")
        #expect(record["state"] as? String == "completed")
        #expect(record["trials_failed"] as? Int == 0)
        let model = try #require(record["best_model_id"] as? String)
        let artifact = try await server.call("GET", "/api/v1/models/\(model)/artifact")
        let text = String(
            decoding: try await server.call("GET", "/api/v1/experiments/\(experiment)/leaderboard"), as: UTF8.self)
        let board = text.replacing(experiment, with: "").replacing(/"(fit|predict)_seconds":[^,}]*/, with: "")
        return (board, artifact)
    }

    /// Each as soon as another trial has ended, so that the next one is under way.
    @Test func twentyKillsLoseNothingAndChangeNothing() async throws {
        let folder = try TemporaryFolder()
        let undisturbed = try Server(dataFolder: folder.path("undisturbed"))
        let expected = try await outcome(try await begin(undisturbed), undisturbed)
        undisturbed.kill()

        let data = folder.path("data")
        var server = try Server(dataFolder: data)
        let experiment = try await begin(server)
        var kills = 0
        var done = 0
        while kills < KillTests.kills {
            let now = try await finished(experiment, server)
            guard now > done else { continue }
            try #require(now < KillTests.trials, "the trials are over before the kills are")
            done = now
            kills += 1
            server.kill()
            server = try Server(dataFolder: data)
        }
        let found = try await outcome(experiment, server)
        #expect(found.board == expected.board)
        #expect(found.artifact == expected.artifact)
        let letters = try await server.json("GET", "/api/v1/cluster/dead-letters")
        #expect((letters["items"] as? [Any])?.isEmpty == true)
    }
}
