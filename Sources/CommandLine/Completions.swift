extension Program {
    /// A script that makes a shell complete the program's commands, options and choices; throws for an unknown shell.
    public func completions(for shell: String) throws -> String {
        switch shell {
        case "bash": bash
        case "zsh": "autoload -U +X bashcompinit && bashcompinit\n" + bash
        case "fish": fish
        default: throw UsageError("completions are for bash, zsh or fish, not “\(shell)”")
        }
    }

    private var bash: String {
        var cases = ""
        for command in commands {
            let words = command.options.map { "--\($0.name)" }.joined(separator: " ")
            cases += "        \(command.name)) words=\"\(words)\" ;;\n"
        }
        var choices = ""
        var seen: Set<String> = []
        for option in commands.flatMap(\.options) where !option.choices.isEmpty && seen.insert(option.name).inserted {
            choices += "        --\(option.name)) words=\"\(option.choices.joined(separator: " "))\" ;;\n"
        }
        return """
            _\(name)() {
                local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words=""
                if [ "$COMP_CWORD" = 1 ]; then
                    words="\(commands.map(\.name).joined(separator: " ")) help"
                else
                    case "${COMP_WORDS[1]}" in
            \(cases)        esac
                    case "$previous" in
            \(choices)        esac
                fi
                COMPREPLY=($(compgen -W "$words" -- "$current"))
                [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
            }
            complete -o filenames -F _\(name) \(name)
            """
    }

    private var fish: String {
        var lines: [String] = []
        for command in commands {
            lines.append(
                "complete -c \(name) -n __fish_use_subcommand -a \(command.name) -d \(quoted(command.summary))")
            for option in command.options {
                var line = "complete -c \(name) -n '__fish_seen_subcommand_from \(command.name)' -l \(option.name)"
                if option.valueName != nil { line += " -r" }
                if !option.choices.isEmpty { line += " -f -a '\(option.choices.joined(separator: " "))'" }
                lines.append(line + " -d \(quoted(option.help))")
            }
        }
        return lines.joined(separator: "\n")
    }

    private func quoted(_ text: String) -> String {
        "'" + text.map { $0 == "'" ? "\\'" : String($0) }.joined() + "'"
    }
}
