import Foundation
import HTTPTestClient
import Testing

/// A disk that gets full under a server: a small file system of its own.
private final class SmallDisk {
    let path: String

    /// Nil where this process may not mount one.
    init?(megabytes: Int) throws {
        path = FileManager.default.temporaryDirectory.path + "/martlet-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            rmdir(path)
            return nil
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }

    /// Leaves no room at all, but for what the server keeps back and may just be using.
    func fill() {
        var reserve = stat()
        guard stat(path + "/data/martlet.reserve", &reserve) != 0 || reserve.st_size > 0 else { return }
        let file = open(path + "/filling", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let block = [UInt8](repeating: 1, count: 4096)
        while write(file, block, block.count) > 0 {}
        close(file)
    }

    func makeRoom() { unlink(path + "/filling") }

    static var canMount: Bool { getuid() == 0 && ((try? SmallDisk(megabytes: 1)) ?? nil) != nil }
}

@Suite struct FullDiskTests {
    /// A table of some megabytes.
    private func upload(_ server: Server, rows: Int) async throws -> TestConnection.Response {
        var text = "a,b,y\n"
        var state: UInt32 = 9
        for _ in 0..<rows {
            state = state &* 1_664_525 &+ 1_013_904_223
            text += "\(state),\(state &* 2_654_435_761),\(state % 2)\n"
        }
        let connection = try TestConnection(port: server.port)
        let head = """
            POST /api/v1/datasets?name=t HTTP/1.1\r
            Host: 127.0.0.1:\(server.port)\r
            Content-Type: text/csv\r
            Content-Length: \(text.utf8.count)\r
            \r

            """
        try await connection.send(head + text)
        return try await connection.response()
    }

    private func id(_ response: TestConnection.Response) throws -> String {
        let record = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return try #require(record?["id"] as? String, "\(response.status) \(response.text)")
    }

    private func waiting(_ server: Server) async throws -> Bool {
        let metrics = String(decoding: try await server.call("GET", "/metrics"), as: UTF8.self)
        return metrics.split(separator: "\n").contains {
            $0.hasPrefix("martlet_work_waiting{reason=\"no_space\"}") && !$0.hasSuffix(" 0")
        }
    }

    /// What waits for room goes on when something is deleted, which a full disk does not keep anybody from, and gives what it
    /// would have given.
    @Test(.enabled(if: SmallDisk.canMount, "it needs a file system of its own, which root alone may mount"))
    func aFullDiskPausesAndLosesNothing() async throws {
        // Large enough for all the room that is kept back on any disk.
        let disk = try #require(try SmallDisk(megabytes: 192))
        let folder = try TemporaryFolder()
        let log = folder.path("log")
        #expect(FileManager.default.createFile(atPath: log, contents: nil))
        let server = try Server(
            dataFolder: disk.path + "/data", log: FileHandle(forWritingAtPath: log))
        let useless = try id(try await upload(server, rows: 3_000_000))
        let dataset = try #require(try await server.json("POST", "/api/v1/examples/insurance")["id"] as? String)
        let request =
            "{\"dataset_id\": \"\(dataset)\", \"target\": \"charges\", \"trials\": 9, \"seed\": 5, \"folds\": 3}"
        let experiment = try #require(try await server.json("POST", "/api/v1/experiments", request)["id"] as? String)
        try await server.events(experiment, until: "trial_finished")
        while try await !waiting(server) { disk.fill() }

        // What needs room is refused, and what is there can be read.
        let refused = try await upload(server, rows: 20)
        #expect(refused.status == 507, "\(refused.text)")
        #expect(refused.headers["content-type"] == "application/problem+json")
        #expect(try await server.exchange("GET", "/api/v1/datasets/\(dataset)/rows?limit=5").status == 200)
        #expect(try await server.json("GET", "/api/v1/experiments/\(experiment)")["state"] as? String == "running")

        let deleted = try await server.exchange("DELETE", "/api/v1/datasets/\(useless)")
        try #require(deleted.status == 204, "\(deleted.text)")
        try await server.events(experiment)
        let ended = try await server.json("GET", "/api/v1/experiments/\(experiment)")
        #expect(ended["state"] as? String == "completed" && ended["trials_failed"] as? Int == 0)
        let model = try #require(ended["best_model_id"] as? String)
        let artifact = try await server.call("GET", "/api/v1/models/\(model)/artifact")
        let train = try Martlet.run(
            "train", "example:insurance", "--target", "charges", "--trials", "9", "--seed", "5", "--folds", "3",
            "--output", folder.path("m"))
        #expect(train.status == 0, "\(train.errors)")
        #expect(Data(artifact) == folder.bytes("m"))
        server.process.terminate()
        server.process.waitUntilExit()
        #expect(server.process.terminationStatus == 0)
        let lines = String(decoding: folder.bytes("log"), as: UTF8.self).split(separator: "\n")
        // Once for the room that was made, and once more where a first step of giving it back was not enough.
        let told = ["work waits until a store can go on", "work goes on"].map { text in
            lines.count { $0.contains(text) }
        }
        #expect(told == [1, 1] || told == [2, 2])
        #expect(lines.count < 200)
    }

    /// A server begins on a disk without room, so that something can be deleted.
    @Test(.enabled(if: SmallDisk.canMount, "it needs a file system of its own, which root alone may mount"))
    func aServerBeginsOnAFullDisk() async throws {
        let disk = try #require(try SmallDisk(megabytes: 32))
        var server = try Server(dataFolder: disk.path + "/data")
        let dataset = try id(try await upload(server, rows: 20_000))
        disk.fill()
        server.process.terminate()
        server.process.waitUntilExit()
        disk.fill()
        server = try Server(dataFolder: disk.path + "/data")
        #expect(try await server.exchange("DELETE", "/api/v1/datasets/\(dataset)").status == 204)
        #expect(try await server.exchange("GET", "/api/v1/datasets/\(dataset)").status == 404)
        disk.makeRoom()
        #expect(try await upload(server, rows: 20).status == 201)
    }

    /// What is acknowledged is never written to a file that nobody finds any more.
    @Test func aLostFolderRefusesAndGoesOnWhenItIsBack() async throws {
        let folder = try TemporaryFolder()
        let server = try Server(dataFolder: folder.path("data"))
        let dataset = try #require(try await server.json("POST", "/api/v1/examples/insurance")["id"] as? String)
        let request =
            "{\"dataset_id\": \"\(dataset)\", \"target\": \"charges\", \"trials\": 6, \"seed\": 5, \"folds\": 2}"
        let experiment = try #require(try await server.json("POST", "/api/v1/experiments", request)["id"] as? String)
        #expect(rename(folder.path("data"), folder.path("elsewhere")) == 0)
        for (path, body) in [("/api/v1/examples/titanic", nil), ("/api/v1/experiments", request)] {
            let refused = try await server.exchange("POST", path, body)
            #expect(refused.status == 503 && refused.headers["retry-after"] == "5", "\(refused.text)")
        }
        #expect(try await upload(server, rows: 5).status == 503)
        #expect(rename(folder.path("elsewhere"), folder.path("data")) == 0)
        #expect(try await upload(server, rows: 5).status == 201)
        try await server.events(experiment)
        let ended = try await server.json("GET", "/api/v1/experiments/\(experiment)")
        #expect(ended["state"] as? String == "completed" && ended["trials_failed"] as? Int == 0)
    }

    @Test(
        .enabled(if: SmallDisk.canMount, "it needs a file system of its own, which root alone may mount"),
        arguments: ["--output", "--leaderboard"])
    func trainSaysInOneLineThatItsDiskIsFull(_ option: String) throws {
        let disk = try #require(try SmallDisk(megabytes: 1))
        disk.fill()
        let run = try Martlet.run(
            "train", "example:insurance", "--target", "charges", "--trials", "1", "--folds", "2", option,
            disk.path + "/out")
        #expect(run.status == 1)
        #expect(run.errors.split(separator: "\n").count == 1 && run.errors.contains("space"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: disk.path + "/out"))
    }
}
