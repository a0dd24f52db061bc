import Foundation
import Testing

@Suite struct ExportTests {
    /// A model of a small table, in a folder of its own.
    private static func train(in folder: TemporaryFolder) throws -> String {
        let path = folder.path("m.martlet")
        let train = try Martlet.run(
            "train", "example:telco_churn", "--target", "Churn", "--trials", "4", "--seed", "1", "--folds", "2",
            "--output", path)
        try #require(train.status == 0, "\(train.errors)")
        return path
    }

    /// Runs a program with a file as its standard input.
    private static func run(_ program: String, _ arguments: [String], input: String) throws -> (
        status: Int32, output: Data
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }

    private static let isRoot = geteuid() == 0

    @Test func aPortableFolderPredictsWithNothingElse() throws {
        let folder = try TemporaryFolder()
        let model = try ExportTests.train(in: folder)
        let portable = folder.path("portable")
        let export = try Martlet.run("export", model, "--portable", portable, "--onnx", folder.path("m.onnx"))
        #expect(export.status == 0, "\(export.errors)")
        #expect(folder.bytes("portable/README").split(separator: UInt8(ascii: "\n")).count == 3)
        #expect(folder.bytes("portable/model.martlet") == folder.bytes("m.martlet"))
        #expect(!folder.bytes("m.onnx").isEmpty)

        let rows = [
            "tenure,Contract,MonthlyCharges", "1,Month-to-month,70.35", "60,Two year,20.05", ",,", "5,Never seen,99",
        ]
        let columns = try Martlet.run("inspect", model, "--json").output
        let schema =
            try #require(
                try JSONSerialization.jsonObject(with: Data(columns.utf8)) as? [String: Any])["schema"]
            as? [String: Any]
        let names = (schema?["columns"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
        let given = rows[0].split(separator: ",").map(String.init)
        var csv = names.joined(separator: ",") + "\n"
        var json = ""
        for row in rows.dropFirst() {
            let cells = Dictionary(
                uniqueKeysWithValues: zip(
                    given, row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
            csv += names.map { cells[$0] ?? "" }.joined(separator: ",") + "\n"
            let members = names.map { name -> String in
                guard let cell = cells[name], !cell.isEmpty else { return "\"\(name)\": null" }
                return "\"\(name)\": " + (Double(cell) == nil ? "\"\(cell)\"" : cell)
            }
            json += "{" + members.joined(separator: ", ") + "}\n"
        }
        let table = try folder.file("rows.csv", csv)
        let lines = try folder.file("rows.jsonl", json)
        let expected = try Martlet.run("predict", model, table)
        #expect(expected.status == 0, "\(expected.errors)")

        let program = portable + "/martlet-predict"
        let own = try ExportTests.run(program, [table], input: "/dev/null")
        #expect(own.status == 0 && String(decoding: own.output, as: UTF8.self) == expected.output)
        let piped = try ExportTests.run(program, [], input: table)
        #expect(piped.output == own.output)
        if ExportTests.isRoot {
            // An empty root: no library, no /proc, no /etc.
            let inside = try ExportTests.run("/usr/sbin/chroot", [portable, "/martlet-predict"], input: table)
            #expect(inside.status == 0 && inside.output == own.output)
        }
        let answers = try ExportTests.run(program, ["-"], input: lines)
        #expect(answers.status == 0)
        let predictions = expected.output.split(separator: "\n").dropFirst()
        let objects = String(decoding: answers.output, as: UTF8.self).split(separator: "\n")
        #expect(objects.count == predictions.count && objects.count == 4)
        for (object, prediction) in zip(objects, predictions) {
            let value = try #require(try JSONSerialization.jsonObject(with: Data(object.utf8)) as? [String: Any])
            let cells = prediction.split(separator: ",")
            #expect(value["prediction"] as? String == String(cells[0]))
            // Foundation's parser is off by a last digit now and then.
            let share = try #require((value["probabilities"] as? [String: Double])?["Yes"])
            #expect(abs(share - (Double(cells[2]) ?? .nan)) < 1e-12)
        }

        let bad = try folder.file(
            "bad.csv", csv + names.map { $0 == "tenure" ? "long" : "" }.joined(separator: ",") + "\n")
        #expect(try ExportTests.run(program, [bad], input: "/dev/null").status == 2)
        #expect(try ExportTests.run(program, ["--nonsense"], input: "/dev/null").status == 2)
        for streams in [">/dev/full", ">&-", ">/dev/full 2>&-"] {
            #expect(try StreamTests.shell("'\(program)' '\(table)' \(streams)").status == 1, "\(streams)")
        }
        #expect(try StreamTests.shell("'\(program)' - <&-").status == 2)
        #expect(try StreamTests.shell("'\(program)' '\(table)' --output '\(table)'").status == 2)
        #expect(try String(contentsOfFile: table, encoding: .utf8) == csv)
        #expect(try ExportTests.run(program, [folder.path("nothing.csv")], input: "/dev/null").status == 2)
    }

    @Test func whatCannotBeWrittenIsOneLine() throws {
        let folder = try TemporaryFolder()
        let none = try Martlet.run("export", folder.path("none.martlet"), "--onnx", folder.path("m.onnx"))
        #expect(none.status == 2 && none.errors.contains("none.martlet"))
        let nothing = try Martlet.run("export", folder.path("none.martlet"))
        #expect(nothing.status == 2 && nothing.errors.contains("--onnx"))

        let model = folder.path("t.martlet")
        let train = try Martlet.run(
            "train", "example:titanic", "--target", "Survived", "--trials", "2", "--folds", "2", "--learners", "linear",
            "--output", model)
        #expect(train.status == 0, "\(train.errors)")
        let refused = try Martlet.run("export", model, "--onnx", folder.path("t.onnx"))
        #expect(refused.status == 2 && refused.errors.contains("\"Name\""))
        #expect(refused.errors.split(separator: "\n").count == 1 && folder.bytes("t.onnx").isEmpty)
    }
}
