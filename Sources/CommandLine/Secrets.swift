internal import Foundation

extension OptionDeclaration {
    /// What the environment gives, with the variable it came from.
    func environmentValue(_ environment: [String: String]) throws -> (value: String, source: String)? {
        guard let variable = self.environment else { return nil }
        let own = environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        guard isSecret, let file = environment[variable + "_FILE"], !file.isEmpty else {
            return own.map { ($0, variable) }
        }
        guard own == nil else { throw UsageError("\(variable) and \(variable)_FILE are both given") }
        return (try secret(in: file, source: "\(variable)_FILE"), "\(variable)_FILE")
    }

    /// The secret that a file holds, without the line break at its end.
    func secret(in file: String, source: String) throws -> String {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw UsageError("\(source): the file \(file) cannot be read")
        }
        var secret = Substring(text)
        while let last = secret.last, last.isNewline { secret = secret.dropLast() }
        guard !secret.isEmpty else { throw UsageError("\(source): the file \(file) is empty") }
        return String(secret)
    }
}
