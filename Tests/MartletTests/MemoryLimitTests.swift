import Foundation
import Testing

/// Runs the binary in real control groups of version 1 and under `ulimit -v`: it trains or says why not, and is never killed.
@Suite(.serialized) struct MemoryLimitTests {
    /// What `--leaderboard` says of memory.
    private struct Board: Decodable {
        struct Cut: Decodable {
            let trials: Int
            let needed_bytes: Int
            let limit_bytes: Int
        }
        let memory_cut: Cut?
    }

    /// A folder with larger tables; nil where there is none.
    private static var tables: String? { ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] }

    @Test func aLimitThatIsEnoughGivesTheSameModel() throws {
        guard let group = MemoryGroup(bytes: 300 << 20) else { return MemoryGroup.sayThatItIsSkipped() }
        let folder = try TemporaryFolder()
        let arguments = ["example:insurance", "--target", "charges", "--trials", "9", "--folds", "3"]
        let free = try Martlet.run(["train"] + arguments + ["--output", folder.path("free")])
        #expect(free.status == 0, "\(free.errors)")
        let tight = try group.run(["train"] + arguments + ["--output", folder.path("tight")])
        #expect(tight.status == 0, "\(tight.errors)")
        #expect(!folder.bytes("free").isEmpty && folder.bytes("free") == folder.bytes("tight"))
        #expect(!tight.output.contains("cut by memory"))
        #expect(group.kills == 0)
    }

    @Test func whatDoesNotFitIsRefusedWithOneLine() throws {
        guard let group = MemoryGroup(bytes: 24 << 20) else { return MemoryGroup.sayThatItIsSkipped() }
        let folder = try TemporaryFolder()
        var text = "a,b,c,y\n"
        for row in 0..<400_000 { text += "\(row),\(row % 977).25,word\(row % 5000),\(row % 3)\n" }
        let table = try folder.file("large.csv", text)
        let run = try group.run(["train", table, "--target", "y", "--trials", "3"])
        #expect(run.status == 1, "\(run.output) \(run.errors)")
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count == 1 && lines.first?.contains("memory") == true, "\(run.errors)")
        #expect(group.kills == 0)
    }

    @Test func adultIsTrainedOrRefusedWithAWord() throws {
        guard let group = MemoryGroup(bytes: 300 << 20) else { return MemoryGroup.sayThatItIsSkipped() }
        guard let tables = Self.tables else { return print("skipped: MARTLET_TEST_DATA is not set") }
        let folder = try TemporaryFolder()
        let run = try group.run([
            "train", tables + "/adult.csv.gz", "--target", "class", "--time-budget", "15s", "--leaderboard",
            folder.path("b"),
        ])
        #expect(group.kills == 0)
        #expect(run.status == 0 || run.status == 1, "\(run.status): \(run.errors)")
        if run.status == 0 {
            let board = try JSONDecoder().decode(Board.self, from: folder.bytes("b"))
            let last = run.output.split(separator: "\n").last ?? ""
            #expect((board.memory_cut != nil) == last.contains("cut by memory"))
        } else {
            #expect(run.errors.contains("memory"))
        }
    }

    @Test func addressesMayBeLimitedToo() throws {
        let folder = try TemporaryFolder()
        let run = try Martlet.run(
            ["train", "example:insurance", "--target", "charges", "--trials", "6", "--output", folder.path("m")],
            inShell: "ulimit -v 1500000")
        #expect(run.status == 0 || (run.status == 1 && run.errors.contains("memory")), "\(run.errors)")
    }
}

/// A real group of the memory hierarchy of version 1, which is gone with the last who holds it; nil where none may be made.
private final class MemoryGroup {
    private let folder = "/sys/fs/cgroup/memory/martlet-test-\(UUID().uuidString)"

    init?(bytes: Int) {
        guard mkdir(folder, 0o755) == 0 else { return nil }
        guard let file = FileHandle(forWritingAtPath: folder + "/memory.limit_in_bytes"),
            (try? file.write(contentsOf: Data("\(bytes)".utf8))) != nil
        else { return nil }
    }

    deinit { rmdir(folder) }

    /// Processes that the system has killed for want of memory.
    var kills: Int {
        let text = FileManager.default.contents(atPath: folder + "/memory.oom_control") ?? Data()
        let line = String(decoding: text, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
        return line.flatMap { Int($0.dropFirst("oom_kill ".count)) } ?? -1
    }

    func run(_ arguments: [String]) throws -> Martlet.Outcome {
        try Martlet.run(arguments, inShell: "echo $$ > \(folder)/cgroup.procs")
    }

    static func sayThatItIsSkipped() { print("skipped: a control group of version 1 may not be made here") }
}

extension Martlet {
    /// Runs it after a command in the same process, as limits are set.
    fileprivate static func run(_ arguments: [String], inShell command: String = "true") throws -> Outcome {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command + " && exec \"$@\"", "sh", binary.path] + arguments
        let (output, errors) = (try folder.file("output", ""), try folder.file("errors", ""))
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        // Ended by a signal counts as more than any code.
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Outcome(
            status: status, output: String(decoding: folder.bytes("output"), as: UTF8.self),
            errors: String(decoding: folder.bytes("errors"), as: UTF8.self))
    }
}
