import Foundation
import Testing

@Suite struct TrainTests {
    /// What `--leaderboard` promises.
    private struct Board: Decodable {
        struct Entry: Decodable {
            let rank: Int?
            let model: String
            let learner: String
            let score: Double?
            let score_interval: [Double]?
            let fit_seconds: Double
            let predict_seconds: Double
        }
        let task: String
        let metric: String
        let greater_is_better: Bool
        let entries: [Entry]
    }

    @Test func aTableBecomesALeaderboardAModelAndPredictions() throws {
        let folder = try TemporaryFolder()
        let train = try Martlet.run(
            "train", "example:iris", "--target", "species", "--trials", "6", "--seed", "3",
            "--output", folder.path("m.martlet"), "--leaderboard", folder.path("board.json"))
        #expect(train.status == 0, "\(train.errors)")
        #expect(train.output.contains("rank") && train.output.contains("log_loss"))

        let board = try JSONDecoder().decode(Board.self, from: folder.bytes("board.json"))
        #expect(board.task == "multiclass" && board.metric == "log_loss" && !board.greater_is_better)
        #expect(board.entries.filter { $0.rank != nil }.map(\.rank) == Array(1...board.entries.count).map { $0 })
        #expect(board.entries.allSatisfy { $0.score_interval?.count == 2 })

        let predict = try Martlet.run(
            "predict", folder.path("m.martlet"), "example:iris", "--output", folder.path("p.csv"))
        #expect(predict.status == 0, "\(predict.errors)")
        let lines = String(decoding: folder.bytes("p.csv"), as: UTF8.self).split(separator: "\n")
        #expect(lines.first == "prediction,probability_setosa,probability_versicolor,probability_virginica")
        #expect(lines.count == 151)
        #expect(lines.dropFirst().prefix(50).filter { $0.hasPrefix("setosa,") }.count > 45)

        let inspect = try Martlet.run("inspect", folder.path("m.martlet"))
        #expect(inspect.status == 0 && inspect.output.contains("predicts species (multiclass)"))
    }

    @Test func rowsAreKeptTogetherOrHeldOutByTime() throws {
        let folder = try TemporaryFolder()
        var lines = ["day,shop,size,sales"]
        for row in 0..<120 {
            lines.append(
                "2024-\(10 + row / 60)-\(10 + row % 20),shop \(row % 9),\(row * 37 % 50),\(row * 37 % 50 * 3 + row % 7)"
            )
        }
        let table = try folder.file("t.csv", lines.joined(separator: "\n") + "\n")
        let options = ["--target", "sales", "--trials", "1", "--learners", "gradient_boosting"]
        for (more, said) in [
            (["--group", "shop"], "rows of one \"shop\" kept together"),
            (["--group", "shop", "--holdout", "0.3"], "rows of one \"shop\" kept together"),
            (["--time", "day", "--holdout", "25%"], "the latest by \"day\""),
        ] {
            let train = try Martlet.run(all: ["train", table] + options + more)
            #expect(train.status == 0 && train.output.contains(said), "\(train.output) \(train.errors)")
            let check = try Martlet.run(all: ["check", table, "--target", "sales"] + more)
            #expect(check.status == 0 && check.output.contains(said), "\(check.output) \(check.errors)")
        }
        let random = try Martlet.run(
            all: ["train", table] + options + ["--group", "shop", "--validation", "random"])
        #expect(random.status == 2 && random.errors.contains("validation is random"), "\(random.errors)")
        let both = try Martlet.run(all: ["train", table] + options + ["--time", "day", "--group", "shop"])
        #expect(both.status == 2 && both.errors.contains("not both"))
    }

    @Test func rowsThatBelongTogetherAreToldAndKeptTogether() throws {
        let folder = try TemporaryFolder()
        let rows = (0..<240).map { "\($0 / 6 * 17 % 40 + 1000),\($0 * 37 % 101),\($0 / 6 % 2 == 0 ? "ill" : "well")" }
        let table = try folder.file("t.csv", (["patient_id,size,state"] + rows).joined(separator: "\n") + "\n")
        for arguments in [["check"], ["train", "--trials", "1", "--learners", "decision_tree"]] {
            let all = [arguments[0], table, "--target", "state"] + arguments.dropFirst()
            let kept = try Martlet.run(all: all)
            #expect(
                kept.status == 0 && kept.output.contains("rows of one \"patient_id\" kept together"), "\(kept.output)")
            #expect(kept.output.contains("Note: \"patient_id\" has 40 values, 6.0 rows each"), "\(kept.output)")
            let random = try Martlet.run(all: all + ["--validation", "random"])
            #expect(random.status == 0 && random.output.contains("which flatters scores"), "\(random.output)")
        }
    }

    /// A rare class that two columns hint at.
    private func rare(in folder: TemporaryFolder) throws -> String {
        let rows = (0..<400).map { row in
            let isRare = row * 37 % 100 < 12
            return "\(row * 53 % 97 + (isRare ? 40 : 0)),\(row * 29 % 31 + (isRare ? 9 : 0)),\(isRare ? "bad" : "good")"
        }
        return try folder.file("t.csv", (["size,age,state"] + rows).joined(separator: "\n") + "\n")
    }

    @Test func classesAreDecidedAsAsked() throws {
        let folder = try TemporaryFolder()
        let table = try rare(in: folder)
        let options = [
            "train", table, "--target", "state", "--trials", "2", "--learners", "linear", "--positive", "bad",
        ]
        let model = folder.path("m.martlet")
        let train = try Martlet.run(all: options + ["--threshold", "cost:FP=1,FN=20", "--output", model])
        #expect(train.status == 0, "\(train.errors)")
        #expect(train.output.contains("Positive class: bad"))
        #expect(train.output.contains("Predicts bad above a probability of"))
        #expect(train.output.contains("(cost:FP=1,FN=20)"))

        func bad(_ more: String...) throws -> Int {
            let predict = try Martlet.run(all: ["predict", model, table] + more)
            #expect(predict.status == 0, "\(predict.errors)")
            #expect(predict.output.hasPrefix("prediction,probability_good,probability_bad\n"))
            return predict.output.split(separator: "\n").count { $0.hasPrefix("bad,") }
        }
        #expect(try bad("--threshold", "0") == 400 && bad("--threshold", "1") == 0)
        #expect(try bad() > bad("--threshold", "cost:FP=20,FN=1"))
        #expect(try bad("--threshold", "recall>=1") >= bad("--threshold", "recall>=0.5"))

        let best = try Martlet.run(all: options + ["--metric", "f1"])
        #expect(best.status == 0 && best.output.contains("(best f1)"))
        for (more, said) in [
            (["--threshold", "often"], "is no threshold"), (["--threshold", "precision>=2"], "at most 1"),
            (["--positive", "badd"], "did you mean \"bad\"?"),
        ] {
            let wrong = try Martlet.run(all: ["train", table, "--target", "state"] + more)
            #expect(wrong.status == 2 && wrong.errors.contains(said), "\(wrong.errors)")
        }
        let wrong = try Martlet.run(all: ["predict", model, table, "--threshold", "precision>=1.5"])
        #expect(wrong.status == 2 && wrong.errors.contains("at most 1"), "\(wrong.errors)")
    }

    @Test func whatGivesTheTargetAwayIsTold() throws {
        let folder = try TemporaryFolder()
        let rows = (0..<200).map { "\($0 * 37 % 51),\($0 % 2 == 0 ? "open" : "shut"),\($0 % 2 == 0 ? "yes" : "no")" }
        let table = try folder.file("t.csv", (["size,door,bought"] + rows).joined(separator: "\n") + "\n")
        for arguments in [["check"], ["train", "--trials", "1", "--learners", "linear"]] {
            let run = try Martlet.run(all: [arguments[0], table, "--target", "bought"] + arguments.dropFirst())
            #expect(run.status == 0 && run.output.contains("Warning: \"door\" alone tells 100.0 %"), "\(run.output)")
            let without = try Martlet.run(
                all: [arguments[0], table, "--target", "bought", "--exclude", "door"] + arguments.dropFirst())
            #expect(without.status == 0 && !without.output.contains("Warning"), "\(without.output)")
        }
        let json = try Martlet.run(all: ["check", table, "--target", "bought", "--json"])
        let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let leaks = found?["leaks"] as? [[String: Any]]
        #expect(leaks?.count == 1 && leaks?.first?["columns"] as? [String] == ["door"])
    }

    @Test func theSameSeedAndTrialsGiveTheSameBytesForAnyNumberOfThreads() throws {
        let folder = try TemporaryFolder()
        for threads in ["1", "2", "3"] {
            let run = try Martlet.run(
                "train", "example:insurance", "--target", "charges", "--trials", "9", "--folds", "3", "--threads",
                threads,
                "--output", folder.path("m\(threads)"), "--leaderboard", folder.path("b\(threads)"))
            #expect(run.status == 0, "\(run.errors)")
        }
        #expect(!folder.bytes("m1").isEmpty)
        #expect(folder.bytes("m1") == folder.bytes("m2") && folder.bytes("m1") == folder.bytes("m3"))
        #expect(try withoutTimes(folder.bytes("b1")) == withoutTimes(folder.bytes("b2")))
        #expect(try withoutTimes(folder.bytes("b1")) == withoutTimes(folder.bytes("b3")))
    }

    @Test func mistakesEndWithStatusTwoAndOneLine() throws {
        let folder = try TemporaryFolder()
        let table = try folder.file("t.csv", "a,b\n1,x\n2,y\n3,x\n4,y\n5,x\n6,y\n7,x\n8,y\n9,x\n10,y\n11,x\n12,y\n")
        let ragged = try folder.file("r.csv", "a,b\n1,2\n3,4,5\n")
        let cases: [([String], String)] = [
            (["train", table], "--target"),
            (["train", table, "--target", "c"], "c"),
            (["train", table, "--target", "b", "--task", "regression"], "b"),
            (["train", table, "--target", "b", "--metric", "rmse"], "rmse"),
            (["train", table, "--target", "b", "--time-budget", "0s"], "--time-budget"),
            (["train", table, "--target", "b", "--time-budget", "5s", "--trials", "3"], "--trials"),
            (["train", table, "--target", "b", "--output", folder.path("none/m")], "--output"),
            (["train", folder.path("none.csv"), "--target", "b"], "none.csv"),
            (["train", ragged, "--target", "b"], "row 2"),
            (["train", "example:none", "--target", "b"], "titanic"),
            (["predict", table, table], "model"),
            (["inspect", folder.path("none.csv")], "none.csv"),
            (["trian", table], "train"),
        ]
        for (arguments, expected) in cases {
            let (process, _, errors) = Martlet.process(arguments)
            try process.run()
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 2, "\(arguments): \(text)")
            #expect(text.contains(expected), "\(arguments): \(text)")
            #expect(text.split(separator: "\n").count == 1, "\(arguments): \(text)")
        }
    }

    @Test func aDamagedModelIsRefused() throws {
        let folder = try TemporaryFolder()
        _ = try Martlet.run(
            "train", "example:iris", "--target", "species", "--trials", "2", "--output", folder.path("m"))
        var bytes = folder.bytes("m")
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: folder.url.appendingPathComponent("m"))
        let run = try Martlet.run("predict", folder.path("m"), "example:iris")
        #expect(run.status == 2 && run.errors.contains("damaged"))
    }

    @Test func inspectGivesTheContractedJSON() throws {
        struct Table: Decodable {
            struct Column: Decodable {
                let name: String
                let type: String
                let missing: Int
                let distinct: Int
            }
            let rows: Int
            let columns: [Column]
        }
        let run = try Martlet.run("inspect", "example:flights", "--json")
        let table = try JSONDecoder().decode(Table.self, from: Data(run.output.utf8))
        #expect(table.rows == 4000 && table.columns.count == 11)
        #expect(table.columns.first?.name == "time_hour" && table.columns.first?.type == "datetime")
        #expect(table.columns.contains { $0.name == "dep_delay" && $0.missing > 0 })
    }

    private func withoutTimes(_ data: Data) throws -> String {
        String(decoding: data, as: UTF8.self).split(separator: "\n").filter { !$0.contains("_seconds\"") }
            .joined(separator: "\n")
    }
}
