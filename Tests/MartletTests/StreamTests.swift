import Foundation
import Testing

/// Standard streams that are closed, full or no files, and pipes whose reader has gone.
@Suite struct StreamTests {
    /// A folder with `t.csv`, a table, and `m.martlet`, a model of it.
    static let prepared: TemporaryFolder? = {
        guard let folder = try? TemporaryFolder() else { return nil }
        let rows = (0..<60).map { "\($0 % 7),\(["red", "blue"][$0 % 2]),\($0 % 2 == 0 ? "tall" : "short")" }
        guard let table = try? folder.file("t.csv", "length,colour,kind\n" + rows.joined(separator: "\n") + "\n"),
            let train = try? Martlet.run(
                "train", table, "--target", "kind", "--trials", "2", "--folds", "2", "--learners",
                "decision_tree,gaussian_naive_bayes", "--output", folder.path("m.martlet")),
            train.status == 0
        else { return nil }
        // Nothing else ends a static.
        atexit { if let folder = StreamTests.prepared { try? FileManager.default.removeItem(at: folder.url) } }
        return folder
    }()

    /// Runs a line of the shell in the prepared folder, where `"$M"` is the program.
    static func shell(_ line: String) throws -> Martlet.Outcome {
        let folder = try #require(prepared)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line]
        process.currentDirectoryURL = folder.url
        process.environment = ProcessInfo.processInfo.environment.merging(["M": Martlet.binary.path]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        let log = try TemporaryFolder()
        process.standardError = FileHandle(forWritingAtPath: try log.file("errors", ""))
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit, "\(line)")
        return Martlet.Outcome(
            status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: log.bytes("errors"), as: UTF8.self))
    }

    /// Every command that ends by itself, as it is used.
    static let commands = [
        "inspect t.csv", "inspect t.csv --json", "inspect m.martlet", "inspect m.martlet --json",
        "predict m.martlet t.csv", "explain m.martlet --time-budget 1s", "export m.martlet --onnx m.onnx",
        "train t.csv --target kind --trials 1 --folds 2 --learners decision_tree", "--help", "predict --help",
        "--version",
        "reference metrics",
    ]

    @Test(arguments: commands) func aClosedInputIsNotMissed(_ command: String) throws {
        let run = try StreamTests.shell("\"$M\" \(command) <&-")
        #expect(run.status == 0 && !run.output.isEmpty && run.errors.isEmpty, "\(run)")
    }

    @Test(arguments: commands) func whatCannotBeWrittenIsAFailure(_ command: String) throws {
        for stream in [">/dev/full", ">&-"] {
            let run = try StreamTests.shell("\"$M\" \(command) \(stream)")
            #expect(run.status == 1, "\(command) \(stream): \(run)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run)")
            #expect(run.errors.contains("cannot write standard output"), "\(run)")
            // Where that line cannot be written either, the code says it.
            for errors in ["2>/dev/full", "2>&-"] {
                #expect(
                    try StreamTests.shell("\"$M\" \(command) \(stream) \(errors)").status == 1, "\(command) \(errors)")
            }
        }
    }

    @Test func mistakesKeepTheirCodeWithoutAStream() throws {
        for streams in ["2>&-", "2>/dev/full", "<&- >&- 2>&-"] {
            #expect(try StreamTests.shell("\"$M\" inspect none.csv \(streams)").status == 2)
            #expect(try StreamTests.shell("\"$M\" trian \(streams)").status == 2)
        }
    }

    @Test func aTableFromAStreamThatCannotBeReadIsAMistake() throws {
        for (stream, reason) in [
            ("<&-", "Bad file descriptor"), ("<.", "Is a directory"), (">x <&1", "Bad file descriptor"),
        ] {
            let run = try StreamTests.shell("\"$M\" predict m.martlet - \(stream)")
            #expect(run.status == 2 && run.errors.contains(reason), "\(run)")
            #expect(run.errors.split(separator: "\n").count == 1)
        }
        #expect(try StreamTests.shell("\"$M\" inspect - <t.csv").status == 0)
    }

    /// Descriptors that are free would be given to the first files that are opened.
    @Test func filesDoNotTakeThePlaceOfClosedStreams() throws {
        let folder = try #require(StreamTests.prepared)
        let expected = try StreamTests.shell("\"$M\" predict m.martlet t.csv")
        #expect(try StreamTests.shell("\"$M\" predict m.martlet t.csv -o closed.csv <&- >&- 2>&-").status == 0)
        #expect(String(decoding: folder.bytes("closed.csv"), as: UTF8.self) == expected.output)
        // What is printed on the way goes nowhere, and not into the model.
        let train = "train t.csv --target kind --trials 1 --folds 2 --seed 1 --learners decision_tree"
        #expect(try StreamTests.shell("\"$M\" \(train) -o open.martlet").status == 0)
        #expect(try StreamTests.shell("\"$M\" \(train) -o full.martlet >/dev/full").status == 1)
        #expect(try StreamTests.shell("\"$M\" \(train) -o closed.martlet <&- >&- 2>&-").status == 1)
        #expect(!folder.bytes("open.martlet").isEmpty)
        #expect(folder.bytes("closed.martlet") == folder.bytes("open.martlet"))
        #expect(folder.bytes("full.martlet") == folder.bytes("open.martlet"))
    }

    @Test func aReaderThatGoesIsAFailureOfOneLine() throws {
        // More than a pipe holds.
        let rows = "{ echo length,colour,kind; yes 3,red,tall | head -n 200000; }"
        let run = try StreamTests.shell("\(rows) | \"$M\" predict m.martlet - | head -n 1; echo ${PIPESTATUS[1]}")
        #expect(run.output.hasSuffix("\n1\n"), "\(run)")
        #expect(run.errors == "martlet: cannot write standard output: Broken pipe\n")
    }

    @Test func aLimitOfSizeIsAFailureOfOneLine() throws {
        let folder = try #require(StreamTests.prepared)
        let rows = "{ echo length,colour,kind; yes 3,red,tall | head -n 20000; }"
        let run = try StreamTests.shell(
            "\(rows) >long.csv; ulimit -f 16; \"$M\" predict m.martlet long.csv -o limited.csv")
        #expect(run.status == 1 && run.errors == "martlet: cannot write limited.csv: File too large\n", "\(run)")
        #expect(folder.bytes("limited.csv").isEmpty && leftovers(in: folder).isEmpty)
    }
}

/// Temporary files that are still in a folder.
func leftovers(in folder: TemporaryFolder) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []).filter {
        $0.hasPrefix(".martlet-") || $0.hasSuffix(".partial")
    }
}
