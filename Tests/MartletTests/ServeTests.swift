import Foundation
import HTTPTestClient
import Testing

@Suite struct ServeTests {
    @Test func aKilledServerGoesOnAndGivesTheModelThatTrainGives() async throws {
        let folder = try TemporaryFolder()
        let first = try Server(dataFolder: folder.path("data"))
        let dataset = try await first.json("POST", "/api/v1/examples/insurance")
        let id = try #require(dataset["id"] as? String)
        let request = "{\"dataset_id\": \"\(id)\", \"target\": \"charges\", \"trials\": 9, \"seed\": 5, \"folds\": 3}"
        let experiment = try #require(try await first.json("POST", "/api/v1/experiments", request)["id"] as? String)
        try await first.events(experiment, until: "trial_finished")
        first.kill()

        let second = try Server(dataFolder: folder.path("data"))
        try await second.events(experiment)
        let ended = try await second.json("GET", "/api/v1/experiments/\(experiment)")
        #expect(ended["state"] as? String == "completed")
        let model = try #require(ended["best_model_id"] as? String)
        let artifact = try await second.call("GET", "/api/v1/models/\(model)/artifact")

        let train = try Martlet.run(
            "train", "example:insurance", "--target", "charges", "--trials", "9", "--seed", "5", "--folds", "3",
            "--output", folder.path("m"))
        #expect(train.status == 0, "\(train.errors)")
        #expect(Data(artifact) == folder.bytes("m"))
    }

    @Test func sigtermEndsItInOrder() async throws {
        let folder = try TemporaryFolder()
        let server = try Server(dataFolder: folder.path("data"))
        #expect(try await server.exchange("GET", "/healthz").status == 200)
        server.process.terminate()
        server.process.waitUntilExit()
        #expect(server.process.terminationReason == .exit && server.process.terminationStatus == 0)
    }

    @Test func aTokenIsAskedFor() async throws {
        let folder = try TemporaryFolder()
        let server = try Server(dataFolder: folder.path("data"), environment: ["MARTLET_API_TOKEN": "secret"])
        #expect(try await server.exchange("GET", "/readyz").status == 200)
        #expect(try await server.exchange("GET", "/api/v1/datasets").status == 401)
        #expect(try await server.exchange("GET", "/api/v1/datasets", token: "wrong").status == 401)
        #expect(try await server.exchange("GET", "/api/v1/datasets", token: "secret").status == 200)
    }

    @Test func itDoesNotListenBeyondTheMachineWithoutAToken() throws {
        let folder = try TemporaryFolder()
        let run = try Martlet.run("serve", "--host", "0.0.0.0", "--port", "0", "--data-dir", folder.path("data"))
        #expect(run.status == 2 && run.errors.contains("MARTLET_API_TOKEN"))
    }

    @Test func aDataFolderHasOneOwner() throws {
        let folder = try TemporaryFolder()
        let server = try Server(dataFolder: folder.path("data"))
        let second = try Martlet.run("serve", "--port", "0", "--data-dir", folder.path("data"))
        #expect(second.status == 1 && second.errors.contains("data"))
        server.kill()
    }
}
