/// A command of a program: what it takes and what it does.
public struct Command: Sendable {
    /// A value given by its place.
    public struct Operand: Sendable {
        /// Its name in help, such as `DATA`.
        public let name: String
        /// One line for help.
        public let help: String

        /// An operand of this name.
        public init(_ name: String, help: String) {
            self.name = name
            self.help = help
        }
    }

    /// What is typed to run it.
    public let name: String
    /// One line for the list of commands.
    public let summary: String
    /// Lines for its own help, with examples; may be empty.
    public let discussion: String
    /// Operands, all of them required.
    public let operands: [Operand]
    /// Options, in the order help shows them.
    public let options: [OptionDeclaration]
    /// Whether its options may also come from a YAML file named by `--config FILE`; `--print-config` prints a sample, and
    /// `--check-config` tells whether all that is given is in order, without running anything.
    public let readsConfiguration: Bool
    /// Options of other commands that its configuration file may hold, so that one file serves them all.
    public let sharing: [OptionDeclaration]
    /// Runs it and gives the exit code.
    public let run: @Sendable (Invocation) async throws -> Int32

    /// A command of these parts.
    public init(
        _ name: String, summary: String, discussion: String = "", operands: [Operand] = [],
        options: [OptionDeclaration] = [], readsConfiguration: Bool = false, sharing: [OptionDeclaration] = [],
        run: @escaping @Sendable (Invocation) async throws -> Int32
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.operands = operands
        self.options = options + (readsConfiguration ? [Command.config.declaration] : [])
        self.readsConfiguration = readsConfiguration
        self.sharing = sharing
        self.run = run
    }

    static let config = Option<String?>.text(
        "config", value: "FILE", help: "A YAML file with options; the environment and the command line go over it")

    /// The options that a configuration file may hold.
    var configurable: [OptionDeclaration] { options.filter { $0.name != Command.config.declaration.name } }

    /// How it is called, without the program's name.
    var usage: String {
        var line = name
        for operand in operands { line += " \(operand.name)" }
        return options.isEmpty ? line : line + " [options]"
    }
}

/// What was given to a command, checked against its declaration.
public struct Invocation: Sendable {
    /// The operands, as many as were declared.
    public let operands: [String]
    private let values: [String: String]

    init(operands: [String], values: [String: String]) {
        self.operands = operands
        self.values = values
    }

    /// The value of `option`: from the command line, else from its environment variable, else its fallback.
    public subscript<Value>(option: Option<Value>) -> Value {
        guard let text = values[option.declaration.name], let value = try? option.parse(text) else {
            return option.fallback
        }
        return value
    }

    /// Whether `option` was given on the command line or in the environment.
    public func isGiven<Value>(_ option: Option<Value>) -> Bool { values[option.declaration.name] != nil }
}
