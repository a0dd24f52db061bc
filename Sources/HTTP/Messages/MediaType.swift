/// A media type and its parameters, as in `multipart/form-data; boundary=x` (RFC 9110, section 8.3.1).
public struct MediaType: Sendable, Hashable {
    /// Type and subtype, in lower case.
    public let essence: String
    /// Parameters by their name in lower case; quoted values without the quotes.
    public let parameters: [String: String]

    /// The type a field's value names; what cannot be read is left out.
    public init(_ text: String) {
        let parts = MediaType.split(text)
        essence = MediaType.trimmed(parts.first ?? "").lowercased()
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = MediaType.trimmed(String(part[..<equals])).lowercased()
            let value = MediaType.trimmed(String(part[part.index(after: equals)...]))
            parameters[name] = MediaType.unquoted(value)
        }
        self.parameters = parameters
    }

    /// The parts between semicolons that are not inside quotes.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var quoted = false
        var escaped = false
        for character in text.unicodeScalars {
            if escaped {
                escaped = false
            } else if quoted, character == "\\" {
                escaped = true
            } else if character == "\"" {
                quoted.toggle()
            } else if character == ";", !quoted {
                parts.append(part)
                part = ""
                continue
            }
            part.unicodeScalars.append(character)
        }
        parts.append(part)
        return parts
    }

    private static func unquoted(_ value: String) -> String {
        guard value.count >= 2, value.first == "\"", value.last == "\"" else { return value }
        var result = ""
        var escaped = false
        for character in value.dropFirst().dropLast() {
            // Browsers do not escape the backslash of a file's name, so only an escaped quote or backslash counts.
            if !escaped, character == "\\" {
                escaped = true
                continue
            }
            if escaped, character != "\"", character != "\\" { result.append("\\") }
            escaped = false
            result.append(character)
        }
        return result
    }

    private static func trimmed(_ text: String) -> String {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = text[...]
        while let first = text.first, blank(first) { text.removeFirst() }
        while let last = text.last, blank(last) { text.removeLast() }
        return String(text)
    }
}
