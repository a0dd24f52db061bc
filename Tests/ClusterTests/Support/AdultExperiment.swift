import Foundation
import HTTPTestClient
import Testing

/// The experiment that the tests run: 40 trials on `adult`, with the answer that one process gives.
enum AdultExperiment {
    static let trials = 40
    static let learners = ["gradient_boosting", "linear", "gaussian_naive_bayes", "decision_tree"]

    private static var file: String { (Requirements.data ?? "") + "/adult.csv.gz" }

    /// The leaderboard of `martlet train`, without times; made once.
    static let expected = Task { () -> [String] in
        let folder = try TemporaryFolder()
        let run = try Node.run([
            "train", file, "--target", "class", "--trials", "\(trials)", "--seed", "7", "--folds", "2", "--learners",
            learners.joined(separator: ","), "--output", folder.path("model"), "--leaderboard", folder.path("board"),
        ])
        guard run.status == 0 else { throw Failure("train: \(run.errors)") }
        let board = try JSONSerialization.jsonObject(with: folder.bytes("board")) as? [String: Any] ?? [:]
        return try timeless(board)
    }

    /// Uploads the table.
    static func upload(to api: API) async throws -> String {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let response = try await api.call("POST", "/api/v1/datasets?name=adult", bytes, type: "application/gzip")
        let object = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard let id = object?["id"] as? String else { throw Failure("upload: \(response.text)") }
        return id
    }

    /// Submits the experiment.
    static func submit(_ dataset: String, to api: API) async throws -> String {
        let experiment = try await api.json(
            "POST", "/api/v1/experiments",
            [
                "dataset_id": dataset, "target": "class", "trials": trials, "seed": 7, "folds": 2, "learners": learners,
            ])
        return experiment["id"] as? String ?? ""
    }

    /// The leaderboard that the API gives, without times.
    static func board(of experiment: String, _ api: API) async throws -> [String] {
        try timeless(try await api.json("GET", "/api/v1/experiments/\(experiment)/leaderboard"))
    }

    /// What has to be the same bit for bit, an entry a line.
    private static func timeless(_ board: [String: Any]) throws -> [String] {
        guard let entries = board["entries"] as? [[String: Any]] else { throw Failure("no entries in \(board)") }
        return try entries.map { entry in
            let kept = entry.filter {
                ["rank", "model", "learner", "score", "score_interval", "hyperparameters"].contains($0.key)
            }
            let data = try JSONSerialization.data(withJSONObject: kept, options: [.sortedKeys])
            return String(decoding: data, as: UTF8.self)
        }
    }
}

extension Cluster {
    /// Runs the experiment on a dataset, with what is done to the cluster meanwhile, and checks that nothing is lost: every
    /// trial ends once, and the leaderboard is the one of a single process.
    func runAdult(
        on dataset: String, _ actions: [(trials: Int, run: () throws -> Void)] = [],
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let experiment = try await AdultExperiment.submit(dataset, to: api)
        let (record, ended) = try await follow(experiment, actions)
        #expect(record["state"] as? String == "completed", sourceLocation: location)
        #expect(ended.sorted() == Array(0..<AdultExperiment.trials), sourceLocation: location)
        let board = try await AdultExperiment.board(of: experiment, api)
        let expected = try await AdultExperiment.expected.value
        #expect(board == expected, sourceLocation: location)
    }
}

/// A generator of the same numbers on every run (Steele, Lea, Flood 2014: SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
