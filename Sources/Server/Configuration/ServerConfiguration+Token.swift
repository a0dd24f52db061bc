internal import Foundation

extension ServerConfiguration {
    /// The token that `MARTLET_API_TOKEN`, or the named variable, holds or the file that the variable with `_FILE` names,
    /// without the white space around it; nil when neither is set. Throws `ServerConfigurationError` when both are set or the
    /// file cannot be read.
    public static func token(
        _ variable: String = "MARTLET_API_TOKEN", environment: [String: String]
    ) throws -> String? {
        let value = environment[variable]
        guard let path = environment[variable + "_FILE"] else { return value }
        guard value == nil else {
            throw ServerConfigurationError(message: "set \(variable) or \(variable)_FILE, not both")
        }
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(data: data, encoding: .utf8)
        else {
            throw ServerConfigurationError(message: "the file \(variable)_FILE names cannot be read: \(path)")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
