import Foundation
import HTTPTestClient
import Testing

@Suite struct ServeTests {
    /// A `martlet serve` that is ready; it is killed with the object at the latest.
    private final class Server {
        let process: Process
        let port: Int

        init(dataFolder: String, environment: [String: String] = [:]) throws {
            let (process, output, _) = Martlet.process(
                ["serve", "--port", "0", "--data-dir", dataFolder], environment: environment)
            try process.run()
            var text = ""
            while !text.contains("\n") {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { break }
                text += String(decoding: more, as: UTF8.self)
            }
            self.process = process
            port =
                text.split(whereSeparator: { $0 == "\n" || $0 == " " }).compactMap { word in
                    word.hasPrefix("http://") ? word.split(separator: ":").last.flatMap { Int($0) } : nil
                }.first ?? 0
        }

        deinit { kill() }

        /// As a crash would end it.
        func kill() {
            guard process.isRunning else { return }
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        func call(_ method: String, _ path: String, _ body: String? = nil, token: String? = nil) async throws -> [UInt8]
        {
            try await exchange(method, path, body, token: token).body
        }

        func exchange(
            _ method: String, _ path: String, _ body: String? = nil, token: String? = nil
        ) async throws -> TestConnection.Response {
            let connection = try TestConnection(port: port)
            var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
            if let token { head += "Authorization: Bearer \(token)\r\n" }
            if let body {
                head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            } else if method == "POST" {
                head += "Content-Length: 0\r\n"
            }
            try await connection.send(head + "\r\n" + (body ?? ""))
            return try await connection.response()
        }

        func json(_ method: String, _ path: String, _ body: String? = nil) async throws -> [String: Any] {
            let data = Data(try await call(method, path, body))
            return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        }

        /// Reads the experiment's events to the end of the stream, or until one of this kind has come.
        func events(_ experiment: String, until kind: String? = nil) async throws {
            let connection = try TestConnection(port: port)
            try await connection.send(
                "GET /api/v1/experiments/\(experiment)/events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
            _ = try await connection.responseHeader()
            var text = ""
            while let chunk = try await connection.chunk() {
                text += String(decoding: chunk, as: UTF8.self)
                if let kind, text.contains("event: \(kind)") { return }
            }
        }
    }

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
