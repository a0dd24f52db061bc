import Foundation
import HTTPTestClient
import Testing

@Suite struct MonitoringTests {
    private static var page: String? {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return try? String(contentsOf: folder.appendingPathComponent("docs/metrics.md"), encoding: .utf8)
    }

    @Test func theDocumentIsMadeFromTheCode() throws {
        let run = try Martlet.run("reference", "metrics")
        #expect(run.status == 0)
        #expect(Self.page == run.output, "write it anew: martlet reference metrics >docs/metrics.md")
        #expect(try Martlet.run("reference", "nothing").status == 2)
    }

    @Test func aServerTellsWhatTheDocumentNames() async throws {
        let folder = try TemporaryFolder()
        let server = try Server(dataFolder: folder.path("data"))
        let text = String(decoding: try await server.call("GET", "/metrics"), as: UTF8.self)
        let names = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.compactMap {
            $0.split(separator: " ").dropFirst(2).first
        }
        #expect(names.count > 25)
        let page = try #require(Self.page)
        for name in names { #expect(page.contains("| `\(name)` |"), "\(name) is not in docs/metrics.md") }
        #expect(text.contains("martlet_build_info{version=\"0.1.0\",role=\"serve\"} 1\n"))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool"), "promtool is not installed"))
    func promtoolAgrees() async throws {
        let folder = try TemporaryFolder()
        let server = try Server(dataFolder: folder.path("data"))
        _ = try await server.call("POST", "/api/v1/examples/iris")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/promtool")
        process.arguments = ["check", "metrics"]
        let file = try folder.file("metrics", String(decoding: try await server.call("GET", "/metrics"), as: UTF8.self))
        process.standardInput = FileHandle(forReadingAtPath: file)
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && answer.isEmpty, "\(answer)")
    }

    @Test(.timeLimit(.minutes(2))) func theLogSaysWhatHappensAndItsLevelCanBeChanged() async throws {
        let folder = try TemporaryFolder()
        let log = Pipe()
        let server = try Server(
            dataFolder: folder.path("data"), arguments: ["--log-format", "json"], log: log.fileHandleForWriting)
        var text = ""
        // Reads until there is a line with all of these words, and gives it.
        func line(_ words: String...) -> String? {
            while true {
                if let line = text.split(separator: "\n").first(where: { line in words.allSatisfy { line.contains($0) }
                }) {
                    return String(line)
                }
                let more = log.fileHandleForReading.availableData
                if more.isEmpty { return nil }
                text += String(decoding: more, as: UTF8.self)
            }
        }
        _ = try await server.call("GET", "/api/v1/datasets")
        #expect(kill(server.process.processIdentifier, SIGUSR1) == 0)
        #expect(line("level was changed", "\"new_level\":\"debug\"") != nil)
        _ = try await server.call("GET", "/api/v1/examples?note=private")
        let found = try #require(line("\"request\"", "/api/v1/examples"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(found.utf8)) as? [String: Any])
        #expect(object["level"] as? String == "debug" && object["status"] as? Int == 400)
        #expect((object["request_id"] as? String)?.count == 16)
        kill(server.process.processIdentifier, SIGUSR2)
        #expect(line("level was changed", "\"new_level\":\"info\"") != nil)
        #expect(!text.contains("private") && !text.contains("/api/v1/datasets"))
    }
}
