internal import Foundation
internal import YAML

/// A YAML file with values of a command's options, by their keys.
struct ConfigurationFile {
    let path: String
    let options: [OptionDeclaration]
    /// Options of other commands that may stand in the same file.
    var others: [OptionDeclaration] = []

    /// The text of each option that the file gives, by the option's name; throws a `UsageError` with file and line.
    func values() throws -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("the configuration file \(path) cannot be read")
        }
        do {
            let root = try YAMLReader().read(String(decoding: data, as: UTF8.self))
            var values: [String: String] = [:]
            try collect(root, prefix: "", into: &values)
            return values
        } catch let error as YAMLError {
            throw UsageError("\(path):\(error.line): \(error.message)")
        }
    }

    private func collect(_ node: YAMLNode, prefix: String, into values: inout [String: String]) throws {
        switch node.content {
        case .null: return
        case .map(let entries):
            for entry in entries { try collect(entry, key: prefix + entry.key, into: &values) }
        default:
            let what = prefix.isEmpty ? "the file" : "“\(prefix.dropLast())”"
            throw error(node.line, "\(what) has to be a map of keys")
        }
    }

    private func collect(_ entry: YAMLNode.Entry, key: String, into values: inout [String: String]) throws {
        if let option = options.first(where: { $0.key == key }) {
            try set(option, try text(option, key, entry.value), key, entry.line, &values)
        } else if let option = options.first(where: { $0.isSecret && $0.key + "_file" == key }) {
            guard let file = try text(option, key, entry.value) else { return }
            let secret = try option.secret(in: file, source: "\(path):\(entry.line): \(key)")
            try set(option, secret, key, entry.line, &values)
        } else if (options + others).contains(where: { $0.key.hasPrefix(key + ".") }) {
            try collect(entry.value, prefix: key + ".", into: &values)
        } else if others.contains(where: { $0.key == key || ($0.isSecret && $0.key + "_file" == key) }) {
            return
        } else {
            let hint = nearest(key, among: keys).map { "; did you mean \($0)?" } ?? ""
            throw error(entry.line, "unknown key “\(key)”\(hint)")
        }
    }

    private var keys: [String] {
        options.flatMap { $0.isSecret ? [$0.key, $0.key + "_file"] : [$0.key] }
            + options.compactMap { option in option.key.lastIndex(of: ".").map { String(option.key[..<$0]) } }
    }

    private func set(
        _ option: OptionDeclaration, _ text: String?, _ key: String, _ line: Int, _ values: inout [String: String]
    ) throws {
        guard let text else { return }
        guard values[option.name] == nil else {
            throw error(line, "\(option.key) and \(option.key)_file are both given")
        }
        do {
            try option.check(text)
        } catch let problem as UsageError {
            throw error(line, "\(key): \(problem.message)")
        }
        values[option.name] = text
    }

    /// The option's value as the command line would have it; nil where a flag is off or nothing is given.
    private func text(_ option: OptionDeclaration, _ key: String, _ node: YAMLNode) throws -> String? {
        let expected = option.valueName ?? "true or false"
        switch node.content {
        case .null: return nil
        case .scalar(let text):
            guard option.valueName == nil else { return text }
            switch text {
            case "true", "yes", "on": return ""
            case "false", "no", "off": return nil
            default: throw error(node.line, "\(key): “\(text)” is not true or false")
            }
        case .list(let nodes):
            guard option.isList else { throw error(node.line, "\(key): \(expected) was expected, not a list") }
            return try nodes.map { element in
                guard case .scalar(let text) = element.content, !text.contains(",") else {
                    throw error(element.line, "\(key): each element has to be a word without a comma")
                }
                return text
            }.joined(separator: ",")
        case .map: throw error(node.line, "\(key): \(expected) was expected, not a map")
        }
    }

    private func error(_ line: Int, _ message: String) -> UsageError { UsageError("\(path):\(line): \(message)") }
}
