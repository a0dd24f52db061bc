import CommandLine
import Foundation
import Testing

private let points = Option<[String]>.list("contact-points", value: "HOST:PORT,…", help: "Where Cassandra is")
    .configured(key: "cassandra.contact_points", environment: "MARTLET_CASSANDRA_CONTACT_POINTS")
private let password = Option<String?>.text("cassandra-password", value: "TEXT", help: "Its password")
    .configured(key: "cassandra.password", environment: "MARTLET_CASSANDRA_PASSWORD", isSecret: true)
private let slots = Option<Int?>.integer("trial-slots", help: "Trials at a time", range: 1...64)
private let servers = Option<String?>.text("servers", value: "HOST:PORT,…", help: "Where Kafka is").configured(
    isList: true)
private let verbose = Option<Bool>.flag("verbose", help: "Tells more")

@Suite struct ConfigurationTests {
    private let program = Program(
        name: "program", summary: "A program.", version: "1",
        commands: [
            Command(
                "master", summary: "Runs a master",
                options: [
                    points.declaration, password.declaration, slots.declaration, verbose.declaration,
                    servers.declaration,
                ],
                readsConfiguration: true, run: { _ in 0 })
        ])

    /// What `text` as a file, the arguments and the environment give together.
    private func parse(_ text: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws
        -> Invocation
    {
        try withFile(text) { path in
            guard
                case .run(_, let invocation) = try program.parse(
                    ["master", "--config", path] + arguments, environment: environment)
            else { throw UsageError("nothing to run") }
            return invocation
        }
    }

    private func withFile<Value>(_ text: String, _ body: (String) throws -> Value) throws -> Value {
        let path = FileManager.default.temporaryDirectory.appending(path: "configuration-\(UUID().uuidString)").path
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private func failure(_ text: String, environment: [String: String] = [:]) -> String {
        do {
            _ = try parse(text, environment: environment)
            return "nothing wrong"
        } catch {
            let message = "\(error)"
            // The file's name is random.
            return message.firstIndex(of: ":").map {
                message.contains("configuration-") ? String(message[$0...]) : message
            }
                ?? message
        }
    }

    @Test func theFileGivesValuesTheEnvironmentGoesOverItAndFlagsOverBoth() throws {
        let text = "trial_slots: 3\nverbose: true\ncassandra:\n  contact_points: [a:1, b:2]\n  password: secret\n"
        let file = try parse(text)
        #expect(file[slots] == 3 && file[verbose] && file[password] == "secret")
        #expect(file[points] == ["a:1", "b:2"])
        let over = try parse(
            text, ["--trial-slots", "5"],
            environment: ["MARTLET_CASSANDRA_CONTACT_POINTS": "c:3", "MARTLET_CASSANDRA_PASSWORD": "other"])
        #expect(over[slots] == 5 && over[points] == ["c:3"] && over[password] == "other")
        #expect(try parse("cassandra:\n  contact_points: a:1,b:2\n")[points] == ["a:1", "b:2"])
        #expect(try parse("servers: [a:1, b:2]\n")[servers] == "a:1,b:2")
        #expect(try parse("servers: a:1\n")[servers] == "a:1")
        #expect(try !parse("verbose: false\n")[verbose])
        #expect(try parse("cassandra:\n")[points] == [])
    }

    @Test func mistakesNameTheFileTheLineAndWhatWasExpected() {
        #expect(failure("\ntrial_slot: 3\n") == ":2: unknown key “trial_slot”; did you mean trial_slots?")
        #expect(
            failure("cassandra:\n  contact_point: a\n")
                == ":2: unknown key “cassandra.contact_point”; did you mean cassandra.contact_points?")
        #expect(failure("trial_slots: many\n") == ":1: trial_slots: “many” is not a whole number")
        #expect(failure("trial_slots: 99\n") == ":1: trial_slots: 99 is not between 1 and 64")
        #expect(failure("trial_slots: [1]\n") == ":1: trial_slots: N was expected, not a list")
        #expect(failure("cassandra: x\n") == ":1: “cassandra” has to be a map of keys")
        #expect(failure("verbose: perhaps\n") == ":1: verbose: “perhaps” is not true or false")
        #expect(failure("cassandra:\n  contact_points:\n    - {a: 1}\n").hasPrefix(":3: cassandra.contact_points: "))
        #expect(failure("trial_slots: 1\ntrial_slots: 2\n") == ":2: the key “trial_slots” is given twice")
        #expect(failure("config: x\n").hasPrefix(":1: unknown key “config”"))
        #expect(throws: UsageError("the configuration file /no/file cannot be read")) {
            _ = try program.parse(["master", "--config", "/no/file"])
        }
    }

    @Test func aSecretMayComeAsAFileButNotTwice() throws {
        try withFile("from a file\n") { path in
            let variable = "MARTLET_CASSANDRA_PASSWORD"
            let environment = try parse("", environment: [variable + "_FILE": path])
            let file = try parse("cassandra: {password_file: \(path)}\n")
            #expect(environment[password] == "from a file" && file[password] == "from a file")
            #expect(
                failure("", environment: [variable: "x", variable + "_FILE": path])
                    == "\(variable) and \(variable)_FILE are both given")
            #expect(
                failure("cassandra:\n  password: x\n  password_file: \(path)\n").hasSuffix(
                    ":3: cassandra.password and cassandra.password_file are both given"))
        }
        #expect(
            failure("", environment: ["MARTLET_CASSANDRA_PASSWORD_FILE": "/no/file"])
                == "MARTLET_CASSANDRA_PASSWORD_FILE: the file /no/file cannot be read")
        try withFile("\n") { path in
            #expect(failure("", environment: ["MARTLET_CASSANDRA_PASSWORD_FILE": path]).contains("empty"))
        }
    }

    @Test func aFileIsCheckedWithoutRunningAnything() throws {
        func check(_ text: String) throws -> String {
            try withFile(text) { path in
                guard case .print(let said) = try program.parse(["master", "--config", path, "--check-config"]) else {
                    return "it runs"
                }
                return said
            }
        }
        #expect(try check("trial_slots: 3\n") == "The configuration of program master is in order.")
        #expect(throws: UsageError.self) { try check("trial_slot: 3\n") }
    }

    @Test func theSampleAndTheReferenceAreMadeOfTheDeclarations() throws {
        guard case .print(let sample) = try program.parse(["master", "--print-config"]) else {
            Issue.record("no sample")
            return
        }
        #expect(sample.contains("\ncassandra:\n  # Where Cassandra is [MARTLET_CASSANDRA_CONTACT_POINTS]\n"))
        #expect(sample.contains("\n# trial_slots: N"))
        #expect(sample.contains("  # password_file: FILE"))
        // As it is, it is a valid file that sets nothing.
        #expect(try !parse(sample).isGiven(slots))
        let filled = sample.split(separator: "\n").map { line in
            line.contains("trial_slots")
                ? "trial_slots: 4" : line.contains("contact_points:") ? "  contact_points: [x:1]" : line
        }.joined(separator: "\n")
        let invocation = try parse(filled)
        #expect(invocation[slots] == 4 && invocation[points] == ["x:1"])

        guard case .print(let reference) = try program.parse(["reference"]) else { return }
        #expect(
            reference.contains(
                "| `--cassandra-password TEXT` | `MARTLET_CASSANDRA_PASSWORD`, `MARTLET_CASSANDRA_PASSWORD_FILE` | "
                    + "`cassandra.password`, `cassandra.password_file` | Its password |"))
        #expect(reference.contains("| `--trial-slots N` |  | `trial_slots` | Trials at a time |"))
        #expect(reference.contains("| `--config FILE` |  |  |"))
    }
}
