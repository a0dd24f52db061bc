import Foundation
import Testing

@Suite struct ExplainTests {
    private func number(_ text: Substring) -> Double { Double(text) ?? .nan }

    @Test func aModelIsExplainedInTextJSONAndHTML() throws {
        let folder = try TemporaryFolder()
        let train = try Martlet.run(
            "train", "example:insurance", "--target", "charges", "--trials", "3", "--folds", "3", "--output",
            folder.path("m"), "--leaderboard", folder.path("b"))
        #expect(train.status == 0, "\(train.errors)")
        let run = try Martlet.run(
            "explain", folder.path("m"), "--json", folder.path("e.json"), "--html", folder.path("e.html"),
            "--leaderboard", folder.path("b"), "--by", "smoker", "--time-budget", "4s")
        #expect(run.status == 0, "\(run.errors)")
        for part in ["Scores", "rmse", "Permutation importance", "SHAP values", "Interactions", "By smoker"] {
            #expect(run.output.contains(part), "\(part)")
        }
        let document = try #require(
            try JSONSerialization.jsonObject(with: folder.bytes("e.json")) as? [String: Any])
        let board = try #require(document["leaderboard"] as? [[String: Any]])
        #expect(board.allSatisfy { $0["predict_seconds"] is Double })
        let page = String(decoding: folder.bytes("e.html"), as: UTF8.self)
        #expect(page.hasPrefix("<!doctype html>") && page.contains("prefers-color-scheme:dark"))
        #expect(!page.contains("<script") && !page.contains("src=") && !page.contains("://"))

        let predict = try Martlet.run("predict", folder.path("m"), "example:insurance", "--explain")
        #expect(predict.status == 0, "\(predict.errors)")
        let lines = predict.output.split(separator: "\n")
        #expect(
            lines[0] == "prediction,base,contribution_age,contribution_sex,contribution_bmi,contribution_children,"
                + "contribution_smoker,contribution_region")
        #expect(lines.count == 1339)
        for line in lines.dropFirst().prefix(200) {
            let cells = line.split(separator: ",")
            let sum = cells.dropFirst().reduce(0) { $0 + number($1) }
            #expect(abs(sum - number(cells[0])) < 0.5)
        }
    }

    @Test func mistakesEndWithStatusTwo() throws {
        let folder = try TemporaryFolder()
        _ = try Martlet.run(
            "train", "example:iris", "--target", "species", "--trials", "1", "--output", folder.path("m"))
        for (arguments, expected) in [
            (["explain", folder.path("none")], "none"), (["explain", folder.path("m"), "--by", "x"], "\"x\""),
            (["explain", folder.path("m"), "--html", folder.path("no/e.html")], "--html"),
            (["explain", folder.path("m"), "--data", "example:insurance"], "column"),
            (["explain", folder.path("m"), "--leaderboard", folder.path("m")], "leaderboard"),
        ] {
            let (process, _, errors) = Martlet.process(arguments)
            try process.run()
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 2 && text.contains(expected), "\(arguments): \(text)")
        }
    }
}
