import Foundation

/// A process of the `martlet` binary; it is killed with the object at the latest.
final class Node {
    let process = Process()
    /// What it printed until it was ready.
    private(set) var greeting = ""
    private let folder: TemporaryFolder

    /// The binary under test: an optimised one where the environment names it.
    static var binary: URL {
        if let path = Requirements.environment["MARTLET_TEST_BINARY"] { return URL(fileURLWithPath: path) }
        var folder = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appendingPathComponent("martlet")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        return URL(fileURLWithPath: "/nonexistent")
    }

    /// Starts it and waits until it says that it is ready; throws what it says where it ends before.
    init(_ arguments: [String], _ environment: [String: String]) throws {
        folder = try TemporaryFolder()
        process.executableURL = Node.binary
        process.arguments = arguments
        process.environment = Requirements.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: try folder.file("errors", ""))
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        while !greeting.contains(" is ready") {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty {
                process.waitUntilExit()
                throw Failure("\(arguments.joined(separator: " ")): \(errors)")
            }
            greeting += String(decoding: more, as: UTF8.self)
        }
    }

    deinit { kill() }

    /// A worker's name, from its greeting.
    var name: String? {
        let words = greeting.split(separator: " ")
        return words.firstIndex(of: "worker").flatMap { words.dropFirst($0 + 1).first }.map(String.init)
    }

    /// What it wrote to standard error.
    var errors: String { String(decoding: folder.bytes("errors"), as: UTF8.self) }

    /// As a crash would end it.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// As an orderly shutdown would; returns the exit code.
    func terminate() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The most memory that it has had, in bytes.
    var peakMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1024
    }

    /// Runs the binary to its end.
    static func run(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String, errors: String) {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = binary
        process.arguments = arguments
        process.environment = Requirements.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: try folder.file("errors", ""))
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text, String(decoding: folder.bytes("errors"), as: UTF8.self))
    }
}
