internal import Foundation

extension ServerConfiguration {
    /// The token that `MARTLET_API_TOKEN` holds or the file that `MARTLET_API_TOKEN_FILE` names, without the white space
    /// around it; nil when neither is set. Throws `ServerConfigurationError` when both are set or the file cannot be
    /// read.
    public static func token(environment: [String: String]) throws -> String? {
        let value = environment["MARTLET_API_TOKEN"]
        guard let path = environment["MARTLET_API_TOKEN_FILE"] else { return value }
        guard value == nil else {
            throw ServerConfigurationError(message: "set MARTLET_API_TOKEN or MARTLET_API_TOKEN_FILE, not both")
        }
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(data: data, encoding: .utf8)
        else {
            throw ServerConfigurationError(message: "the file MARTLET_API_TOKEN_FILE names cannot be read: \(path)")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
