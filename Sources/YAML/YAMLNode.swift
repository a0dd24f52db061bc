/// A value of a YAML document with the line it stands on.
public struct YAMLNode: Sendable, Hashable {
    /// One entry of a map.
    public struct Entry: Sendable, Hashable {
        /// Its key.
        public let key: String
        /// The key's line, from 1.
        public let line: Int
        /// Its value.
        public let value: YAMLNode
    }

    /// What it is.
    public enum Content: Sendable, Hashable {
        /// No value: an empty one, `~` or `null`.
        case null
        /// A word, number, truth value or text, as it is written.
        case scalar(String)
        /// Values in their order.
        case list([YAMLNode])
        /// Keys, each once, with their values, in their order.
        case map([Entry])
    }

    /// What it is.
    public let content: Content
    /// Its line, from 1.
    public let line: Int
}

/// Why a document cannot be read.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// One line for people.
    public let message: String
    /// The message with its line.
    public var description: String { "line \(line): \(message)" }
}
