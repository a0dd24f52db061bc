import Foundation
import Testing

/// A data folder that an earlier version wrote and was killed over: one experiment complete, one with 35 of 40 trials.
@Suite struct OldFolderTests {
    @Test func whatIsThereStaysAndWhatWasInterruptedGoesOn() async throws {
        let packed = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("OldFolders/2026-12.db.gz")
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: folder.path("data/martlet.db"), contents: nil))
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", packed.path]
        gzip.standardOutput = FileHandle(forWritingAtPath: folder.path("data/martlet.db"))
        try gzip.run()
        gzip.waitUntilExit()
        try #require(gzip.terminationStatus == 0)

        let server = try Server(dataFolder: folder.path("data"))
        let listed = try await server.json("GET", "/api/v1/experiments")["items"] as? [[String: Any]] ?? []
        try #require(listed.count == 2)
        for record in listed {
            let id = try #require(record["id"] as? String)
            try await server.events(id)
            let ended = try await server.json("GET", "/api/v1/experiments/\(id)")
            #expect(ended["state"] as? String == "completed" && ended["trials_failed"] as? Int == 0)
            #expect(ended["trials_completed"] as? Int == ended["trials"] as? Int)
            let model = try #require(ended["best_model_id"] as? String)
            let row = """
                {"rows": [{"number": 0.5, "whole": 7, "kind": "a", "when": "2024-05-06", "flag": true, "note": "new"}]}
                """
            let answer = try await server.json("POST", "/api/v1/models/\(model)/predict", row)
            #expect((answer["predictions"] as? [Any])?.count == 1, "\(answer)")
        }
        let dataset = try #require(listed.first?["dataset_id"] as? String)
        #expect(try await server.json("GET", "/api/v1/datasets/\(dataset)")["rows"] as? Int == 60)
    }
}
