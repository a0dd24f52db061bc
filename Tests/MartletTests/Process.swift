import Foundation
import Testing

/// Runs the built `martlet` binary, as a user would.
struct Martlet {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The binary lies beside the tests that SwiftPM built.
    static var binary: URL {
        var folder = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appendingPathComponent("martlet")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        return URL(fileURLWithPath: "/nonexistent")
    }

    /// A process of the binary that is not started yet, with pipes for what it prints.
    static func process(_ arguments: [String], environment: [String: String] = [:]) -> (Process, Pipe, Pipe) {
        let process = Process()
        process.executableURL = binary
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        return (process, output, errors)
    }

    /// Runs to the end; errors go to a file, so that neither pipe can fill up unread.
    static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try run(all: arguments, environment: environment)
    }

    /// The same with a list.
    static func run(all arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        let (process, output, _) = process(arguments, environment: environment)
        let folder = try TemporaryFolder()
        process.standardError = FileHandle(forWritingAtPath: try folder.file("errors", ""))
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: folder.bytes("errors"), as: UTF8.self))
    }
}

/// A folder that is there for one test.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a file in it.
    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a file and gives its path.
    func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }

    /// The bytes of a file; empty where there is none.
    func bytes(_ name: String) -> Data { FileManager.default.contents(atPath: path(name)) ?? Data() }
}
