import Foundation
import Testing

/// What is left when a signal ends a command.
@Suite struct SignalTests {
    /// Starts `predict` on a pipe that never ends, and goes on when the pipe is being read: then the output is begun.
    private func begin(_ folder: TemporaryFolder, shell: String = "exec \"$@\"") throws -> (Process, Pipe, FileHandle) {
        let prepared = try #require(StreamTests.prepared)
        let pipe = folder.path("rows.csv")
        #expect(mkfifo(pipe, 0o600) == 0)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [
            "-c", shell, "bash", Martlet.binary.path, "predict", prepared.path("m.martlet"), pipe, "--output",
            folder.path("out"),
        ]
        let errors = Pipe()
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // Opening it waits for the reader.
        let rows = try #require(FileHandle(forWritingAtPath: pipe))
        return (process, errors, rows)
    }

    @Test(.timeLimit(.minutes(2)), arguments: [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP")])
    func nothingHalfWrittenStays(_ signal: (number: Int32, name: String)) throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("out", "as it was")
        let (process, errors, rows) = try begin(folder)
        #expect(leftovers(in: folder).count == 1)
        kill(process.processIdentifier, signal.number)
        process.waitUntilExit()
        try rows.close()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal.number)
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text == "martlet: stopped by \(signal.name)\n")
        #expect(leftovers(in: folder).isEmpty)
        #expect(String(decoding: folder.bytes("out"), as: UTF8.self) == "as it was")
    }

    @Test(.timeLimit(.minutes(2))) func aHangUpThatIsIgnoredStaysSo() throws {
        let folder = try TemporaryFolder()
        let (process, errors, rows) = try begin(folder, shell: "trap '' HUP; exec \"$@\"")
        kill(process.processIdentifier, SIGHUP)
        // A pipe that nobody reads is not what the file depends on.
        kill(process.processIdentifier, SIGPIPE)
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        try rows.close()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text == "martlet: stopped by SIGTERM\n" && leftovers(in: folder).isEmpty)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [SIGINT, SIGTERM, SIGHUP])
    func trainingEndsWithTheBestModelSoFar(_ number: Int32) throws {
        let folder = try TemporaryFolder()
        let (process, output, _) = Martlet.process([
            "train", "example:titanic", "--target", "Survived", "--time-budget", "10m", "--output", folder.path("m"),
        ])
        try process.run()
        // The first trial's line says that there is a model to end with.
        var text = ""
        while !text.contains("best so far") {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            text += String(decoding: more, as: UTF8.self)
        }
        kill(process.processIdentifier, number)
        text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        #expect(text.contains("the best model so far") && leftovers(in: folder).isEmpty)
        #expect(try Martlet.run("inspect", folder.path("m")).status == 0)
    }
}
