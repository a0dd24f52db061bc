/// A program of several commands.
public struct Program: Sendable {
    /// What is typed to run it.
    public let name: String
    /// What it is, in a sentence.
    public let summary: String
    /// Printed by `--version`.
    public let version: String
    /// Its commands, in the order help shows them.
    public let commands: [Command]
    /// Further parts of the reference, by the name that `reference NAME` prints them under.
    public let references: [String: @Sendable () -> String]

    /// A program of these commands.
    public init(
        name: String, summary: String, version: String, commands: [Command],
        references: [String: @Sendable () -> String] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.version = version
        self.commands = commands
        self.references = references
    }

    /// What a command line asks for.
    public enum Request: Sendable {
        /// Print this text to standard output and end with exit code 0.
        case print(String)
        /// Run this command.
        case run(Command, Invocation)
    }

    /// Reads a command line without the program's name; throws `UsageError`.
    public func parse(_ arguments: [String], environment: [String: String] = [:]) throws -> Request {
        guard let first = arguments.first else { return .print(help) }
        switch first {
        case "--help", "-h": return .print(help)
        case "--version": return .print("\(name) \(version)")
        case "help":
            guard arguments.count > 1 else { return .print(help) }
            return .print(help(for: try command(arguments[1])))
        case "reference":
            guard arguments.count > 1 else { return .print(reference) }
            guard let part = references[arguments[1]] else {
                let names = references.keys.sorted().joined(separator: ", ")
                throw UsageError("there is no reference of “\(arguments[1])”: there is one of \(names)")
            }
            return .print(part())
        case "completions":
            guard arguments.count == 2 else { throw UsageError("completions takes a shell: bash, zsh or fish") }
            return .print(try completions(for: arguments[1]))
        default: break
        }
        let command = try command(first)
        let own = arguments.dropFirst()
        if own.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
            return .print(help(for: command))
        }
        if command.readsConfiguration, own.prefix(while: { $0 != "--" }).contains("--print-config") {
            return .print(command.sampleConfiguration)
        }
        if command.readsConfiguration, own.prefix(while: { $0 != "--" }).contains("--check-config") {
            _ = try command.parse(own.filter { $0 != "--check-config" }, environment: environment)
            return .print("The configuration of \(name) \(command.name) is in order.")
        }
        return .run(command, try command.parse(Array(own), environment: environment))
    }

    private func command(_ name: String) throws -> Command {
        if let command = commands.first(where: { $0.name == name }) { return command }
        let hint = nearest(name, among: commands.map(\.name)).map { "; did you mean \($0)?" } ?? ""
        throw UsageError("unknown command “\(name)”\(hint)")
    }

    /// The program's help: its commands, a line each.
    public var help: String {
        let rows = commands.map { ($0.name, $0.summary) } + [("help", "How a command is used")]
        return """
            \(summary)

            Usage: \(name) COMMAND …

            \(columns(rows))

            \(name) help COMMAND tells more; \(name) --version prints the version.
            """
    }

    /// One command's help.
    public func help(for command: Command) -> String {
        var parts = ["\(command.summary)", "Usage: \(name) \(command.usage)"]
        if !command.operands.isEmpty { parts.append(columns(command.operands.map { ($0.name, $0.help) })) }
        if !command.options.isEmpty { parts.append(columns(command.options.map(row))) }
        if !command.discussion.isEmpty { parts.append(command.discussion) }
        return parts.joined(separator: "\n\n")
    }

    private func row(_ option: OptionDeclaration) -> (String, String) {
        var left = option.short.map { "-\($0), " } ?? ""
        left += "--\(option.name)"
        if let value = option.valueName { left += " \(value)" }
        let right = option.environment.map { "\(option.help) [\($0)]" } ?? option.help
        return (left, right)
    }

    private func columns(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.count))  \($0.1)" }
            .joined(separator: "\n")
    }
}
