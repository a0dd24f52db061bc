extension Command {
    /// A configuration file with every key, all of them commented out: what to write, what it means, which variable goes over it.
    public var sampleConfiguration: String {
        var lines = ["# \(summary): a sample of its configuration file, for --config FILE."]
        lines.append("# Environment variables go over the file, options of the command line over both.")
        var open: [Substring] = []
        for option in grouped {
            let path = option.key.split(separator: ".")
            let groups = Array(path.dropLast())
            for (level, group) in groups.enumerated() where level >= open.count || open[...level] != groups[...level] {
                lines.append((level == 0 ? "\n" : "") + indent(level) + "\(group):")
                open = Array(groups[...level])
            }
            open = groups
            let space = indent(groups.count)
            lines.append("\(space)# \(option.help)\(option.environment.map { " [\($0)]" } ?? "")")
            lines.append("\(space)# \(path.last ?? ""): \(option.sampleValue)")
            if option.isSecret { lines.append("\(space)# \(path.last ?? "")_file: FILE") }
        }
        return lines.joined(separator: "\n")
    }

    /// The options with those of one group together, in the order in which groups are first met; those of no group lead.
    private var grouped: [OptionDeclaration] {
        var order: [String] = [""]
        var groups: [String: [OptionDeclaration]] = [:]
        for option in configurable {
            let group = option.key.lastIndex(of: ".").map { String(option.key[..<$0]) } ?? ""
            if !order.contains(group) { order.append(group) }
            groups[group, default: []].append(option)
        }
        return order.flatMap { groups[$0] ?? [] }
    }

    private func indent(_ level: Int) -> String { String(repeating: "  ", count: level) }
}

extension OptionDeclaration {
    fileprivate var sampleValue: String {
        guard let valueName else { return "true" }
        return isList ? "[\(valueName)]" : valueName
    }
}

extension Program {
    /// The options of all commands as Markdown tables, made from their declarations.
    public var reference: String {
        var lines: [String] = []
        for command in commands where !command.options.isEmpty {
            lines += ["## \(name) \(command.usage)", "", "\(command.summary).", ""]
            lines.append("| option | environment | key of the file | meaning |")
            lines.append("|---|---|---|---|")
            for option in command.options {
                let isInFile = command.readsConfiguration && command.configurable.contains { $0.name == option.name }
                let variable = option.environment.map { option.isSecret ? "`\($0)`, `\($0)_FILE`" : "`\($0)`" } ?? ""
                let key =
                    isInFile ? (option.isSecret ? "`\(option.key)`, `\(option.key)_file`" : "`\(option.key)`") : ""
                let value = option.valueName.map { " \($0)" } ?? ""
                lines.append("| `--\(option.name)\(value)` | \(variable) | \(key) | \(cell(option.help)) |")
            }
            lines.append("")
        }
        return lines.joined(separator: "\n")
    }

    private func cell(_ text: String) -> String { text.split(separator: "|").joined(separator: "\\|") }
}
