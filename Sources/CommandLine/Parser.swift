extension Command {
    /// Reads `arguments` (without the command's name) against the declaration; options may stand anywhere, `--` ends them.
    ///
    /// Throws `UsageError` for an unknown option (with the nearest known one), a missing or malformed value, an option given
    /// twice, and a missing or surplus operand.
    public func parse(_ arguments: [String], environment: [String: String] = [:]) throws -> Invocation {
        var operands: [String] = []
        var values: [String: String] = [:]
        var rest = arguments[...]
        var optionsEnded = false
        while let argument = rest.popFirst() {
            if optionsEnded || !argument.hasPrefix("-") || argument == "-" {
                operands.append(argument)
                continue
            }
            if argument == "--" {
                optionsEnded = true
                continue
            }
            let (option, inline) = try match(argument)
            guard values[option.name] == nil else { throw UsageError("--\(option.name) is given twice") }
            if let valueName = option.valueName {
                guard let value = inline ?? rest.popFirst() else {
                    throw UsageError("--\(option.name) needs a value: --\(option.name) \(valueName)")
                }
                try check(option, value, source: "--\(option.name)")
                values[option.name] = value
            } else {
                guard inline == nil else { throw UsageError("--\(option.name) takes no value") }
                values[option.name] = ""
            }
        }
        for option in options where values[option.name] == nil {
            guard let (value, source) = try option.environmentValue(environment) else { continue }
            try check(option, value, source: source)
            values[option.name] = value
        }
        if readsConfiguration, let path = values[Command.config.declaration.name] {
            for (name, value) in try ConfigurationFile(path: path, options: configurable, others: sharing).values()
            where values[name] == nil {
                values[name] = value
            }
        }
        if operands.count < self.operands.count {
            throw UsageError("\(self.operands[operands.count].name) is missing: \(usage)")
        }
        if operands.count > self.operands.count {
            throw UsageError("“\(operands[self.operands.count])” is more than \(name) takes")
        }
        return Invocation(operands: operands, values: values)
    }

    func check(_ option: OptionDeclaration, _ value: String, source: String) throws {
        do {
            try option.check(value)
        } catch let error as UsageError {
            throw UsageError("\(source): \(error.message)")
        }
    }

    private func match(_ argument: String) throws -> (OptionDeclaration, inline: String?) {
        if argument.hasPrefix("--") {
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if let option = options.first(where: { $0.name == name }) {
                return (option, parts.count > 1 ? String(parts[1]) : nil)
            }
            let hint = nearest(name, among: options.map(\.name)).map { "; did you mean --\($0)?" } ?? ""
            throw UsageError("unknown option --\(name)\(hint)")
        }
        let letter = argument[argument.index(after: argument.startIndex)]
        guard let option = options.first(where: { $0.short == letter }) else {
            throw UsageError("unknown option -\(letter)")
        }
        let rest = String(argument.dropFirst(2))
        return (option, rest.isEmpty ? nil : rest)
    }
}

/// The one of `names` that is at most two edits (Levenshtein 1966) and less than half its length from `name`.
public func nearest(_ name: String, among names: [String]) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in names {
        let distance = editDistance(Array(name), Array(candidate))
        if distance <= 2, distance * 2 < max(candidate.count, 2), distance < best?.distance ?? .max {
            best = (candidate, distance)
        }
    }
    return best?.name
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.enumerated() {
            let cost = min(row[j + 1] + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
            diagonal = row[j + 1]
            row[j + 1] = cost
        }
    }
    return row[b.count]
}
