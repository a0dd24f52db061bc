import Drivers
import Foundation
import HTTP
import Platform
import Server

/// A server in this process, on a free port of the loopback interface and storage of its own.
final class RunningServer: Sendable {
    let client: Client
    private let server: MartletServer
    private let folder: String

    /// - Parameter isStored: whether it keeps its data in SQLite, as `martlet serve` does, or in memory.
    init(isStored: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/martlet-fuzz-\(UUID().uuidString)"
        self.folder = folder
        (server, client) = try RunningServer.wait {
            var options = MartletService.Options()
            options.threads = 1
            options.spoolFolder = folder + "/spool"
            let stores = isStored ? try await DataDirectory(path: folder).stores() : Stores.inMemory()
            var configuration = ServerConfiguration()
            configuration.port = 0
            configuration.grace = .zero
            let server = try MartletServer(configuration, service: MartletService(stores: stores, options: options))
            return (server, Client(port: try await server.start()))
        }
    }

    /// Stops it and removes its data.
    func stop() throws {
        try RunningServer.wait { [server] in await server.shutdown() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Trains on a small table and returns the ids.
    func train() throws -> (dataset: String, experiment: String, model: String) {
        var csv = "length,colour,when,note,kind\n"
        for row in 0..<60 {
            csv +=
                "\(row % 7 == 0 ? "" : "\(row % 5).\(row % 9)"),\(["red", "blue", "white"][row % 3]),2024-03-\(10 + row % 20),"
            csv += "word \(row) and \(row % 11),\(["tall", "short", "flat"][row / 2 % 3])\n"
        }
        let created = try client.call("POST", "/api/v1/datasets?name=table", Array(csv.utf8))
        guard let dataset = created.json?["id"] as? String else { throw Finding("the table is refused") }
        guard let (experiment, model) = try train(dataset, target: "kind", learner: "gradient_boosting"), let model
        else {
            throw Finding("the first experiment has no model")
        }
        return (dataset, experiment, model)
    }

    /// Runs an experiment of one trial; nil where it is refused, without a model where it failed.
    func train(_ dataset: String, target: String, learner: String) throws -> (experiment: String, model: String?)? {
        let body: [String: Any] = [
            "dataset_id": dataset, "target": target, "trials": 1, "folds": 2, "seed": 1, "learners": [learner],
        ]
        let created = try client.call(
            "POST", "/api/v1/experiments", type: "application/json",
            [UInt8](JSONSerialization.data(withJSONObject: body)))
        guard created.status == 201, let id = created.json?["id"] as? String else { return nil }
        // The stream ends with the experiment.
        try client.call("GET", "/api/v1/experiments/\(id)/events")
        return (id, try client.call("GET", "/api/v1/experiments/\(id)").json?["best_model_id"] as? String)
    }

    private static func wait<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var result: Result<Value, any Error>?
        _Concurrency.Task.detached {
            do { result = .success(try await work()) } catch { result = .failure(error) }
            done.signal()
        }
        done.wait()
        guard let result else { throw Finding("no result") }
        return try result.get()
    }
}
