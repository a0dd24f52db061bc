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
}
