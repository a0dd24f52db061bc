import Foundation
import Testing

/// What is at the path of an output, and what becomes of it.
@Suite struct OutputTests {
    private static let train = "train t.csv --target kind --trials 1 --folds 2 --learners decision_tree"

    /// Each line is refused; the files that it names stay as they are.
    @Test(arguments: [
        "\(train) -o t.csv", "\(train) --leaderboard t.csv", "\(train) -o link.csv", "\(train) -o hard.csv",
        "\(train) -o new --leaderboard new", "\(train) -o new --leaderboard ./new",
        "train - --target kind -o t.csv <t.csv",
        "predict m.martlet t.csv -o t.csv", "predict m.martlet t.csv -o m.martlet",
        "predict m.martlet link.csv -o t.csv",
        "predict m.martlet t.csv -o link.csv", "predict m.martlet - -o t.csv <t.csv", "predict m.martlet t.csv >>t.csv",
        "explain m.martlet --html m.martlet", "explain m.martlet --json m.martlet",
        "explain m.martlet --data t.csv --html t.csv", "explain m.martlet --html new --json new",
        "explain m.martlet --leaderboard board.json --json board.json",
        "export m.martlet --onnx m.martlet", "export inside/model.martlet --portable inside",
    ])
    func anOutputThatIsAnInputIsRefused(_ command: String) throws {
        let folder = try TemporaryFolder()
        let prepared = try #require(StreamTests.prepared)
        let files = FileManager.default
        for name in ["t.csv", "m.martlet"] {
            try files.copyItem(atPath: prepared.path(name), toPath: folder.path(name))
        }
        try files.createSymbolicLink(atPath: folder.path("link.csv"), withDestinationPath: "t.csv")
        try files.linkItem(atPath: folder.path("t.csv"), toPath: folder.path("hard.csv"))
        try files.createDirectory(atPath: folder.path("inside"), withIntermediateDirectories: true)
        try files.copyItem(atPath: folder.path("m.martlet"), toPath: folder.path("inside/model.martlet"))
        _ = try folder.file("board.json", "{}")
        let names = try files.contentsOfDirectory(atPath: folder.url.path).sorted()

        let run = try StreamTests.shell("cd '\(folder.url.path)' && \"$M\" \(command)")
        #expect(run.status == 2 && run.errors.contains("is the same file as"), "\(run)")
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(
            folder.bytes("t.csv") == prepared.bytes("t.csv") && folder.bytes("m.martlet") == prepared.bytes("m.martlet")
        )
        #expect(folder.bytes("inside/model.martlet") == prepared.bytes("m.martlet"))
        #expect(String(decoding: folder.bytes("board.json"), as: UTF8.self) == "{}")
        #expect(try files.contentsOfDirectory(atPath: folder.url.path).sorted() == names)
    }

    @Test func aPlainFileIsReplacedWithItsModeAndThroughLinks() throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        func mode(_ name: String) throws -> Int? {
            try files.attributesOfItem(atPath: folder.path(name))[.posixPermissions] as? Int
        }
        _ = try folder.file("secret.csv", "old")
        try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path("secret.csv"))
        try files.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "secret.csv")
        try files.createSymbolicLink(atPath: folder.path("dangling"), withDestinationPath: "link2")
        try files.createSymbolicLink(atPath: folder.path("link2"), withDestinationPath: "made.csv")
        let predict = "\"$M\" predict m.martlet t.csv"
        let expected = try StreamTests.shell(predict).output
        for (name, file) in [("link", "secret.csv"), ("dangling", "made.csv")] {
            #expect(try StreamTests.shell("umask 027; \(predict) -o '\(folder.path(name))'").status == 0)
            #expect(
                try files.destinationOfSymbolicLink(atPath: folder.path(name)).hasPrefix(
                    name == "link" ? "secret" : "link2"))
            #expect(String(decoding: folder.bytes(file), as: UTF8.self) == expected)
        }
        #expect(try mode("secret.csv") == 0o600 && mode("made.csv") == 0o640)
        #expect(leftovers(in: folder).isEmpty)
    }

    @Test func whatIsNoPlainFileIsWrittenInto() throws {
        let folder = try TemporaryFolder()
        let predict = "\"$M\" predict m.martlet t.csv"
        let expected = try StreamTests.shell(predict).output
        let pipe = folder.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(try StreamTests.shell("cat '\(pipe)' & \(predict) -o '\(pipe)' && wait").output == expected)
        #expect(try StreamTests.shell("\(predict) -o >(cat) | cat").output == expected)
        #expect(try StreamTests.shell("\(predict) -o /dev/stdout").output == expected)
        // What a descriptor is appending to is not replaced.
        #expect(
            try StreamTests.shell("f='\(folder.path("log"))'; echo first >$f; \(predict) -o /dev/stdout >>$f").status
                == 0)
        #expect(String(decoding: folder.bytes("log"), as: UTF8.self) == "first\n" + expected)
        var status = stat()
        #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)

        // Devices of the test's own: those of the machine would be gone if this failed.
        let (null, full) = (folder.path("null"), folder.path("full"))
        guard mknod(null, S_IFCHR | 0o666, 0x103) == 0, mknod(full, S_IFCHR | 0o666, 0x107) == 0 else { return }
        #expect(try StreamTests.shell("\(predict) -o '\(null)'").status == 0)
        let run = try StreamTests.shell("\(predict) -o '\(full)'")
        #expect(run.status == 1 && run.errors.contains("No space left on device"), "\(run)")
        for path in [null, full] { #expect(lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR) }
        #expect(leftovers(in: folder).isEmpty)
    }
}
