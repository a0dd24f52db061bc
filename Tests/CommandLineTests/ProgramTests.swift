import CommandLine
import Testing

private let folds = Option<Int?>.integer("folds", value: "K", help: "Folds", range: 2...20)
private let budget = Option<Double?>.duration("time-budget", help: "Time")
private let task = Option<String>.choice(
    "task", value: "TASK", help: "Task", choices: ["auto", "binary"], default: "auto")
private let token = Option<String?>.text(
    "token", short: "t", value: "TOKEN", help: "Token", environment: "PROGRAM_TOKEN")
private let json = Option<Bool>.flag("json", help: "As JSON")
private let leaveOut = Option<[String]>.list("exclude", value: "A,B", help: "Left out")

@Suite struct ProgramTests {
    private let program = Program(
        name: "program", summary: "A program.", version: "1.2.3",
        commands: [
            Command(
                "train", summary: "Trains", operands: [.init("DATA", help: "A table")],
                options: [
                    folds.declaration, budget.declaration, task.declaration, token.declaration, json.declaration,
                    leaveOut.declaration,
                ],
                run: { _ in 0 })
        ])

    private func parse(_ arguments: String..., environment: [String: String] = [:]) throws -> Invocation {
        guard case .run(_, let invocation) = try program.parse(["train"] + arguments, environment: environment) else {
            throw UsageError("nothing to run")
        }
        return invocation
    }

    private func message(_ arguments: String..., environment: [String: String] = [:]) -> String? {
        do {
            _ = try program.parse(arguments, environment: environment)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func optionsStandAnywhereAndMayCarryTheirValue() throws {
        let one = try parse("--folds", "5", "a.csv", "--time-budget=1m30s", "--json", "-tsecret", "--exclude", "a,b")
        #expect(one.operands == ["a.csv"])
        #expect(one[folds] == 5)
        #expect(one[budget] == 90)
        #expect(one[task] == "auto")
        #expect(one[json])
        #expect(one[token] == "secret")
        #expect(one[leaveOut] == ["a", "b"])
        #expect(try parse("--", "--folds").operands == ["--folds"])
    }

    @Test func theEnvironmentStandsInForAnOptionNotGiven() throws {
        #expect(try parse("a", environment: ["PROGRAM_TOKEN": "x"])[token] == "x")
        #expect(try parse("a", "--token", "y", environment: ["PROGRAM_TOKEN": "x"])[token] == "y")
        #expect(try !parse("a").isGiven(token))
    }

    @Test func mistakesAreNamed() {
        #expect(message("trian", "a") == "unknown command “trian”; did you mean train?")
        #expect(message("train", "a", "--fold", "3") == "unknown option --fold; did you mean --folds?")
        #expect(message("train", "a", "--folds", "x") == "--folds: “x” is not a whole number")
        #expect(message("train", "a", "--folds", "1") == "--folds: 1 is not between 2 and 20")
        #expect(message("train", "a", "--folds") == "--folds needs a value: --folds K")
        #expect(message("train", "a", "--json=1") == "--json takes no value")
        #expect(message("train", "a", "--json", "--json") == "--json is given twice")
        #expect(message("train", "a", "--task", "b") == "--task: “b” is none of auto, binary")
        #expect(message("train", "a", "b") == "“b” is more than train takes")
        #expect(message("train")?.hasPrefix("DATA is missing") == true)
    }

    @Test(arguments: [("60s", 60), ("2m", 120), ("1h30m", 5400), ("90", 90), ("1.5m", 90), ("250ms", 0.25)])
    func timesAreRead(text: String, expected: Double) throws {
        #expect(try seconds(of: text) == expected)
    }

    @Test(arguments: ["", "s", "0s", "-5s", "10 parsecs", "1h-2m"])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(throws: UsageError.self) { try seconds(of: text) }
    }

    @Test func helpAndVersionAndCompletionsArePrinted() throws {
        guard case .print(let version) = try program.parse(["--version"]),
            case .print(let help) = try program.parse(["train", "--help"]),
            case .print(let bash) = try program.parse(["completions", "bash"]),
            case .print(let fish) = try program.parse(["completions", "fish"])
        else {
            Issue.record("nothing was printed")
            return
        }
        #expect(version == "program 1.2.3")
        #expect(help.contains("--folds K") && help.contains("[PROGRAM_TOKEN]"))
        #expect(bash.contains("--time-budget") && bash.contains("auto binary"))
        #expect(fish.contains("-l exclude -r"))
    }
}
